import type { MessageError } from '../errors.ts';

/** One part of a message, as it is to go over the air. */
export interface Submission {
  /** Ours, and the same however often the part is handed over: `msg_…/1`. Carriers that can, echo it in receipts. */
  reference: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  media: readonly Media[] | null;
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
  /** The carrier's reference, as it gave it in its answer. */
  carrierRef: string | null;
  /** Our reference, from a carrier that echoes it. */
  reference: string | null;
  state: 'DELIVERED' | 'FAILED';
  error: MessageError | null;
  /** As it came, for support. */
  raw: string;
}

export interface InboundMessage {
  /** The carrier's; a second one with the same is a repeat. */
  carrierRef: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  media: readonly Media[] | null;
}

/** Both resolve when what was reported is committed: only then may the carrier be told that it was taken. */
export interface CarrierHandlers {
  onReport(carrier: string, report: Report): Promise<void>;
  onInbound(carrier: string, message: InboundMessage): Promise<void>;
}

export type LinkState = 'up' | 'down' | 'misconfigured';

/** A way to handsets. It knows its protocol and nothing of ours: no store, no status, no retry. */
export interface Carrier {
  readonly name: string;
  start(handlers: CarrierHandlers): Promise<void>;
  /** Resolves when nothing more will be reported. */
  stop(): Promise<void>;
  state(): LinkState;
  /** How many parts may be under way at once; 0 while it takes none. */
  capacity(): number;
  /** Never throws but on bugs. */
  submit(submission: Submission): Promise<SubmitResult>;
}
