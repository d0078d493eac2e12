import type { MessageError } from '#platform/errors.ts';

/** Purpose of an automatic reply. A message that a client sends itself has none. */
export type Purpose = 'OPT_OUT_REPLY' | 'OPT_IN_REPLY' | 'HELP_REPLY';

/**
 * Whether a message may go to a recipient that has opted out. Only the confirmation of STOP and replies to HELP may.
 */
export function reachesOptedOut(purpose: Purpose | null): boolean {
  return purpose === 'OPT_OUT_REPLY' || purpose === 'HELP_REPLY';
}

/** Error of a recipient when the opt-out is known at accept, and of a message when the opt-out comes later. */
export const OPTED_OUT: MessageError = {
  code: 'RECIPIENT_OPTED_OUT',
  message: 'Recipient has opted out of messages from this number',
  details: {},
};
