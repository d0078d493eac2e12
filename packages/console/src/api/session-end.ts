import type { QueryClient } from '@tanstack/react-query';
import { Failure } from './call.ts';

/**
 * Reloads the session after an error that may mean its end. The session may have ended or changed to another client.
 */
export function noticeEnd(queries: QueryClient, error: unknown): void {
  if (error instanceof Failure && (error.status === 401 || error.status === 403))
    void queries.invalidateQueries({ queryKey: ['session'] });
}
