import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Failure } from './call.ts';

/**
 * A request that changes state. Invalidates all queries afterwards, because any of them may have changed. Calls during
 * a pending request are ignored, because a button is disabled only by the next rendering.
 *
 * @param act passes the signal to a slow request, so that `cancel` can abort the request.
 */
export function useAct<Given, Result>(
  act: (given: Given, signal: AbortSignal) => Promise<Result>,
  then?: (result: Result) => void,
) {
  const queries = useQueryClient();
  const underWay = useRef<AbortController>(undefined);
  const acting = useMutation<Result, Failure, Given>({
    mutationFn: (given) => act(given, (underWay.current as AbortController).signal),
    onSuccess: async (result) => {
      then?.(result);
      await queries.invalidateQueries();
    },
    onSettled: () => {
      underWay.current = undefined;
    },
  });
  const mutate = (given: Given): void => {
    if (underWay.current) return;
    underWay.current = new AbortController();
    acting.mutate(given);
  };
  const isCancelled = acting.error?.name === 'AbortError';
  const error = isCancelled ? null : acting.error;
  return { ...acting, error, isCancelled, mutate, cancel: () => underWay.current?.abort() };
}
