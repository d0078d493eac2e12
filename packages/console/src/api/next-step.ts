import type { Failure } from './call.ts';

const BY_CODE: Record<string, string> = {
  UNREACHABLE: 'Is Red Cloud running, and the network up? Try again.',
  UNANSWERED: 'It may have been done, or not. Do it again, here: it is done once, and its answer is shown.',
  INVALID_REQUEST: 'Mend what the message says, then try again.',
  UNAUTHORIZED: 'Sign in again.',
  FORBIDDEN: 'The API client lacks a capability, or it is suspended: that is for the operator to change.',
  NOT_FOUND:
    'It may be older than what is kept, or belong to another API client. Check the id, and whose view this is.',
  CONFLICT: 'What is there already stands in the way; the message says what. Change that first.',
  RATE_LIMITED: 'Too much at once. Wait a moment, then try again.',
  SERVER_ERROR: 'This is a fault of Red Cloud. Report the request id; the log has a line with it.',
  UPSTREAM_ERROR: 'The database is out of reach. Try again in a moment: nothing is half done.',
};

const FOR_OPERATORS: Record<string, string> = {
  FORBIDDEN: 'The message says why. A client that is suspended, or whose account is, is reactivated under Clients.',
};

/** Advice for the user about an error. */
export function nextStep({ code }: Pick<Failure, 'code'>, isOperator = false): string {
  return (
    (isOperator ? FOR_OPERATORS[code] : undefined) ??
    BY_CODE[code] ??
    'Try again. If it stays so, report the request id to your operator.'
  );
}

/** Whether a repetition of the same request may succeed. */
export function isWorthRepeating({ status }: Pick<Failure, 'status'>): boolean {
  return status === 0 || status === 429 || status >= 500;
}
