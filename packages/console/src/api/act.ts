import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Failure } from './call.ts';

/**
 * Something that changes a state. What was read before is read again afterwards, since any of it may have changed. Asked for
 * again while it is under way it does nothing: a button is not disabled before the next rendering.
 * @param act what takes long gives the signal along, so that `cancel` ends it.
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
