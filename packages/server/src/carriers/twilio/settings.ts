import Type, { type Static } from 'typebox';
import { HTTP_SETTINGS } from '../http/settings.ts';
import { Secret } from '../secrets.ts';

/** One entry of `carriers` in RC_CARRIERS. docs/carriers/twilio.md documents the settings. */
export const TwilioSettingsSchema = Type.Object(
  {
    ...HTTP_SETTINGS,
    type: Type.Literal('twilio'),
    accountSid: Type.String({ pattern: '^AC[0-9a-zA-Z]{1,64}$' }),
    /** Also verifies the signatures of callbacks, which API keys cannot do. */
    authToken: Secret,
    apiKeySid: Type.Optional(Type.String({ pattern: '^SK[0-9a-zA-Z]{1,64}$' })),
    apiKeySecret: Type.Optional(Secret),
    messagingServiceSid: Type.Optional(Type.String({ pattern: '^MG[0-9a-zA-Z]{1,64}$' })),
  },
  { additionalProperties: false },
);

export type TwilioSettings = Static<typeof TwilioSettingsSchema>;
