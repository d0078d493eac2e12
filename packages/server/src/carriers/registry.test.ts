import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CarrierSettingsError } from './problems.ts';
import { CARRIER_TYPES, carrierTypeOf, DEFAULT_CARRIERS, secretNamesOf } from './registry.ts';

const TWILIO = { name: 'us', type: 'twilio', accountSid: 'AC0123', authToken: 'a token' };
const TELNYX = { name: 'tx', type: 'telnyx', apiKey: 'KEY', publicKey: Buffer.alloc(32, 1).toString('base64') };
const BANDWIDTH = {
  ...{ name: 'band', type: 'bandwidth', accountId: '99', applicationId: 'app', username: 'user', password: 'pass' },
  ...{ callbackUsername: 'callback', callbackPassword: 'secret' },
};
const ENV: Record<string, string> = { KEY: 'from the environment', EMPTY: '', BROKEN: 'KEY\r\nx-other: 1' };
const FILES: Record<string, string> = { '/run/secrets/key': 'from a file', '/run/secrets/empty': '' };
const SECRETS = { env: (name: string) => ENV[name], file: (path: string) => FILES[path] };

type Given = Record<string, unknown> & { type: string };

function read(settings: Given): unknown {
  return carrierTypeOf(settings.type)?.read(settings, 'carriers[0]', SECRETS);
}

describe('Secrets of carriers with an HTTP API', () => {
  test.each<[unknown, string | undefined]>([
    [undefined, undefined],
    ['in plain text', 'in plain text'],
    [{ env: 'KEY' }, 'from the environment'],
    [{ file: '/run/secrets/key' }, 'from a file'],
  ])('The secret of a SharedKey at Twilio can be %j.', (given, sharedKeySecret) => {
    const settings = given === undefined ? TWILIO : { ...TWILIO, sharedKeySecret: given };
    expect(read(settings)).toMatchObject({ authToken: 'a token', sharedKeySecret });
  });

  // Regression: Compose passes a variable that is not set as an empty one, and anyone could sign with the empty key.
  test.each<[string, Given]>([
    ['authToken', TWILIO],
    ['sharedKeySecret', TWILIO],
    ['apiKey', TELNYX],
    ['password', BANDWIDTH],
    ['callbackPassword', BANDWIDTH],
  ])('An empty %s is rejected with its path and its source.', (name, settings) => {
    const path = `carriers[0].${name}`;
    const refused = (value: unknown) => expect(() => read({ ...settings, [name]: value }));
    refused({ env: 'EMPTY' }).toThrow(new CarrierSettingsError(`${path} is read from EMPTY, which is empty`));
    refused({ file: '/run/secrets/empty' }).toThrow(`${path} is read from /run/secrets/empty, which is empty`);
    refused({ env: 'MISSING' }).toThrow(`${path} is read from MISSING, which is not set`);
    refused('').toThrow(path);
  });

  test('A key of Telnyx that no header can have is rejected without its value.', () => {
    expect(() => read({ ...TELNYX, apiKey: { env: 'BROKEN' } })).toThrow(
      new CarrierSettingsError('carriers[0].apiKey must have printable ASCII characters only'),
    );
  });
});

describe('Registry of carrier types', () => {
  const ownership = (type: string) => carrierTypeOf(type)?.ownership;

  test('Types with an HTTP API are shared by all processes, and the others are owned by a limited number.', () => {
    expect(Object.keys(CARRIER_TYPES).map((type) => [type, ownership(type)])).toEqual([
      ['smpp', 'exclusive'],
      ['twilio', 'shared'],
      ['telnyx', 'shared'],
      ['bandwidth', 'shared'],
      ['simulator', 'exclusive'],
    ]);
  });

  test('Names of inherited properties and other values are no types.', () => {
    for (const type of ['constructor', '__proto__', 'SMPP', '', undefined, 1])
      expect(carrierTypeOf(type)).toBeUndefined();
  });

  test('The schema of each type has the name of the type in the registry.', () => {
    for (const [name, { schema }] of Object.entries(CARRIER_TYPES)) {
      expect(schema.properties['type']).toMatchObject({ const: name });
    }
  });

  test('Without RC_CARRIERS, a type of the registry is the default.', () => {
    const { carriers, default: usual } = DEFAULT_CARRIERS;
    expect(carriers.map(({ name }) => name)).toContain(usual);
    for (const { type } of carriers) expect(carrierTypeOf(type)).toBeDefined();
  });

  test('The secrets of a type are the settings that may be environment variables or files.', () => {
    expect(secretNamesOf('smpp')).toEqual(['password']);
    expect(secretNamesOf('twilio')).toEqual(['authToken', 'sharedKeySecret', 'apiKeySecret']);
    expect(secretNamesOf('telnyx')).toEqual(['apiKey']);
    expect(secretNamesOf('bandwidth')).toEqual(['password', 'clientSecret', 'callbackPassword']);
    expect(secretNamesOf('simulator')).toEqual([]);
  });

  test('Only the folder of a type, the registry and the SMSC simulator import modules of the type.', () => {
    const root = new URL('..', import.meta.url).pathname;
    const types = Object.keys(CARRIER_TYPES).join('|');
    const other = new RegExp(`from '[^']*/(${types})/([^']+)'`, 'g');
    const found = globSync('**/*.ts', { cwd: root })
      .filter((file) => !/\.test\.ts$|^carriers\/registry\.ts$|^smsc\//.test(file))
      .flatMap((file) => {
        const imports = [...readFileSync(root + file, 'utf8').matchAll(other)];
        return imports
          .filter(([, type]) => !file.startsWith(`carriers/${type}/`))
          .map(([, type, module]) => `${file}: ${type}/${module}`);
      });
    expect(found).toEqual([]);
  });
});
