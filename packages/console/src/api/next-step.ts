import type { Failure } from './call.ts';

const BY_CODE: Record<string, string> = {
  UNREACHABLE: 'Check that Red Cloud is running and reachable, then try again.',
  UNANSWERED: 'The outcome is unknown. Repeat the action here. The repetition is safe and shows the response.',
  INVALID_REQUEST: 'Correct the value, then try again.',
  UNAUTHORIZED: 'Sign in again.',
  FORBIDDEN: 'The API client lacks a capability, or is suspended. Ask an operator to change this.',
  NOT_FOUND: 'The data may have expired, or belong to another API client. Check the ID and the selected API client.',
  CONFLICT: 'The current state does not allow this action. See the message for the reason.',
  NO_SENDING_WINDOW: 'Choose a later expiry, or send without quiet hours.',
  RATE_LIMITED: 'Too many requests. Wait a moment, then try again.',
  SERVER_ERROR: 'Internal error of Red Cloud. Report the request ID, which is also in the log.',
  UPSTREAM_ERROR: 'The database is not available. No partial changes were made. Try again in a moment.',
};

const FOR_OPERATORS: Record<string, string> = {
  FORBIDDEN:
    'See the message for the reason. A suspended client is reactivated under Clients, a suspended account by the API.',
};

/** Advice for the user about an error. */
export function nextStep({ code }: Pick<Failure, 'code'>, isOperator = false): string {
  return (
    (isOperator ? FOR_OPERATORS[code] : undefined) ??
    BY_CODE[code] ??
    'Try again. If the error persists, report the request ID to your operator.'
  );
}

/** Whether a repetition of the same request may succeed. */
export function isWorthRepeating({ status }: Pick<Failure, 'status'>): boolean {
  return status === 0 || status === 429 || status >= 500;
}
