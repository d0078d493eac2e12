import { ALL_SENDERS, type Capabilities } from '../capabilities.ts';
import type { SharedType } from '../carrier-type.ts';
import { canonicalType } from '../media-types.ts';
import { createTwilioApi } from './api.ts';
import { createTwilioCallbacks } from './callbacks.ts';
import { createTwilioCheck } from './check.ts';
import { readTwilio, type TwilioCarrier, TwilioSettingsSchema } from './settings.ts';

/** Twilio waits 15 seconds for the response to a callback. */
const COPY_MS = 8_000;

/** Twilio, API version 2010-04-01. */
export const TWILIO: SharedType<TwilioCarrier> = {
  ownership: 'shared',
  schema: TwilioSettingsSchema,
  read: readTwilio,
  capabilities,
  api: createTwilioApi,
  callbacks: createTwilioCallbacks,
  copyMs: COPY_MS,
  check: createTwilioCheck,
};

/**
 * Senders are the values of `From`, and `Body` has at most 1,600 characters
 * (https://www.twilio.com/docs/messaging/api/message-resource). Alphanumeric senders are for texts
 * (https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id).
 */
function capabilities({ name, mediaBytes: totalBytes }: TwilioCarrier): Capabilities {
  const accepts = (mimeType: string) => canonicalType(mimeType) !== undefined;
  return {
    name,
    senders: ALL_SENDERS,
    media: {
      senders: new Set(['LONG_CODE', 'TOLL_FREE', 'SHORT_CODE']),
      limits: () => ({ totalBytes, accepts }),
    },
    maxTextCharacters: { SMS: 1_600, MMS: 1_600 },
  };
}
