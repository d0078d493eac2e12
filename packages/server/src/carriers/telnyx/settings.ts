import Type, { type Static } from 'typebox';
import { HTTP_SETTINGS } from '../http/settings.ts';
import { Secret } from '../secrets.ts';

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
