import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import type { Carriers } from '../../api/operator-types.ts';

const EVERY_MS = 5000;

/** Carriers with their states. The banner and the page share one request. */
export function useCarriers() {
  return useQuery({
    queryKey: ['carriers'],
    queryFn: ({ signal }) => call<Carriers>('/api/admin/carriers', { signal }),
    refetchInterval: EVERY_MS,
  });
}
