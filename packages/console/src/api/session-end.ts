import type { QueryClient } from '@tanstack/react-query';
import { Failure } from './call.ts';

/** After a refusal that may mean so, it is asked whether the session has ended: then the sign-in is shown. */
export function noticeEnd(queries: QueryClient, error: unknown): void {
  if (error instanceof Failure && error.status === 401) void queries.invalidateQueries({ queryKey: ['session'] });
}
