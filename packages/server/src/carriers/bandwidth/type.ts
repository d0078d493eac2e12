import { ALL_SENDERS, type Capabilities } from '../capabilities.ts';
import type { SharedType } from '../carrier-type.ts';
import { canonicalType } from '../media-types.ts';
import { createBandwidthApi } from './api.ts';
import { createBandwidthCallbacks } from './callbacks.ts';
import { createBandwidthCheck } from './check.ts';
import { type BandwidthCarrier, BandwidthSettingsSchema, readBandwidth } from './settings.ts';

/** Bandwidth waits ten seconds for the response to a callback. */
const COPY_MS = 8_000;
/**
 * Bytes of all files of a toll-free MMS, “525KB” (https://support.bandwidth.com/hc/en-us/articles/360034303574). A larger
 * MMS fails with code 4411.
 */
const TOLL_FREE_BYTES = 525_000;

/** Bandwidth, messaging API v2. */
export const BANDWIDTH: SharedType<BandwidthCarrier> = {
  ownership: 'shared',
  schema: BandwidthSettingsSchema,
  read: readBandwidth,
  capabilities,
  api: createBandwidthApi,
  callbacks: createBandwidthCallbacks,
  copyMs: COPY_MS,
  check: createBandwidthCheck,
};

/**
 * Senders of SMS: `from` in bandwidth.yml is a phone number or an alphanumeric sender, and short codes are provisioned with
 * https://dev.bandwidth.com/apis/messaging-apis. The text has at most 2,048 characters (schema messageText).
 */
function capabilities({ name, mediaBytes }: BandwidthCarrier): Capabilities {
  const accepts = (mimeType: string) => canonicalType(mimeType) !== undefined;
  return {
    name,
    senders: ALL_SENDERS,
    media: {
      // Bandwidth documents no MMS from alphanumeric senders.
      senders: new Set(['LONG_CODE', 'TOLL_FREE', 'SHORT_CODE']),
      limits: (sender) => {
        const isTollFree = sender === 'TOLL_FREE';
        return { totalBytes: isTollFree ? Math.min(mediaBytes, TOLL_FREE_BYTES) : mediaBytes, accepts };
      },
    },
    maxTextCharacters: { SMS: 2_048, MMS: 2_048 },
  };
}
