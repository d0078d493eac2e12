import { ALL_SENDERS, type Capabilities } from '../capabilities.ts';
import type { SharedType } from '../carrier-type.ts';
import { canonicalType } from '../media-types.ts';
import { createTelnyxApi } from './api.ts';
import { createTelnyxCallbacks } from './callbacks.ts';
import { createTelnyxCheck } from './check.ts';
import { readTelnyx, type TelnyxCarrier, TelnyxSettingsSchema } from './settings.ts';

/** Telnyx waits two seconds for the response to a callback. */
const COPY_MS = 1_500;
/**
 * 10 parts of 153 GSM-7 characters (https://developers.telnyx.com/docs/messaging/messages/character-and-rate-limits).
 * Telnyx documents no limit for the text of an MMS.
 */
const MAX_SMS_CHARACTERS = 1_530;

/** Telnyx, API v2. */
export const TELNYX: SharedType<TelnyxCarrier> = {
  ownership: 'shared',
  schema: TelnyxSettingsSchema,
  read: readTelnyx,
  capabilities,
  api: createTelnyxApi,
  callbacks: createTelnyxCallbacks,
  copyMs: COPY_MS,
  check: createTelnyxCheck,
};

/**
 * Senders of SMS: the four request types of the npm package telnyx 7.24.0 (`messages.d.ts`), of which alphanumeric
 * senders are “SMS only”. Senders of MMS: https://developers.telnyx.com/docs/messaging/messages/mms-transcoding.
 */
function capabilities({ name, mediaBytes: totalBytes }: TelnyxCarrier): Capabilities {
  const accepts = (mimeType: string) => canonicalType(mimeType) !== undefined;
  return {
    name,
    senders: ALL_SENDERS,
    media: {
      senders: new Set(['LONG_CODE', 'TOLL_FREE', 'SHORT_CODE']),
      limits: () => ({ totalBytes, accepts }),
    },
    maxTextCharacters: { SMS: MAX_SMS_CHARACTERS, MMS: undefined },
  };
}
