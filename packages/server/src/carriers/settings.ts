import type { Static } from 'typebox';
import Value from 'typebox/value';
import { isCallingCode } from '../platform/phone-numbers.ts';
import { KEYS, type SmppSettings, SmppSettingsSchema } from './smpp/settings.ts';

/** Settings of a carrier in RC_CARRIERS, with resolved secrets. */
export type CarrierSettings = SmppSettings & { password: string };

export interface Carriers {
  carriers: CarrierSettings[];
  /** Name of the carrier that messages are submitted to. */
  default: string;
}

type Secrets = (name: string) => string | undefined;

/** Problem with the settings. The message begins with the path of the wrong field, such as `carriers[0].window`. */
export class CarrierSettingsError extends Error {
  override readonly name = 'CarrierSettingsError';
}

/**
 * Reads the settings of all carriers.
 * @param text content of the file.
 * @param secret returns the value of an environment variable, for passwords that are `{"env": "NAME"}`.
 * @throws CarrierSettingsError with the path of the first wrong field, but never with its value.
 */
export function readCarriers(text: string, secret: Secrets): Carriers {
  const { carriers, default: chosen, ...unknown } = object(parse(text), '');
  const [strange] = Object.keys(unknown);
  if (strange !== undefined) throw wrong(strange, 'is not a known setting');
  if (!Array.isArray(carriers) || carriers.length === 0)
    throw wrong('carriers', 'must be a list with at least one entry');
  const read = carriers.map((one, i) => readCarrier(one, `carriers[${i}]`, secret));
  const names = read.map(({ name }) => name);
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0) throw wrong(`carriers[${twice}].name`, 'must be unique');
  if (chosen !== undefined && !names.includes(chosen as string)) throw wrong('default', 'must name a carrier');
  if (chosen === undefined && names.length > 1) throw wrong('default', 'is required when there are several carriers');
  return { carriers: read, default: (chosen as string | undefined) ?? (names[0] as string) };
}

function readCarrier(value: unknown, path: string, secret: Secrets): CarrierSettings {
  const { type } = object(value, path);
  if (type !== 'smpp') throw wrong(`${path}.type`, 'must be "smpp"');
  const whole = Value.Default(SmppSettingsSchema, structuredClone(value));
  const errors = [...Value.Errors(SmppSettingsSchema, whole)];
  if (errors.length > 0) throw explained(errors, path);
  const settings = whole as Static<typeof SmppSettingsSchema>;
  for (const { path: record, of, are } of KEYS) {
    const strange = Object.keys(of(settings) ?? {}).find((key) => !are.test(key));
    if (strange !== undefined) throw wrong(`${path}.${record}.${strange}`, `must match ${are.source}`);
  }
  const { countryCode } = settings;
  if (countryCode !== undefined && !isCallingCode(countryCode)) {
    throw wrong(`${path}.countryCode`, 'must be a country calling code such as "1" or "44"');
  }
  return { ...settings, password: passwordOf(settings.password, `${path}.password`, secret) };
}

function passwordOf(value: SmppSettings['password'], path: string, secret: Secrets): string {
  const password = typeof value === 'string' ? value : secret(value.env);
  if (password === undefined) throw wrong(path, `is read from ${(value as { env: string }).env}, which is not set`);
  // SMPP 3.4, §4.1.1 allows nine octets with the terminator. Many carriers accept longer passwords.
  if (!/^[\x20-\x7e]{0,64}$/.test(password)) throw wrong(path, 'must be up to 64 printable characters');
  return password;
}

type ValueError = ReturnType<typeof Value.Errors>[number];

/** Explains the deepest error, from which the errors above it follow. */
function explained(errors: readonly ValueError[], path: string): CarrierSettingsError {
  const depth = ({ instancePath }: ValueError) => instancePath.split('/').length;
  const [first] = errors.toSorted((a, b) => depth(b) - depth(a));
  const { instancePath, message, keyword, params } = first as ValueError;
  if (keyword === 'required') {
    const [field] = (params as { requiredProperties: string[] }).requiredProperties;
    return wrong(`${path}${dotted(instancePath)}.${field}`, 'is required');
  }
  const strange = keyword === 'boolean' || keyword === 'additionalProperties';
  return wrong(`${path}${dotted(instancePath)}`, strange ? 'is not a known setting' : message);
}

function dotted(pointer: string): string {
  return pointer.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Only the position is reported. The message of `JSON.parse` quotes the text, which may contain a password.
    const [where = ''] = /line \d+ column \d+/.exec((error as Error).message) ?? [];
    throw new CarrierSettingsError(`is not JSON${where && ` (${where})`}`);
  }
}

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(path || 'the file', 'must be an object');
}

function wrong(path: string, what: string): CarrierSettingsError {
  return new CarrierSettingsError(`${path} ${what}`);
}
