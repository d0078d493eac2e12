import Type, { type Static } from 'typebox';
import type { SecretSources } from '../../platform/carriers-file.ts';
import { checkBaseUrl, HTTP_SETTINGS } from '../http/settings.ts';
import { checked, together } from '../problems.ts';
import { type Resolved, requiredSecretOf, Secret } from '../secrets.ts';

/** One entry of `carriers` in RC_CARRIERS. docs/carriers/twilio.md documents the settings. */
export const TwilioSettingsSchema = Type.Object(
  {
    ...HTTP_SETTINGS,
    type: Type.Literal('twilio'),
    accountSid: Type.String({ pattern: '^AC[0-9a-zA-Z]{1,64}$' }),
    /** Also verifies the signatures of callbacks, which API keys cannot do. */
    authToken: Secret,
    /** Verifies callbacks that a SharedKey signs instead of the auth token. */
    sharedKeySecret: Type.Optional(Secret),
    apiKeySid: Type.Optional(Type.String({ pattern: '^SK[0-9a-zA-Z]{1,64}$' })),
    apiKeySecret: Type.Optional(Secret),
    messagingServiceSid: Type.Optional(Type.String({ pattern: '^MG[0-9a-zA-Z]{1,64}$' })),
  },
  { additionalProperties: false },
);

export type TwilioSettings = Static<typeof TwilioSettingsSchema>;

/** Settings with their secrets. */
export type TwilioCarrier = Resolved<TwilioSettings, 'authToken' | 'apiKeySecret' | 'sharedKeySecret'>;

/** @throws CarrierSettingsError */
export function readTwilio(value: unknown, path: string, secrets: SecretSources): TwilioCarrier {
  const settings = checked(TwilioSettingsSchema, value, path);
  checkBaseUrl(settings.baseUrl, settings.insecure, path);
  together(settings, 'apiKeySid', 'apiKeySecret', path);
  const { authToken, apiKeySecret, sharedKeySecret } = settings;
  return {
    ...settings,
    authToken: requiredSecretOf(authToken, `${path}.authToken`, secrets),
    apiKeySecret: apiKeySecret && requiredSecretOf(apiKeySecret, `${path}.apiKeySecret`, secrets),
    sharedKeySecret: sharedKeySecret && requiredSecretOf(sharedKeySecret, `${path}.sharedKeySecret`, secrets),
  };
}
