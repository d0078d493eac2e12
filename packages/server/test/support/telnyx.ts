import type { TelnyxCarrier } from '#carriers/telnyx/settings.ts';

/** Id of a message and of a messaging profile, in the form of Telnyx. */
export const TELNYX_MESSAGE_ID = '40385f64-5717-4562-b3fc-2c963f66afa6';
export const TELNYX_PROFILE = '4000eba1-a0c0-4563-9925-b25e842a7cb6';

/** Settings of a carrier with Telnyx. */
export const TELNYX: TelnyxCarrier = {
  name: 'telnyx',
  type: 'telnyx',
  insecure: false,
  window: 32,
  mediaBytes: 600_000,
  apiKey: 'KEY_test',
  publicKey: Buffer.alloc(32, 1).toString('base64'),
};
