import type { MessageError } from '../errors.ts';
import type { CodedText } from './charsets/decode.ts';

/** One part of a message, as it is to go over the air. */
export interface Submission {
  /** Ours, and the same however often the part is handed over: `msg_…/1`. Carriers that can, echo it in receipts. */
  reference: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  /** Of the whole message, so that its parts are written alike; null without a text. */
  encoding: 'GSM7' | 'UCS2' | null;
  /** Whether Latin-1 has every character of the whole message. */
  latin1: boolean;
  media: readonly Media[] | null;
  /** Under which campaign the number sends, for carriers that want to be told. */
  campaignId: string | null;
  /** What it counts, where a carrier counts segments: more than 1 when a long message goes whole. */
  segments: number;
  part: number;
  parts: number;
}

interface Media {
  storageKey: string;
  mimeType: string;
  byteLength: number;
  sourceUrl?: string;
  fileName?: string;
}

/** What became of handing a part over, as far as the carrier's side of the link can tell. It decides nothing. */
export type SubmitResult =
  /** The carrier has it, under this reference of its own. */
  | { outcome: 'accepted'; carrierRef: string }
  /** The carrier does not want it: for good, or not now. */
  | { outcome: 'rejected'; permanent: boolean; carrierCode: string; reason: string }
  /** The carrier takes nothing for the moment; says nothing about this part. */
  | { outcome: 'throttled'; retryAfterMs: number }
  /** It never left us. */
  | { outcome: 'unreachable'; reason: string }
  /** It left us, and no answer came: the carrier may have it or not. */
  | { outcome: 'unknown'; reason: string }
  /** The link can't work until somebody mends its settings. */
  | { outcome: 'misconfigured'; reason: string };

/** What a carrier reports about a part that it has, sooner or later, once or more often, or never. */
export interface Report {
  /** The carrier's message id, as the report spells it. The submit response may have spelled it otherwise. */
  carrierRef: string | null;
  /** Our reference, from a carrier that echoes it. */
  reference: string | null;
  /** `SENT`: the answer to a submit that came too late for it. `PENDING`: on its way, which changes nothing. */
  state: 'SENT' | 'PENDING' | 'DELIVERED' | 'FAILED';
  error: MessageError | null;
  /** As it came, for support. */
  raw: string;
}

export interface InboundMessage {
  /** The carrier's; a second one with the same is a repeat. */
  carrierRef: string;
  /**
   * Place of a segment in its message, as the handset numbered it. Absent for a whole message. The text of a segment can end
   * within a character. `coded` has its octets, which are joined with those of the other segments before they are decoded.
   */
  fragment?: { group: number; parts: number; part: number; coded?: CodedText };
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  media: readonly Media[] | null;
}

/** The first two resolve when what was reported is committed: only then may the carrier be told that it was taken. */
export interface CarrierHandlers {
  onReport(carrier: string, report: Report): Promise<unknown>;
  onInbound(carrier: string, message: InboundMessage): Promise<void>;
  /** The link's state, or how much it takes, has changed. `reason`: why it is not up. */
  onState?(carrier: string, state: LinkState, reason: string | undefined): void;
}

export type LinkState = 'up' | 'down' | 'misconfigured';

/** How a long message is to be split: in parts that leave so many octets for a header (6 unless told), or not at all. */
export type LongMessages = 6 | 7 | 'whole';

/** A way to handsets. It knows its protocol and nothing of ours: no store, no status, no retry. */
export interface Carrier {
  readonly name: string;
  readonly longMessages?: LongMessages | undefined;
  /** Whether it has no other way to write a text than UCS-2, though GSM-7 has all of it. */
  wantsUcs2?(text: string): boolean;
  start(handlers: CarrierHandlers): Promise<void>;
  /** Resolves when nothing more will be reported. */
  stop(): Promise<void>;
  state(): LinkState;
  /** It is about to stop: what waits within it for its turn is handed back as not taken, and so is what comes. */
  rest?(): void;
  /** How many parts may be under way at once; 0 while it takes none. */
  capacity(): number;
  /**
   * Never throws but on bugs.
   * @param mayLeave asked in the same turn of the event loop in which the part leaves us, however long that has been waited
   *   for: false says that somebody else may have it by now. Then it is unreachable.
   */
  submit(submission: Submission, mayLeave?: () => boolean): Promise<SubmitResult>;
}
