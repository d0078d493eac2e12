import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_SECRETS } from '../../test/support/smpp-settings.ts';
import type { SecretSources } from '../platform/carriers-file.ts';
import { CarrierSettingsError } from './problems.ts';
import { readCarriers } from './settings.ts';
import type { SmppCarrier } from './smpp/settings.ts';

const PASSWORD = 'hunter2-S3cret';
const ACME = { name: 'acme', type: 'smpp', host: 'smpp.acme.example', port: 2775, systemId: 'us', password: PASSWORD };

const file = (...carriers: unknown[]) => JSON.stringify({ carriers });
const readOne = (more: Record<string, unknown>, secrets: SecretSources = NO_SECRETS) =>
  readCarriers(file({ ...ACME, ...more }), secrets).carriers[0] as SmppCarrier;

/** Reads a file that must be rejected. @returns the error message, after a check that the error has no password. */
function refusal(text: string, secrets: SecretSources = NO_SECRETS): string {
  try {
    readCarriers(text, secrets);
  } catch (error) {
    expect(error).toBeInstanceOf(CarrierSettingsError);
    const { message, stack, cause } = error as Error;
    expect([message, stack, JSON.stringify(cause ?? null)].join()).not.toContain('hunter2');
    return message;
  }
  throw new Error('it was not refused');
}

describe('Settings of a carrier', () => {
  test('A carrier needs name, type, host, port, system id and password, and all other settings have defaults.', () => {
    expect(readCarriers(file(ACME), NO_SECRETS)).toEqual({
      default: 'acme',
      routes: [],
      failoverAfterSeconds: 2,
      poolFailoverAfterSeconds: 60,
      carriers: [
        {
          ...ACME,
          tls: false,
          systemType: '',
          addressRange: '',
          bindMode: 'transceiver',
          binds: 1,
          window: 32,
          responseSeconds: 10,
          enquireLinkSeconds: 30,
          longMessages: 'udh8',
          defaultAlphabet: 'gsm7',
          preferLatin1: false,
          addresses: {
            international: { ton: 1, npi: 1, plus: false },
            shortCode: { ton: 3, npi: 0 },
            alphanumeric: { ton: 5, npi: 0 },
          },
          serviceType: '',
          registeredDelivery: 1,
          tlvs: {},
          statusMap: {},
          processes: 1,
        },
      ],
    });
  });

  test('A carrier may have all settings, which are returned unchanged.', () => {
    const all = {
      ...ACME,
      tls: { servername: 'acme.example', ca: '-----BEGIN CERTIFICATE-----', rejectUnauthorized: false },
      systemType: 'VMA',
      addressRange: '^1555',
      bindMode: 'transmitter+receiver',
      binds: 64,
      window: 1_000,
      maxSegmentsPerSecond: 0.5,
      responseSeconds: 0.1,
      enquireLinkSeconds: 3_600,
      longMessages: 'sar',
      defaultAlphabet: 'latin1',
      preferLatin1: true,
      addresses: {
        international: { ton: 2, npi: 8, plus: true },
        shortCode: { ton: 0, npi: 255 },
        alphanumeric: { ton: 255, npi: 0 },
      },
      serviceType: 'CMT',
      registeredDelivery: 0,
      validitySeconds: 2_592_000,
      tlvs: { '0x1400': 'text', '0xABcd': { hex: '00ff' } },
      campaignTlv: '0x1401',
      statusMap: { '0x401': 'temporary', '1025': 'throttled', '0x00000402': 'permanent' },
      processes: 64,
    };
    expect(readCarriers(file(all), NO_SECRETS).carriers).toEqual([all]);
  });

  test.each(['1', '44', '800'])('The assigned country calling code %s is accepted.', (countryCode) => {
    expect(readOne({ countryCode })?.countryCode).toBe(countryCode);
  });

  test.each(['12', '999'])('The unassigned country calling code %s is rejected.', (countryCode) => {
    expect(refusal(file({ ...ACME, countryCode }))).toBe(
      'carriers[0].countryCode must be a country calling code such as "1" or "44"',
    );
  });

  test('Address rules that are not given have their defaults.', () => {
    expect(readOne({ addresses: { international: { ton: 2, npi: 1 } } })?.addresses).toEqual({
      international: { ton: 2, npi: 1, plus: false },
      shortCode: { ton: 3, npi: 0 },
      alphanumeric: { ton: 5, npi: 0 },
    });
  });

  test('Two carriers do not share the objects of their defaults.', () => {
    const [one, two] = readCarriers(
      JSON.stringify({ carriers: [ACME, { ...ACME, name: 'b' }], default: 'b' }),
      NO_SECRETS,
    ).carriers as SmppCarrier[];
    expect(one?.addresses).not.toBe(two?.addresses);
    expect(one?.tlvs).not.toBe(two?.tlvs);
  });
});

