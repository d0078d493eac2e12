import type { QueryClient } from '@tanstack/react-query';
import { Failure } from './call.ts';

/** After a refusal that may mean so, it is asked who is signed in by now: somebody else, or nobody any more. */
export function noticeEnd(queries: QueryClient, error: unknown): void {
  if (error instanceof Failure && (error.status === 401 || error.status === 403))
    void queries.invalidateQueries({ queryKey: ['session'] });
}
