import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Failure } from './call.ts';

/**
 * Something that changes a state. What was read before is read again afterwards, since any of it may have changed. Asked for
 * again while it is under way it does nothing: a button is not disabled before the next rendering.
 */
export function useAct<Given, Result>(act: (given: Given) => Promise<Result>, then?: (result: Result) => void) {
  const queries = useQueryClient();
  const isUnderWay = useRef(false);
  const acting = useMutation<Result, Failure, Given>({
    mutationFn: act,
    onSuccess: async (result) => {
      then?.(result);
      await queries.invalidateQueries();
    },
    onSettled: () => {
      isUnderWay.current = false;
    },
  });
  const mutate = (given: Given): void => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    acting.mutate(given);
  };
  return { ...acting, mutate };
}
