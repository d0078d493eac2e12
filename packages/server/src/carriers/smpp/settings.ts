import Type, { type Static } from 'typebox';
import type { SecretSources } from '../../platform/carriers-file.ts';
import { isCallingCode } from '../../platform/phone-numbers.ts';
import { CarrierName, Pace, perSecond } from '../pace-settings.ts';
import { checked, problem } from '../problems.ts';
import { type Resolved, Secret, secretOf } from '../secrets.ts';

const closed = { additionalProperties: false } as const;
const text = (maxLength: number) => Type.String({ maxLength, pattern: '^[\\x20-\\x7e]*$' });
const octet = Type.Integer({ minimum: 0, maximum: 255 });
const seconds = (fallback: number, most = 3_600) => Type.Number({ minimum: 0.1, maximum: most, default: fallback });

/** Up to nine octets by SMPP 3.4, §4.1.1. Many carriers accept longer passwords. */
const Password = Type.Union([text(64), ...Secret.anyOf.slice(1)] as unknown as typeof Secret.anyOf);

const TonNpi = Type.Object({ ton: octet, npi: octet }, closed);

/** Patterns for keys of records. The schema of a record ignores keys that do not match its own pattern. */
const KEYS: readonly { path: string; of(settings: SmppSettings): object | undefined; are: RegExp }[] = [
  { path: 'tlvs', of: ({ tlvs }) => tlvs, are: /^0x[0-9a-fA-F]{4}$/ },
  { path: 'statusMap', of: ({ statusMap }) => statusMap, are: /^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/ },
  { path: 'pace.numbers', of: ({ pace }) => pace?.numbers, are: /^\+[1-9]\d{1,14}$/ },
];

/** One entry of `carriers` in RC_CARRIERS. docs/carriers/smpp.md documents the settings. */
export const SmppSettingsSchema = Type.Object(
  {
    name: CarrierName,
    type: Type.Literal('smpp'),
    host: Type.String({ maxLength: 255, pattern: '^[^\\s]+$' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    tls: Type.Union(
      [
        Type.Boolean(),
        Type.Object(
          {
            servername: Type.Optional(Type.String()),
            ca: Type.Optional(Type.String({ description: 'PEM', pattern: '-----BEGIN CERTIFICATE-----' })),
            rejectUnauthorized: Type.Optional(Type.Boolean()),
          },
          closed,
        ),
      ],
      { default: false },
    ),
    systemId: text(15),
    password: Password,
    systemType: Type.Unsafe<string>({ ...text(12), default: '' }),
    addressRange: Type.Unsafe<string>({ ...text(40), default: '' }),
    bindMode: Type.Enum(['transceiver', 'transmitter+receiver'], { default: 'transceiver' }),
    binds: Type.Integer({ minimum: 1, maximum: 64, default: 1 }),
    window: Type.Integer({ minimum: 1, maximum: 1_000, default: 32 }),
    maxSegmentsPerSecond: Type.Optional(perSecond),
    pace: Type.Optional(Pace),
    responseSeconds: seconds(10, 300),
    enquireLinkSeconds: seconds(30),
    longMessages: Type.Enum(['udh8', 'udh16', 'sar', 'message_payload'], { default: 'udh8' }),
    defaultAlphabet: Type.Enum(['gsm7', 'latin1'], { default: 'gsm7' }),
    preferLatin1: Type.Boolean({ default: false }),
    addresses: Type.Object(
      {
        international: Type.Object(
          { ton: octet, npi: octet, plus: Type.Boolean({ default: false }) },
          { ...closed, default: { ton: 1, npi: 1, plus: false } },
        ),
        shortCode: Type.Unsafe<Static<typeof TonNpi>>({ ...TonNpi, default: { ton: 3, npi: 0 } }),
        alphanumeric: Type.Unsafe<Static<typeof TonNpi>>({ ...TonNpi, default: { ton: 5, npi: 0 } }),
      },
      { ...closed, default: {} },
    ),
    /** Country calling code of numbers that the carrier sends in national form. */
    countryCode: Type.Optional(Type.String({ pattern: '^[1-9]\\d{0,2}$' })),
    serviceType: Type.Unsafe<string>({ ...text(5), default: '' }),
    registeredDelivery: Type.Integer({ minimum: 0, maximum: 31, default: 1 }),
    validitySeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 30 * 86_400 })),
    /** Optional parameters of each submit by tag, as text or hex bytes. `campaignTlv` is the tag for the campaign. */
    tlvs: Type.Record(
      Type.String({ pattern: '^0x[0-9a-fA-F]{4}$' }),
      Type.Union([text(254), Type.Object({ hex: Type.String({ pattern: '^([0-9a-fA-F]{2}){1,254}$' }) }, closed)]),
      { default: {} },
    ),
    campaignTlv: Type.Optional(Type.String({ pattern: '^0x[0-9a-fA-F]{4}$' })),
    /** Meaning of the statuses of this carrier: `{"0x00000401": "temporary"}`. */
    statusMap: Type.Record(
      Type.String({ pattern: '^(0x[0-9a-fA-F]{1,8}|\\d{1,10})$' }),
      Type.Enum(['permanent', 'temporary', 'throttled']),
      { default: {} },
    ),
    /** Number of processes that may be bound at once, each with a share of `maxSegmentsPerSecond`. Others stand by. */
    processes: Type.Integer({ minimum: 1, maximum: 64, default: 1 }),
  },
  closed,
);

export type SmppSettings = Static<typeof SmppSettingsSchema>;

/** Settings with their secrets. */
export type SmppCarrier = Resolved<SmppSettings, 'password'>;

/** @throws CarrierSettingsError */
export function readSmpp(value: unknown, path: string, secrets: SecretSources): SmppCarrier {
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
