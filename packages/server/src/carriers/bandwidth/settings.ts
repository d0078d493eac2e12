import Type, { type Static } from 'typebox';
import type { SecretSources } from '../../platform/carriers-file.ts';
import { checkBaseUrl, HTTP_SETTINGS } from '../http/settings.ts';
import { checked, problem, together } from '../problems.ts';
import { type Resolved, requiredSecretOf, Secret } from '../secrets.ts';

/** Basic credentials cannot have a colon in the user name (RFC 7617 §2). */
const Username = Type.String({ maxLength: 255, pattern: '^[^:]+$' });

/** One entry of `carriers` in RC_CARRIERS. docs/carriers/bandwidth.md documents the settings. */
export const BandwidthSettingsSchema = Type.Object(
  {
    ...HTTP_SETTINGS,
    type: Type.Literal('bandwidth'),
    accountId: Type.String({ pattern: '^[0-9A-Za-z_-]{1,32}$' }),
    applicationId: Type.String({ minLength: 1, maxLength: 64 }),
    /** Basic authentication. Otherwise `clientId` and `clientSecret`. */
    username: Type.Optional(Username),
    password: Type.Optional(Secret),
    /** OAuth 2 client credentials. */
    clientId: Type.Optional(Username),
    clientSecret: Type.Optional(Secret),
    /** Basic credentials of callbacks, as set on the application at Bandwidth. */
    callbackUsername: Username,
    callbackPassword: Secret,
  },
  { additionalProperties: false },
);

export type BandwidthSettings = Static<typeof BandwidthSettingsSchema>;

/** Settings with their secrets. */
export type BandwidthCarrier = Resolved<BandwidthSettings, 'password' | 'clientSecret' | 'callbackPassword'>;

/** @throws CarrierSettingsError */
export function readBandwidth(value: unknown, path: string, secrets: SecretSources): BandwidthCarrier {
  const settings = checked(BandwidthSettingsSchema, value, path);
  checkBaseUrl(settings.baseUrl, settings.insecure, path);
  together(settings, 'username', 'password', path);
  together(settings, 'clientId', 'clientSecret', path);
  const { username, clientId, password, clientSecret, callbackPassword } = settings;
  if ((username === undefined) === (clientId === undefined)) {
    throw problem(`${path}.username`, 'or clientId is required, and not both');
  }
  return {
    ...settings,
    password: password && requiredSecretOf(password, `${path}.password`, secrets),
    clientSecret: clientSecret && requiredSecretOf(clientSecret, `${path}.clientSecret`, secrets),
    callbackPassword: requiredSecretOf(callbackPassword, `${path}.callbackPassword`, secrets),
  };
}
