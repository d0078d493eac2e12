import type { VendorApi } from '../http/vendor.ts';
import type { Finding } from './finding.ts';

/** Callback that the command sends in place of the vendor. */
export interface OutgoingCallback {
  /** Query with its question mark, or nothing. */
  query: string;
  headers: Record<string, string>;
  body: string;
}

export interface CheckCallbacks {
  /** Callback without any effect, with a valid signature. Undefined if only the vendor can sign. */
  signed: OutgoingCallback | undefined;
  /** The same with a signature for the URL without its query. Absent if the signature does not cover the URL. */
  withoutQuery?: OutgoingCallback;
  /** Callback that Red Cloud must refuse. */
  refused: OutgoingCallback;
  /** Difference between the refused callback and a valid one, such as “with one changed bit”. */
  difference: string;
  /** Status of the refusal. */
  status: 401 | 403;
}

/** Checks of one vendor, beside those of all carriers with an HTTP API. */
export interface VendorCheck {
  /** Name of the vendor in explanations. */
  vendor: string;
  api: VendorApi;
  /** Remedy for credentials that the vendor refuses. */
  credentialsFix: string;
  /** Remedy if Red Cloud refuses the signed callback. */
  callbackFix: string;
  /** @param url callback URL of the carrier. */
  callbacks(url: string): CheckCallbacks;
  /** Checks settings at the vendor. @param callbackUrl undefined without RC_PUBLIC_URL. */
  settings(callbackUrl: string | undefined): Promise<Finding[]>;
}
