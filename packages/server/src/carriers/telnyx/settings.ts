import Type, { type Static } from 'typebox';
import type { SecretSources } from '../../platform/carriers-file.ts';
import { checkBaseUrl, HTTP_SETTINGS } from '../http/settings.ts';
import { checked, problem } from '../problems.ts';
import { type Resolved, requiredSecretOf, Secret } from '../secrets.ts';

/** One entry of `carriers` in RC_CARRIERS. docs/carriers/telnyx.md documents the settings. */
export const TelnyxSettingsSchema = Type.Object(
  {
    ...HTTP_SETTINGS,
    type: Type.Literal('telnyx'),
    apiKey: Secret,
    /** Ed25519 key of the account, 32 bytes in base64. Verifies the signatures of callbacks. */
    publicKey: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }),
    messagingProfileId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  },
  { additionalProperties: false },
);

export type TelnyxSettings = Static<typeof TelnyxSettingsSchema>;

/** Settings with their secrets. */
export type TelnyxCarrier = Resolved<TelnyxSettings, 'apiKey'>;

/** @throws CarrierSettingsError */
export function readTelnyx(value: unknown, path: string, secrets: SecretSources): TelnyxCarrier {
  const settings = checked(TelnyxSettingsSchema, value, path);
  checkBaseUrl(settings.baseUrl, settings.insecure, path);
  const apiKey = requiredSecretOf(settings.apiKey, `${path}.apiKey`, secrets);
  // Part of a header, unlike the secrets of Basic credentials.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) throw problem(`${path}.apiKey`, 'must have printable ASCII characters only');
  return { ...settings, apiKey };
}
