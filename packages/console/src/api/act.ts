import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Failure } from './call.ts';

/**
 * Something that changes a state. What was read before is read again afterwards, since any of it may have changed.
 */
export function useAct<Given, Result>(act: (given: Given) => Promise<Result>, then?: (result: Result) => void) {
  const queries = useQueryClient();
  return useMutation<Result, Failure, Given>({
    mutationFn: act,
    onSuccess: async (result) => {
      then?.(result);
      await queries.invalidateQueries();
    },
  });
}
