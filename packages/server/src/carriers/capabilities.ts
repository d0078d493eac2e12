import type { SenderType } from '#platform/phone-numbers.ts';
import type { MediaLimits, Submission } from './carrier.ts';

/** MMS of a carrier. */
export interface MediaCapabilities {
  /** Types of senders that can send MMS. */
  senders: ReadonlySet<SenderType>;
  /** Limits of an MMS. Some carriers allow less for some types of senders. */
  limits(sender: SenderType): MediaLimits;
}

/** Messages that a carrier can send. Messages outside of these limits are refused before they are submitted. */
export interface Capabilities {
  /** Name of the carrier. */
  name: string;
  /** Types of senders that can send SMS. */
  senders: ReadonlySet<SenderType>;
  /** Undefined: the carrier does not send MMS. */
  media: MediaCapabilities | undefined;
  /** Maximum number of characters (code points) by message type. Undefined: no limit of its own. */
  maxTextCharacters: Readonly<Record<Submission['messageType'], number | undefined>>;
}

/** Properties of a message that decide whether a carrier can send the message. */
export interface Sendable {
  messageType: Submission['messageType'];
  sender: SenderType;
  /** Characters (code points) of the text. */
  characters: number;
}

const NAMES: Readonly<Record<SenderType, string>> = {
  LONG_CODE: 'long codes',
  TOLL_FREE: 'toll-free numbers',
  SHORT_CODE: 'short codes',
  ALPHANUMERIC: 'alphanumeric senders',
};

export const ALL_SENDERS: ReadonlySet<SenderType> = new Set(Object.keys(NAMES) as SenderType[]);

/** Why a carrier cannot send a message, or undefined. Pure and cheap, because routing calls it for each message. */
export function obstacleOf(
  capabilities: Capabilities,
  { messageType, sender, characters }: Sendable,
): string | undefined {
  const { name, media, senders, maxTextCharacters } = capabilities;
  if (messageType === 'MMS' && media === undefined) return `Carrier ${name} does not send MMS`;
  const isPossible = messageType === 'MMS' ? media?.senders.has(sender) : senders.has(sender);
  if (!isPossible) return `Carrier ${name} does not send ${messageType} from ${NAMES[sender]}`;
  const most = maxTextCharacters[messageType];
  if (most === undefined || characters <= most) return undefined;
  return `Carrier ${name} sends at most ${most} characters in one ${messageType}, not ${characters}`;
}