describe('Password of a carrier', () => {
  const env = (password: string) => ({
    ...NO_SECRETS,
    env: (name: string) => (name === 'ACME_PASSWORD' ? password : undefined),
  });
  const fromEnv = { password: { env: 'ACME_PASSWORD' } };

  test('A password can be read from the environment.', () => {
    expect(readOne(fromEnv, env(PASSWORD))?.password).toBe(PASSWORD);
  });

  test('An unset environment variable of a password is reported by its name.', () => {
    expect(refusal(file({ ...ACME, ...fromEnv }))).toBe(
      'carriers[0].password is read from ACME_PASSWORD, which is not set',
    );
  });

  test.each(['', ' ', 'x'.repeat(64), '!"~'])('A password may have up to 64 printable characters: %j.', (password) => {
    expect(readOne({ password })?.password).toBe(password);
    expect(readOne(fromEnv, env(password))?.password).toBe(password);
  });

  test.each(['hunter2\n', 'hunter2é', 'hunter2\0', `hunter2${'x'.repeat(64)}`])(
    'A password with other characters, or more than 64, is rejected: %j.',
    (password) => {
      expect(refusal(file({ ...ACME, password }))).toMatch(/^carriers\[0\]\.password must /);
      expect(refusal(file({ ...ACME, ...fromEnv }), env(password))).toBe(
        'carriers[0].password must be up to 64 printable characters',
      );
    },
  );

  test.each<[string, unknown]>([
    ['password', 5],
    ['password', ['hunter2']],
    ['password', null],
    ['password', {}],
    ['password.env', { env: '1X' }],
    ['password.env', { env: 'hunter2 ' }],
    ['password.env', { env: 5 }],
    ['password.text', { env: 'A', text: 'hunter2' }],
  ])('A wrong password is reported by the path %s.', (path, password) => {
    expect(refusal(file({ ...ACME, password }))).toMatch(new RegExp(`^carriers\\[0\\]\\.${path.replace('.', '\\.')} `));
  });

  test('A password is in no error of another field.', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(ACME), 'window', 'tls', 'tlvs', 'x'),
        fc.jsonValue(),
        (field, value) => {
          const text = file({ ...ACME, [field]: value });
          try {
            readCarriers(text, NO_SECRETS);
          } catch (error) {
            expect(error).toBeInstanceOf(CarrierSettingsError);
            expect((error as Error).message).not.toContain(PASSWORD);
          }
        },
      ),
    );
  });
});

