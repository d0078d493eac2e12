import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Failure } from '../../api/call.ts';
import { useScope } from '../../api/scope.tsx';
import type { Preview } from '../../api/types.ts';

/** Time in milliseconds without input after which the preview is requested. */
const SETTLED_MS = 300;

/** Response of the preview API for a send. Requested when the input pauses. The last response stays visible until then. */
export function usePreview(body: { text: string }): UseQueryResult<Preview, Failure> {
  const { core, clientId } = useScope();
  const settled = useSettled(JSON.stringify(body));
  const request: { text: string } = JSON.parse(settled);
  return useQuery<Preview, Failure>({
    queryKey: ['preview', clientId, settled],
    queryFn: ({ signal }) => core<Preview>('/messages/preview', { method: 'POST', body: request, signal }),
    enabled: clientId !== undefined && request.text !== '',
    placeholderData: keepPreviousData,
  });
}

/** The value after it has not changed for `SETTLED_MS`. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
