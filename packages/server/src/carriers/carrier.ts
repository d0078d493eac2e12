import type { CodedText } from '@redcloud/smpp';
import type { MessageError } from '../platform/errors.ts';
import type { FailureCode } from './failures.ts';

/** One segment of a message, ready to submit. */
export interface Submission {
  /** Reference of the segment, the same for every submit: `msg_…/1`. Some carriers echo the reference in receipts. */
  reference: string;
  /** Number of the attempt, from 1. */
  attempt: number;
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
  /** Seconds after which the carrier should not deliver the message, at least 1. Null: the carrier's own limit. */
  validSeconds: number | null;
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
  /** Bytes of all files together. */
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
      /**
       * Whether other carriers need not share the reason, such as a sender or a destination country that is not enabled in the
       * account. Another carrier of the route may then get the message.
       */
      isRouteSpecific?: boolean;
      /** Default: CARRIER_REJECTED. OPTED_OUT_AT_CARRIER records an opt-out as well. */
      code?: FailureCode;
    }
  /**
   * The carrier accepts nothing at the moment. The segment itself is not at fault. `carrierCode` is the code of the
   * response that refused the segment. Absent: the segment was not sent. With the scope `sender`, the carrier accepts
   * messages of other senders.
   */
  | { outcome: 'throttled'; retryAfterMs: number; carrierCode?: string; scope?: 'sender' }
  /** The segment was not sent. */
  | { outcome: 'unreachable'; reason: string }
  /** The segment was sent without a response, so the carrier may or may not have accepted it. */
  | { outcome: 'unknown'; reason: string }
  /** The link cannot work until its settings are fixed. `carrierCode` as for `throttled`. */
  | { outcome: 'misconfigured'; reason: string; carrierCode?: string };

/** Segments that have not left: all, or those that the carrier has throttled before. */
export type Unsent = 'all' | 'throttled';

/** Report of a carrier about an accepted segment. May arrive late, repeatedly or never. */
export interface Report {
  /** Carrier message id, spelled as in the report. The response to the submit may have another spelling. */
  carrierRef: string | null;
  /** Reference of the `Submission`, from a carrier that echoes it. */
  reference: string | null;
  /** Number of the attempt of the `Submission`, from a carrier that echoes it. */
  attempt?: number | null;
  /** `SENT` is a late response to a submit. `PENDING` is an intermediate state, which does not change the status. */
  state: 'SENT' | 'PENDING' | 'DELIVERED' | 'FAILED';
  /** Reason of a failure. With SENT: note for operators that the delivery is not confirmed (`UNCONFIRMED`). */
  error: MessageError | null;
  /** Raw report, for support. */
  raw: string;
}

/** File of an inbound MMS at the carrier. */
export interface FileAtCarrier {
  url: string;
  /** Type that the carrier states, or `application/octet-stream`. */
  mimeType: string;
  /** Bytes that the carrier states, or 0. */
  byteLength: number;
  /** Reason why the file is not copied. */
  error?: string;
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
  /**
   * Files that are still to be copied from the carrier, and the milliseconds for the copy before the response to the
   * callback. Absent: `media` is complete.
   */
  toCopy?: { files: readonly FileAtCarrier[]; withinMs: number };
  /** Whether the carrier has already answered a keyword such as STOP. */
  isAnswered?: boolean;
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

/** Search for messages that a carrier has accepted, by their numbers and the time of their acceptance. */
export interface LookUp {
  from: string;
  to: string;
  since: Date;
  until: Date;
}

/** Message in the list of a carrier. */
export interface ListedMessage {
  carrierRef: string;
  /** Time at which the carrier accepted the message. */
  createdAt: Date;
  messageType: 'SMS' | 'MMS';
  /** Absent: the list has no texts. */
  text?: string | null;
  report: Pick<Report, 'state' | 'error' | 'raw'>;
}

/** Adapter of one carrier. Implements the protocol only. Store, statuses and retries are up to the caller. */
export interface Carrier {
  readonly name: string;
  readonly longMessages?: LongMessages | undefined;
  /** Whether the carrier can write a text only in UCS-2, although GSM-7 has all of its characters. */
  wantsUcs2?(text: string): boolean;
  /** Whether `lookUp` can find accepted messages. */
  readonly canLookUp?: boolean | undefined;
  /** Checks the credentials or the link, without a message. @returns the problem, or undefined. */
  check?(): Promise<string | undefined>;
  /**
   * Lists outbound messages. A message may be missing from the list although it was accepted.
   * @returns undefined if the carrier did not respond with a list.
   */
  lookUp?(search: LookUp): Promise<ListedMessage[] | undefined>;
  start(handlers: CarrierHandlers): Promise<void>;
  /** Stops the link. Resolves when no more reports follow. */
  stop(): Promise<void>;
  state(): LinkState;
  /** Prepares for `stop`. Waiting and later submits resolve as not accepted. */
  rest?(): void;
  /** Segments that wait within the carrier resolve as not accepted, so that they can leave by another carrier. */
  giveBack?(which: Unsent): void;
  /** Number of segments that may be in progress at once. 0 while the link accepts none. */
  capacity(): number;
  /**
   * Submits a segment. Throws only because of bugs.
   * @param mayLeave called in the turn of the event loop in which the segment is sent, even after a long wait. Returns
   *   false if another process may hold the segment by now. The segment is then unreachable.
   * @param onThrottled called for each response with which the carrier throttled the segment, before the segment is sent
   *   again. A result of `submit` is not reported here.
   */
  submit(submission: Submission, mayLeave?: () => boolean, onThrottled?: () => void): Promise<SubmitResult>;
}
