import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Config, carriersDisableSandbox, readConfig, summary, unknownSettings } from './config.ts';
import { ConfigError } from './config-error.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const SERVER = { DATABASE_URL: 'postgresql://user:hunter2@db.example/redcloud', RC_SECRET_KEY: KEY };

describe('readConfig without variables', () => {
  test('Each setting has its documented default.', () => {
    expect(readConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      internal: undefined,
      databaseUrl: undefined,
      dataDir: './data',
      roles: ['api', 'outbound', 'webhooks'],
      sandbox: true,
      secretKey: undefined,
      adminToken: undefined,
      trustedProxies: [],
      publicUrl: undefined,
      media: { storage: { kind: 'directory', path: 'data/media' }, isSet: false, quotaBytes: 5_120 * 1_048_576 },
      carriers: undefined,
      webhookRetrySchedule: [60, 300, 900, 3600],
      webhookAllowedNetworks: [],
      webhookProxy: undefined,
      outcomeDeadlineSeconds: 86_400,
      idempotencySeconds: 604_800,
      retentionDays: 90,
      textDays: 30,
      queueLimits: { perClient: 1_000_000, perNumber: 200_000 },
      maxScheduledPerClient: 1_000_000,
      maxDelaySeconds: 300,
      stopSeconds: 15,
      logLevel: 'info',
      logFormat: undefined,
    } satisfies Config);
  });

  test('An empty variable counts as an absent one.', () => {
    const names = ['HOST', 'PORT', 'DATABASE_URL', 'RC_DATA_DIR', 'RC_ROLES', 'RC_SANDBOX', 'RC_SECRET_KEY'];
    names.push(
      'RC_ADMIN_TOKEN',
      'RC_TRUSTED_PROXIES',
      'RC_CARRIERS',
      'RC_PUBLIC_URL',
      'RC_MEDIA',
      'RC_MEDIA_QUOTA_MIB',
      'RC_WEBHOOK_RETRY_SCHEDULE',
      'RC_OUTCOME_DEADLINE',
    );
    names.push('RC_WEBHOOK_ALLOWED_NETWORKS', 'RC_WEBHOOK_PROXY');
    names.push('RC_RETENTION_DAYS', 'RC_TEXT_DAYS', 'RC_MAX_QUEUED_PER_CLIENT', 'RC_MAX_QUEUED_PER_NUMBER');
    names.push(
      'RC_MAX_SCHEDULED_PER_CLIENT',
      'RC_IDEMPOTENCY_SECONDS',
      'RC_MAX_DELAY_SECONDS',
      'RC_STOP_SECONDS',
      'RC_LOG_LEVEL',
      'RC_LOG_FORMAT',
    );
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
  });
});