describe('Wrong setting of a carrier', () => {
  test.each<[string, Record<string, unknown>]>([
    ['name', { name: undefined }],
    ['name', { name: '' }],
    ['name', { name: 'Acme' }],
    ['name', { name: '-acme' }],
    ['name', { name: 'x'.repeat(33) }],
    ['type', { type: undefined }],
    ['type', { type: 'http' }],
    ['host', { host: undefined }],
    ['host', { host: '' }],
    ['host', { host: 'x'.repeat(256) }],
    ['port', { port: undefined }],
    ['port', { port: '2775' }],
    ['port', { port: 0 }],
    ['port', { port: 65_536 }],
    ['port', { port: 27.75 }],
    ['tls', { tls: 'yes' }],
    ['tls', { tls: null }],
    ['tls.servername', { tls: { servername: 5 } }],
    ['tls.rejectUnauthorized', { tls: { rejectUnauthorized: 'no' } }],
    ['tls.key', { tls: { key: 'x' } }],
    ['systemId', { systemId: undefined }],
    ['systemId', { systemId: 'x'.repeat(16) }],
    ['systemId', { systemId: 'ü' }],
    ['password', { password: undefined }],
    ['systemType', { systemType: 'x'.repeat(13) }],
    ['systemType', { systemType: 5 }],
    ['addressRange', { addressRange: 'x'.repeat(41) }],
    ['bindMode', { bindMode: 'receiver' }],
    ['binds', { binds: 0 }],
    ['binds', { binds: 65 }],
    ['window', { window: 0 }],
    ['window', { window: 1.5 }],
    ['window', { window: 1_001 }],
    ['window', { window: '32' }],
    ['maxSegmentsPerSecond', { maxSegmentsPerSecond: 0 }],
    ['maxSegmentsPerSecond', { maxSegmentsPerSecond: -1 }],
    ['maxSegmentsPerSecond', { maxSegmentsPerSecond: 100_001 }],
    ['maxSegmentsPerSecond', { maxSegmentsPerSecond: null }],
    ['responseSeconds', { responseSeconds: 0 }],
    ['responseSeconds', { responseSeconds: 301 }],
    ['enquireLinkSeconds', { enquireLinkSeconds: 3_601 }],
    ['longMessages', { longMessages: 'udh' }],
    ['defaultAlphabet', { defaultAlphabet: 'GSM7' }],
    ['preferLatin1', { preferLatin1: 1 }],
    ['addresses', { addresses: 5 }],
    ['addresses.national', { addresses: { national: { ton: 1, npi: 1 } } }],
    ['addresses.international.ton', { addresses: { international: { ton: 256, npi: 1 } } }],
    ['addresses.international.npi', { addresses: { international: { ton: 1 } } }],
    ['addresses.shortCode.plus', { addresses: { shortCode: { ton: 1, npi: 1, plus: true } } }],
    ['addresses.alphanumeric.ton', { addresses: { alphanumeric: { ton: -1, npi: 1 } } }],
    ['serviceType', { serviceType: '123456' }],
    ['registeredDelivery', { registeredDelivery: 32 }],
    ['validitySeconds', { validitySeconds: 59 }],
    ['validitySeconds', { validitySeconds: 2_592_001 }],
    ['validitySeconds', { validitySeconds: 60.5 }],
    ['tlvs', { tlvs: [] }],
    ['tlvs.0x1400', { tlvs: { '0x1400': 5 } }],
    ['tlvs.0x1400', { tlvs: { '0x1400': 'x'.repeat(255) } }],
    ['tlvs.0x1400.hex', { tlvs: { '0x1400': { hex: '0' } } }],
    ['tlvs.0x1400.hex', { tlvs: { '0x1400': { hex: 'xx' } } }],
    ['campaignTlv', { campaignTlv: '1400' }],
    ['campaignTlv', { campaignTlv: 0x1400 }],
    ['statusMap', { statusMap: 5 }],
    ['statusMap.0x401', { statusMap: { '0x401': 'later' } }],
    ['processes', { processes: 0 }],
    ['windw', { windw: 32 }],
    ['hex', { hex: 'x' }],
  ])('A wrong %s is rejected with its path.', (path, more) => {
    const message = refusal(file({ ...ACME, ...more }));
    expect(message.split(' ', 1)).toEqual([`carriers[0].${path}`]);
    expect(message).toMatch(/^\S+ (must |is )/);
  });

  // Regression: a record accepted any key that its pattern does not match, with any value. `1400` became the tag
  // 0x0578, and a word the tag 0. A number that is too large made each submit throw a RangeError. An invalid status
  // never matched.
  test.each<[string, Record<string, unknown>]>([
    ['tlvs.1400', { tlvs: { '1400': 'x' } }],
    ['tlvs.campaign', { tlvs: { campaign: 'x' } }],
    ['tlvs.0x14000', { tlvs: { '0x14000': 'x' } }],
    ['statusMap.ESME_RSYSERR', { statusMap: { ESME_RSYSERR: 'temporary' } }],
    ['statusMap.0x', { statusMap: { '0x': 5 } }],
  ])('The wrong record key %s is rejected with its path.', (path, more) => {
    expect(refusal(file({ ...ACME, ...more })).split(' ', 1)).toEqual([`carriers[0].${path}`]);
  });

  test('The path of a wrong setting names its carrier.', () => {
    const text = JSON.stringify({ carriers: [ACME, { ...ACME, name: 'b', window: 0 }], default: 'acme' });
    expect(refusal(text)).toMatch(/^carriers\[1\]\.window /);
  });
});

