import type { TwilioCarrier } from '#carriers/twilio/settings.ts';

/** Settings of a carrier with Twilio. */
export const TWILIO: TwilioCarrier = {
  name: 'us',
  type: 'twilio',
  accountSid: 'AC0123',
  authToken: 'the token',
  apiKeySecret: undefined,
  sharedKeySecret: 'the shared key',
  insecure: false,
  window: 32,
  mediaBytes: 600_000,
};