test('unknownSettings reports RC_ variables that are no settings, and knows all settings of .env.example.', () => {
  const example = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8');
  const names = [...example.matchAll(/^# (RC_[A-Z_]+)=/gm)].map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(10);
  expect(unknownSettings(Object.fromEntries(names.map((name) => [name, '1'])))).toEqual([]);
  expect(unknownSettings({ RC_RETENTION_DAY: '5', PATH: '/bin', rc_x: '1' })).toEqual(['RC_RETENTION_DAY']);
});

describe('readConfig with variables', () => {
  test.each<[Record<string, string>, Partial<Config>]>([
    [{ HOST: '0.0.0.0' }, { host: '0.0.0.0' }],
    [{ PORT: '0' }, { port: 0 }],
    [{ PORT: '65535' }, { port: 65_535 }],
    [{ RC_DATA_DIR: '/var/lib/redcloud' }, { dataDir: '/var/lib/redcloud' }],
    [{ RC_SECRET_KEY: KEY }, { secretKey: Buffer.alloc(32, 7) }],
    [{ RC_ADMIN_TOKEN: 'x'.repeat(16) }, { adminToken: 'x'.repeat(16) }],
    [{ RC_WEBHOOK_RETRY_SCHEDULE: '1, 2,0' }, { webhookRetrySchedule: [1, 2, 0] }],
    [
      { RC_WEBHOOK_ALLOWED_NETWORKS: '10.0.0.0/8, 192.0.2.1,fd00::/8,::1,0.0.0.0/0' },
      { webhookAllowedNetworks: ['10.0.0.0/8', '192.0.2.1/32', 'fd00::/8', '::1/128', '0.0.0.0/0'] },
    ],
    [
      { RC_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8,::1,fd00::/8' },
      { trustedProxies: ['127.0.0.1/32', '10.0.0.0/8', '::1/128', 'fd00::/8'] },
    ],
    [{ RC_WEBHOOK_PROXY: 'http://u:p@proxy:3128' }, { webhookProxy: 'http://u:p@proxy:3128' }],
    [{ RC_OUTCOME_DEADLINE: '60' }, { outcomeDeadlineSeconds: 60 }],
    [{ RC_IDEMPOTENCY_SECONDS: '86400' }, { idempotencySeconds: 86_400 }],
    [{ RC_STOP_SECONDS: '1' }, { stopSeconds: 1 }],
    [{ RC_RETENTION_DAYS: '2' }, { retentionDays: 2 }],
    [{ RC_TEXT_DAYS: '7' }, { textDays: 7 }],
    [{ RC_MAX_QUEUED_PER_NUMBER: '5000' }, { queueLimits: { perClient: 1_000_000, perNumber: 5_000 } }],
    [{ RC_LOG_LEVEL: 'debug' }, { logLevel: 'debug' }],
    [{ RC_LOG_FORMAT: 'text' }, { logFormat: 'text' }],
    [SERVER, { databaseUrl: SERVER.DATABASE_URL, secretKey: Buffer.alloc(32, 7), sandbox: false }],
    [{ ...SERVER, RC_ROLES: 'webhooks, api' }, { roles: ['api', 'webhooks'] }],
    [{ RC_ROLES: 'webhooks,outbound,api' }, { roles: ['api', 'outbound', 'webhooks'] }],
  ])('Valid variables are read into the configuration (%j).', (env, expected) => {
    expect(readConfig(env)).toMatchObject(expected);
  });

  test.each<[string, Record<string, string>]>([
    ['RC_DATA_DIR', { RC_DATA_DIR: 'file:/var/lib/redcloud' }],
    ['RC_DATA_DIR', { RC_DATA_DIR: '  ' }],
    ['PORT', { PORT: 'http' }],
    ['PORT', { PORT: '-1' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '80.5' }],
    ['PORT', { PORT: ' ' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://localhost/x' }],
    ['DATABASE_URL', { DATABASE_URL: 'localhost:5432' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://[' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://user@db.example' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://user@db.example/' }],
    ['RC_ROLES', { ...SERVER, RC_ROLES: 'api,cook' }],
    ['RC_ROLES', { ...SERVER, RC_ROLES: 'api,' }],
    ['RC_ROLES', { RC_ROLES: 'api' }],
    ['RC_SANDBOX', { RC_SANDBOX: 'yes' }],
    ['RC_SECRET_KEY', { DATABASE_URL: SERVER.DATABASE_URL }],
    ['RC_SECRET_KEY', { RC_SECRET_KEY: Buffer.alloc(31).toString('base64') }],
    ['RC_SECRET_KEY', { RC_SECRET_KEY: Buffer.alloc(33).toString('base64') }],
    ['RC_SECRET_KEY', { RC_SECRET_KEY: `${KEY.slice(0, -2)}!=` }],
    ['RC_ADMIN_TOKEN', { RC_ADMIN_TOKEN: 'x'.repeat(15) }],
    ['RC_ADMIN_TOKEN', { RC_ADMIN_TOKEN: `${'x'.repeat(16)} y` }],
    ['RC_CARRIERS', { RC_CARRIERS: './carriers.json' }],
    ['RC_WEBHOOK_RETRY_SCHEDULE', { RC_WEBHOOK_RETRY_SCHEDULE: '60,soon' }],
    ['RC_WEBHOOK_RETRY_SCHEDULE', { RC_WEBHOOK_RETRY_SCHEDULE: '60,' }],
    ['RC_WEBHOOK_RETRY_SCHEDULE', { RC_WEBHOOK_RETRY_SCHEDULE: '-1' }],
    ['RC_WEBHOOK_RETRY_SCHEDULE', { RC_WEBHOOK_RETRY_SCHEDULE: Array(51).fill('1').join() }],
    ...['10.0.0.0/33', '::/129', '10.0.0/8', '10.0.0.0/', '10.0.0.0/8/8', '0x7f.1', 'example.com', '10.0.0.0/8,'].map(
      (text): [string, Record<string, string>] => [
        'RC_WEBHOOK_ALLOWED_NETWORKS',
        { RC_WEBHOOK_ALLOWED_NETWORKS: text },
      ],
    ),
    ...['true', 'loopback', '127.0.0.1:80', '10.0.0.0/33', '10.0.0.1,'].map(
      (text): [string, Record<string, string>] => ['RC_TRUSTED_PROXIES', { RC_TRUSTED_PROXIES: text }],
    ),
    ['RC_WEBHOOK_PROXY', { RC_WEBHOOK_PROXY: 'proxy:3128' }],
    ['RC_WEBHOOK_PROXY', { RC_WEBHOOK_PROXY: 'socks5://proxy:1080' }],
    ['RC_WEBHOOK_PROXY', { RC_WEBHOOK_PROXY: 'http://u:%zz@proxy:3128' }],
    ['RC_OUTCOME_DEADLINE', { RC_OUTCOME_DEADLINE: '0' }],
    ['RC_IDEMPOTENCY_SECONDS', { RC_IDEMPOTENCY_SECONDS: '86399' }],
    ['RC_STOP_SECONDS', { RC_STOP_SECONDS: '601' }],
    ['RC_LOG_LEVEL', { RC_LOG_LEVEL: 'loud' }],
    ['RC_LOG_FORMAT', { RC_LOG_FORMAT: 'xml' }],
  ])('An invalid value is rejected with an error that names the variable (%s in %j).', (name, env) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(new RegExp(`^${name}: .+\\.$`));
  });

  test.each<[string, Record<string, string>]>([
    ['the database password', { DATABASE_URL: 'mysql://user:hunter2@db.example/x' }],
    ['the secret key', { RC_SECRET_KEY: 'hunter2' }],
    ['the admin token', { RC_ADMIN_TOKEN: 'hunter2' }],
    ["the proxy's password", { RC_WEBHOOK_PROXY: 'ftp://us:hunter2@proxy.example' }],
  ])('An error message does not contain a secret value (%s).', (_, env) => {
    expect(() => readConfig(env)).toThrow(/^(?!.*hunter2)/s);
  });
});

describe('The file of RC_CARRIERS', () => {
  const JSON_TEXT = '{"carriers": [{"name": "ñandú"}]}';
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'redcloud-config-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function carriersOf(bytes: Uint8Array): string | undefined {
    const file = join(directory, 'carriers.json');
    writeFileSync(file, bytes);
    return readConfig({ RC_CARRIERS: file }).carriers?.text;
  }
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');

  test('The file is read with and without a UTF-8 byte order mark.', () => {
    expect(carriersOf(Buffer.from(JSON_TEXT))).toBe(JSON_TEXT);
    expect(carriersOf(Buffer.from(`\ufeff${JSON_TEXT}`))).toBe(JSON_TEXT);
  });

  test.each([
    ['UTF-16 in little-endian order', utf16(`\ufeff${JSON_TEXT}`)],
    ['UTF-16 in big-endian order', utf16(`\ufeff${JSON_TEXT}`).swap16()],
    ['UTF-16 without a byte order mark', utf16(JSON_TEXT)],
    ['UTF-32', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x7b])],
    ['Latin-1', Buffer.from(JSON_TEXT, 'latin1')],
  ])('A file in another encoding is rejected with its name and the fix (%s).', (_, bytes) => {
    expect(() => carriersOf(bytes)).toThrow(ConfigError);
    expect(() => carriersOf(bytes)).toThrow(/^RC_CARRIERS: .*carriers\.json (is|has) .*UTF-.*\. Save it as UTF-8\.$/);
  });

  test('RC_CARRIERS turns the sandbox of the embedded store off, unless RC_SANDBOX=true.', () => {
    const file = join(directory, 'carriers.json');
    writeFileSync(file, JSON_TEXT);
    const read = (env: Record<string, string>) => {
      const config = readConfig({ RC_CARRIERS: file, ...env });
      return { sandbox: config.sandbox, warns: carriersDisableSandbox(config, env) };
    };
    expect(read({})).toEqual({ sandbox: false, warns: true });
    expect(read({ RC_SANDBOX: 'true' })).toEqual({ sandbox: true, warns: false });
    expect(read({ RC_SANDBOX: 'false' })).toEqual({ sandbox: false, warns: false });
    expect(read({ HOST: '0.0.0.0' })).toEqual({ sandbox: false, warns: false });
    expect(read(SERVER)).toEqual({ sandbox: false, warns: false });
    expect(read({ ...SERVER, RC_SANDBOX: 'true' })).toEqual({ sandbox: true, warns: false });
  });
});

describe('The sandbox setting', () => {
  test.each(['127.0.0.1', '127.8.9.1', 'localhost', 'LOCALHOST', '::1', '[::1]', '0:0:0:0:0:0:0:1'])(
    'The sandbox is on by default on %s.',
    (HOST) => {
      expect(readConfig({ HOST }).sandbox).toBe(true);
    },
  );

  test('An IPv6 HOST is stored without the brackets that it has in a URL.', () => {
    expect(readConfig({ HOST: '[::1]' }).host).toBe('::1');
  });

  test.each([
    ...['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com', 'localhost.example.com'],
    ...['127.999.1.1', '127.0.0.256', '127.1', '127.00.0.1', '0x7f.0.0.1', '2130706433', '::1%lo', 'localhost.'],
  ])('On HOST %s the sandbox is off by default, and RC_SANDBOX=true is rejected.', (HOST) => {
    expect(readConfig({ HOST }).sandbox).toBe(false);
    expect(readConfig({ HOST, RC_SANDBOX: 'false' }).sandbox).toBe(false);
    for (const RC_SANDBOX of ['true', '1']) {
      expect(() => readConfig({ HOST, RC_SANDBOX })).toThrow(/^RC_SANDBOX: /);
      expect(() => readConfig({ ...SERVER, HOST, RC_SANDBOX })).toThrow(/^RC_SANDBOX: /);
    }
  });

  test('With DATABASE_URL the sandbox is on only if RC_SANDBOX is true.', () => {
    expect(readConfig(SERVER).sandbox).toBe(false);
    expect(readConfig({ ...SERVER, RC_SANDBOX: 'true' }).sandbox).toBe(true);
  });

  test.each(['false', '0'])('RC_SANDBOX=%s turns the sandbox off.', (RC_SANDBOX) => {
    expect(readConfig({ RC_SANDBOX }).sandbox).toBe(false);
  });
});

describe('The configuration summary', () => {
  test('The summary contains no secret.', () => {
    const adminToken = 'operator-token-of-the-test';
    const RC_WEBHOOK_PROXY = 'http://user:hunter2@proxy.example:3128';
    const config = readConfig({ ...SERVER, RC_ADMIN_TOKEN: adminToken, RC_WEBHOOK_PROXY });
    const printed = JSON.stringify(summary(config));
    for (const secret of ['hunter2', 'user', KEY, KEY.slice(0, 12), adminToken, '"type":"Buffer"']) {
      expect(printed).not.toContain(secret);
    }
    expect(summary(config)).toMatchObject({ store: 'postgresql', admin: true, sandbox: false });
    expect(summary(config).webhookProxy).toBe('proxy.example:3128');
  });

  test('The summary names the kind of store.', () => {
    expect(summary(readConfig({}))).toMatchObject({ store: 'embedded', admin: false, host: '127.0.0.1', port: 3000 });
  });
});

describe('RC_MEDIA', () => {
  const KEYS = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };
  const storage = (RC_MEDIA: string, env = {}) => readConfig({ RC_MEDIA, ...env }).media.storage;

  test.each(['file:/var/lib/media', 'file:///var/lib/media'])('A directory: %s', (text) => {
    expect(storage(text)).toEqual({ kind: 'directory', path: '/var/lib/media' });
  });

  test('A bucket, with its service and region.', () => {
    expect(storage('s3://bucket/a/b/?endpoint=http://127.0.0.1:9000&region=eu-1', KEYS)).toEqual({
      ...{ kind: 's3', bucket: 'bucket', prefix: 'a/b', region: 'eu-1', endpoint: 'http://127.0.0.1:9000' },
      ...{ accessKeyId: 'id', secretAccessKey: 'key', sessionToken: undefined },
    });
    expect(storage('s3://bucket', KEYS)).toMatchObject({ prefix: '', region: 'us-east-1', endpoint: undefined });
  });

  test.each([
    ['/var/lib/media', 'RC_MEDIA: expected file:PATH'],
    ['s3://', 'RC_MEDIA: expected file:PATH'],
    ['s3://bucket?regio=x', 'RC_MEDIA: "regio" is not a known parameter'],
    ['s3://bucket?endpoint=s3.example.com', 'RC_MEDIA: endpoint must be a URL'],
  ])('%s is rejected.', (text, message) => {
    expect(() => storage(text, KEYS)).toThrow(message);
  });

  test('A bucket needs credentials.', () => {
    expect(() => storage('s3://bucket')).toThrow('AWS_ACCESS_KEY_ID: required for RC_MEDIA with s3://.');
  });
});

test.each([
  ['https://sms.example.com', 'https://sms.example.com'],
  ['https://sms.example.com/', 'https://sms.example.com'],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
])('RC_PUBLIC_URL %s is accepted.', (text, url) => {
  expect(readConfig({ RC_PUBLIC_URL: text }).publicUrl).toBe(url);
});

test.each(['sms.example.com', 'https://sms.example.com/path', 'https://user@sms.example.com', 'ftp://sms.example.com'])(
  'RC_PUBLIC_URL %s is rejected.',
  (text) => {
    expect(() => readConfig({ RC_PUBLIC_URL: text })).toThrow('RC_PUBLIC_URL: expected a URL without a path');
  },
);
