import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';
import type { SecretSources } from '../platform/carriers-file.ts';
import { isCallingCode } from '../platform/phone-numbers.ts';
import { type BandwidthSettings, BandwidthSettingsSchema } from './bandwidth/settings.ts';
import { checkBaseUrl } from './http/settings.ts';
import { CarrierName } from './pace-settings.ts';
import { explained, problem } from './problems.ts';
import { secretOf } from './secrets.ts';
import { KEYS, type SmppSettings, SmppSettingsSchema } from './smpp/settings.ts';
import { type TelnyxSettings, TelnyxSettingsSchema } from './telnyx/settings.ts';
import { type TwilioSettings, TwilioSettingsSchema } from './twilio/settings.ts';

/** The simulator, for tests of routes beside real carriers. */
const SimulatorSettingsSchema = Type.Object(
  { name: CarrierName, type: Type.Literal('simulator') },
  { additionalProperties: false },
);

/** Settings with the secrets instead of their places. */
type Resolved<Settings, Names extends keyof Settings> = Omit<Settings, Names> & {
  [Name in Names]: undefined extends Settings[Name] ? string | undefined : string;
};

export type SmppCarrier = Resolved<SmppSettings, 'password'>;
export type TwilioCarrier = Resolved<TwilioSettings, 'authToken' | 'apiKeySecret'>;
export type TelnyxCarrier = Resolved<TelnyxSettings, 'apiKey'>;
export type BandwidthCarrier = Resolved<BandwidthSettings, 'password' | 'clientSecret' | 'callbackPassword'>;
export type HttpCarrierSettings = TwilioCarrier | TelnyxCarrier | BandwidthCarrier;
export type CarrierSettings = Static<typeof SimulatorSettingsSchema> | SmppCarrier | HttpCarrierSettings;

export interface Carriers {
  carriers: CarrierSettings[];
  /** Name of the carrier of numbers that name none. */
  default: string;
}

/** Type of carrier in RC_CARRIERS. */
interface Kind<Settings extends CarrierSettings> {
  /** @throws CarrierSettingsError */
  read(value: unknown, path: string, secrets: SecretSources): Settings;
}

export const KINDS = {
  smpp: { read: readSmpp },
  twilio: { read: readTwilio },
  telnyx: { read: readTelnyx },
  bandwidth: { read: readBandwidth },
  simulator: { read: (value, path) => checked(SimulatorSettingsSchema, value, path) },
} satisfies Record<string, Kind<CarrierSettings>>;

function checked<S extends TSchema>(schema: S, value: unknown, path: string): Static<S> {
  const whole = Value.Default(schema, structuredClone(value));
  const errors = [...Value.Errors(schema, whole)];
  if (errors.length > 0) throw explained(errors, path);
  return whole as Static<S>;
}

function readSmpp(value: unknown, path: string, secrets: SecretSources): SmppCarrier {
  const settings = checked(SmppSettingsSchema, value, path);
  for (const { path: record, of, are } of KEYS) {
    const strange = Object.keys(of(settings) ?? {}).find((key) => !are.test(key));
    if (strange !== undefined) throw problem(`${path}.${record}.${strange}`, `must match ${are.source}`);
  }
  const { countryCode } = settings;
  if (countryCode !== undefined && !isCallingCode(countryCode)) {
    throw problem(`${path}.countryCode`, 'must be a country calling code such as "1" or "44"');
  }
  const password = secretOf(settings.password, `${path}.password`, secrets);
  if (!/^[\x20-\x7e]{0,64}$/.test(password)) {
    throw problem(`${path}.password`, 'must be up to 64 printable characters');
  }
  return { ...settings, password };
}

function readTwilio(value: unknown, path: string, secrets: SecretSources): TwilioCarrier {
  const settings = checked(TwilioSettingsSchema, value, path);
  checkBaseUrl(settings.baseUrl, settings.insecure, path);
  together(settings, 'apiKeySid', 'apiKeySecret', path);
  const { authToken, apiKeySecret } = settings;
  return {
    ...settings,
    authToken: secretOf(authToken, `${path}.authToken`, secrets),
    apiKeySecret: apiKeySecret && secretOf(apiKeySecret, `${path}.apiKeySecret`, secrets),
  };
}

function readTelnyx(value: unknown, path: string, secrets: SecretSources): TelnyxCarrier {
  const settings = checked(TelnyxSettingsSchema, value, path);
  checkBaseUrl(settings.baseUrl, settings.insecure, path);
  return { ...settings, apiKey: secretOf(settings.apiKey, `${path}.apiKey`, secrets) };
}

function readBandwidth(value: unknown, path: string, secrets: SecretSources): BandwidthCarrier {
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
    password: password && secretOf(password, `${path}.password`, secrets),
    clientSecret: clientSecret && secretOf(clientSecret, `${path}.clientSecret`, secrets),
    callbackPassword: secretOf(callbackPassword, `${path}.callbackPassword`, secrets),
  };
}

/** @throws CarrierSettingsError if one of two settings is set without the other. */
function together<S extends object>(settings: S, one: keyof S & string, other: keyof S & string, path: string): void {
  for (const [given, missing] of [
    [one, other],
    [other, one],
  ] as const) {
    if (settings[given] !== undefined && settings[missing] === undefined) {
      throw problem(`${path}.${missing}`, `is required with ${given}`);
    }
  }
}