describe('File of carriers', () => {
  const two = [ACME, { ...ACME, name: 'b' }];

  test('The file names the default carrier when there are several.', () => {
    expect(readCarriers(JSON.stringify({ carriers: two, default: 'b' }), NO_SECRETS).default).toBe('b');
  });

  test.each<[string, unknown]>([
    ['the file must be an object', []],
    ['the file must be an object', null],
    ['the file must be an object', 'hunter2'],
    ['carriers must be a list with at least one entry', {}],
    ['carriers must be a list with at least one entry', { carriers: [] }],
    ['carriers must be a list with at least one entry', { carriers: { acme: ACME } }],
    ['carriers[0] must be an object', { carriers: ['hunter2'] }],
    ['carriers[0] must be an object', { carriers: [null] }],
    ['carriers[1] must be an object', { carriers: [ACME, [ACME]] }],
    ['carriers[1].name must be unique', { carriers: [ACME, ACME], default: 'acme' }],
    ['default is required when there are several carriers', { carriers: two }],
    ['default must name a carrier', { carriers: two, default: 'c' }],
    ['default must name a carrier', { carriers: [ACME], default: 'hunter2'.slice(1) }],
    ['default must name a carrier', { carriers: [ACME], default: null }],
    ['default must name a carrier', { carriers: [ACME], default: 0 }],
    ['carrier is not a known setting', { carriers: [ACME], carrier: 'acme' }],
  ])('A wrong file is rejected with the error “%s”.', (message, content) => {
    expect(refusal(JSON.stringify(content))).toBe(message);
  });

  test.each([
    '',
    'hunter2',
    '{"carriers":[{"password":"hunter2" "port":1}]}',
    '{\n  "password": hunter2\n}',
    "{'password':'hunter2'}",
    '{"password":"hunter2"',
    '{"password":"hunter2\n"}',
    '{"password":"hunter2"}}',
  ])('A file that is not JSON is rejected without a quotation of its text: %j.', (text) => {
    expect(refusal(text)).toMatch(/^is not JSON( \(line \d+ column \d+\))?$/);
  });

  test('A password is in no error, wherever the JSON is broken.', () => {
    const whole = file(ACME);
    for (let at = 0; at <= whole.length; at += 1) {
      for (const broken of [
        whole.slice(0, at),
        `${whole.slice(0, at)}"${whole.slice(at)}`,
        `${whole.slice(0, at)}\u0001${whole.slice(at)}`,
      ]) {
        try {
          readCarriers(broken, NO_SECRETS);
        } catch (error) {
          expect((error as Error).message).not.toMatch(/hunter|S3cret/);
        }
      }
    }
  });
});
