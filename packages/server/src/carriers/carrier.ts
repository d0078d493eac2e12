import type { CodedText } from '@redcloud/smpp';
import type { MessageError } from '../platform/errors.ts';
import type { FailureCode } from './failures.ts';

/** One segment of a message, ready to submit. */
export interface Submission {
  /** Reference of the segment, the same for every submit: `msg_…/1`. Some carriers echo the reference in receipts. */
  reference: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  /** Encoding of the whole message, so that all of its segments are written alike. Null without a text. */
  encoding: 'GSM7' | 'UCS2' | null;
  /** Whether Latin-1 has every character of the whole message. */
  latin1: boolean;
  /** Files of an MMS, adapted to the limits of the carrier. Null for an SMS. */
  media: readonly SubmittedFile[] | null;
  /** Campaign of the sending number, for carriers that require it. */
  campaignId: string | null;
  /** Number of segments that the carrier counts. More than 1 when a long message is submitted whole. */
  segments: number;
  part: number;
  parts: number;
}

/** File that a carrier delivers. */
export interface SubmittedFile {
  /** SHA-256 of the content, in hex. */
  hash: string;
  mimeType: string;
  byteLength: number;
  fileName: string | null;
  /** Link from which the carrier can fetch the file for at least a day. */
  url: string;
}

/** Limits of a carrier for the media of one message. */
export interface MediaLimits {
  /** Octets of all files together. */
  totalBytes: number;
  /** Whether the carrier delivers files of a type. */
  accepts(mimeType: string): boolean;
}

/** File of an inbound MMS. A file that could not be copied from the carrier has an error instead of a key. */
export interface ReceivedFile {
  storageKey?: string;
  mimeType: string;
  byteLength: number;
  sourceUrl?: string;
  fileName?: string;
  error?: string;
}

/** Result of a submit, as determined by the adapter. The caller decides on status and retries. */
export type SubmitResult =
  /** The carrier accepted the segment under its carrier message id. */
  | { outcome: 'accepted'; carrierRef: string }
  /** The carrier rejected the segment, permanently or for now. */
  | {
      outcome: 'rejected';
      permanent: boolean;
      carrierCode: string;
      reason: string;
      /** Default: CARRIER_REJECTED. OPTED_OUT_AT_CARRIER records an opt-out as well. */
      code?: FailureCode;
    }
  /** The carrier accepts nothing at the moment. The segment itself is not at fault. */
  | { outcome: 'throttled'; retryAfterMs: number }
  /** The segment was not sent. */
  | { outcome: 'unreachable'; reason: string }
  /** The segment was sent without a response, so the carrier may or may not have accepted it. */
  | { outcome: 'unknown'; reason: string }
  /** The link cannot work until its settings are fixed. */
  | { outcome: 'misconfigured'; reason: string };

/** Report of a carrier about an accepted segment. May arrive late, repeatedly or never. */
export interface Report {
  /** Carrier message id, spelled as in the report. The response to the submit may have another spelling. */
  carrierRef: string | null;
  /** Reference of the `Submission`, from a carrier that echoes it. */
  reference: string | null;
  /** `SENT` is a late response to a submit. `PENDING` is an intermediate state, which does not change the status. */
  state: 'SENT' | 'PENDING' | 'DELIVERED' | 'FAILED';
  error: MessageError | null;
  /** Raw report, for support. */
  raw: string;
}

export interface InboundMessage {
  /** Id of the message from the carrier. A second message with the same id is a repeat. */
  carrierRef: string;
  /**
   * Place of a segment in its message, numbered by the handset. Absent for a whole message. The text of a segment can
   * end within a character. `coded` has the octets, which are joined with those of the other segments before decoding.
   */
  fragment?: { group: number; parts: number; part: number; coded?: CodedText };
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  text: string | null;
  media: readonly ReceivedFile[] | null;
}

/** Callbacks of a carrier. `onReport` and `onInbound` resolve after the commit. Only then confirm to the carrier. */
export interface CarrierHandlers {
  onReport(carrier: string, report: Report): Promise<unknown>;
  onInbound(carrier: string, message: InboundMessage): Promise<void>;
  /** The state or the capacity of the link has changed. `reason` explains why the link is not up. */
  onState?(carrier: string, state: LinkState, reason: string | undefined): void;
}

export type LinkState = 'up' | 'down' | 'misconfigured';

/** Split of long messages: octets reserved for a header in each segment (default 6), or `whole` for no split. */
export type LongMessages = 6 | 7 | 'whole';

/** Adapter of one carrier. Implements the protocol only. Store, statuses and retries are up to the caller. */
export interface Carrier {
  readonly name: string;
  readonly longMessages?: LongMessages | undefined;
  /** Limits for MMS. Undefined: the carrier does not support MMS. */
  readonly media?: MediaLimits | undefined;
  /** Whether the carrier can write a text only in UCS-2, although GSM-7 has all of its characters. */
  wantsUcs2?(text: string): boolean;
  start(handlers: CarrierHandlers): Promise<void>;
  /** Stops the link. Resolves when no more reports follow. */
  stop(): Promise<void>;
  state(): LinkState;
  /** Prepares for `stop`. Waiting and later submits resolve as not accepted. */
  rest?(): void;
  /** Number of segments that may be in progress at once. 0 while the link accepts none. */
  capacity(): number;
  /**
   * Submits a segment. Throws only because of bugs.
   * @param mayLeave called in the turn of the event loop in which the segment is sent, even after a long wait. Returns
   *   false if another process may hold the segment by now. The segment is then unreachable.
   */
  submit(submission: Submission, mayLeave?: () => boolean): Promise<SubmitResult>;
}
