import type { Report } from './carrier.ts';
import type { AccessToken } from './http/tokens.ts';

/** Callback request of a vendor, as it arrived. */
export interface CallbackRequest {
  /** Full URL as the vendor sees it: RC_PUBLIC_URL, path and query. */
  url: string;
  /** Query parameters. */
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  rawBody: Buffer;
}

/** Result of the check of a callback's signature or credentials. Logged as the reason if the callback is rejected. */
export type Verification = 'valid' | 'invalid' | 'unauthenticated' | 'sharedKeySecret is not set';

/** Report in a callback. */
export interface CallbackReport {
  kind: 'report';
  /** Our signed reference, from the URL or the tag. */
  reference: string;
  report: Pick<Report, 'carrierRef' | 'state' | 'error' | 'raw'>;
}

/** File of an inbound MMS at the vendor. */
export interface CallbackMedia {
  url: string;
  mimeType: string | null;
  byteLength: number | null;
}

/** Inbound message in a callback. */
export interface CallbackInbound {
  kind: 'inbound';
  /** Id of the message from the vendor. */
  carrierRef: string;
  from: string;
  to: string;
  text: string | null;
  media: readonly CallbackMedia[];
  /** Whether the vendor has already answered a keyword such as STOP itself. */
  isAnswered: boolean;
}

/** Opt-out that the vendor has reported. */
export interface CallbackOptOut {
  kind: 'optOut';
  /** Number of this installation, and handset that opted out. */
  number: string;
  recipient: string;
}

export type CallbackItem = CallbackReport | CallbackInbound | CallbackOptOut;

/** Callbacks of one vendor. Pure. */
export interface Callbacks {
  /** Checks the signature or the credentials, before the body is interpreted. @param now milliseconds. */
  verify(request: CallbackRequest, now: number): Verification;
  /**
   * Reads the body. Kinds of callbacks that do not matter yield no items.
   * @throws Error if the body is not of the documented form.
   */
  parse(request: CallbackRequest): CallbackItem[];
  /** Headers for requests for media at the vendor. @param token access token, if the vendor needs one. */
  mediaHeaders(token?: AccessToken): Record<string, string>;
}
