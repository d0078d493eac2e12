import type { MessageError } from '#platform/errors.ts';

/** Error of a message that its API client has canceled. */
export const CANCELED: MessageError = {
  code: 'CANCELED',
  message: 'The message was canceled before it was submitted to a carrier',
  details: {},
};
