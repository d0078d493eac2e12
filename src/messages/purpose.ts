import type { MessageError } from '../errors.ts';

/** What an automatic reply is for. A message that a client sends itself has none. */
export type Purpose = 'OPT_OUT_REPLY' | 'OPT_IN_REPLY' | 'HELP_REPLY';

/** Whoever has just opted out is told so once, and whoever asks for help gets it: nothing else reaches them. */
export function reachesOptedOut(purpose: Purpose | null): boolean {
  return purpose === 'OPT_OUT_REPLY' || purpose === 'HELP_REPLY';
}

/** Of a recipient when it is known at accept, of the message when it became known after that. */
export const OPTED_OUT: MessageError = {
  code: 'RECIPIENT_OPTED_OUT',
  message: 'Recipient has opted out of messages from this number',
  details: {},
};
