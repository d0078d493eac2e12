import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type CarriersFile, readCarriersFile } from './carriers-file.ts';
import { ConfigError } from './config-error.ts';
import { readDatabaseUrls } from './database-url.ts';
import type { LogLevel } from './log.ts';
import type { LogFormat } from './log-text.ts';
import { isLoopbackName } from './loopback.ts';
import { type MediaConfig, readMediaStorage } from './media-config.ts';

export const ROLES = ['api', 'outbound', 'webhooks'] as const;
export type Role = (typeof ROLES)[number];

export interface Config {
  host: string;
  port: number;
  /** Address for operators and monitoring. Absent: `host` and `port` serve all routes. */
  internal: { host: string; port: number } | undefined;
  /** Absent: the embedded store in `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  roles: readonly Role[];
  sandbox: boolean;
  /** 32 bytes. Absent (embedded store only): created at the first start and stored in `dataDir`. */
  secretKey: Buffer | undefined;
  adminToken: string | undefined;
  /** Everyone on this machine may sign in to the console as an operator. Set when a sandbox without carriers and RC_ADMIN_TOKEN starts. */
  hasOpenOperator?: true;
  /**
   * Addresses and networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted: `10.0.0.0/8`.
   */
  trustedProxies: readonly string[];
  /** URL of the server as seen by carriers, without a path and without a final slash. */
  publicUrl: string | undefined;
  media: MediaConfig;
  /** Absent: the simulator. */
  carriers: CarriersFile | undefined;
  /** Seconds to wait after the 1st, 2nd … failed webhook attempt. Without a further wait, the event is given up. */
  webhookRetrySchedule: readonly number[];
  /** Networks that webhooks may reach without TLS, also if not public: `10.0.0.0/8`, `192.0.2.1/32`. */
  webhookAllowedNetworks: readonly string[];
  /** URL of the proxy for webhooks. May contain a password. */
  webhookProxy: string | undefined;
  /** Outcome deadline in seconds. A submit without a response is reported as failed then (OUTCOME_UNKNOWN). */
  outcomeDeadlineSeconds: number;
  /** Seconds for which an idempotent response is stored. */
  idempotencySeconds: number;
  /** Days for which messages and their results are stored, and days for which their texts are stored. */
  retentionDays: number;
  textDays: number;
  /** Messages that may wait to be sent. Further sends are rejected with 429. */
  queueLimits: { perClient: number; perNumber: number };
  /** Maximum number of scheduled messages of one API client that are not due yet. */
  maxScheduledPerClient: number;
  /** Longest estimated delay in seconds. Sends whose messages this process would submit later are rejected. */
  maxDelaySeconds: number;
  /** Seconds within which running work must finish when the process stops. */
  stopSeconds: number;
  logLevel: LogLevel;
  /** Undefined: text on a terminal, and otherwise JSON. */
  logFormat: LogFormat | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS: readonly string[] = ['debug', 'error', 'fatal', 'info', 'silent', 'trace', 'warn'];
const LOG_FORMATS: readonly string[] = ['json', 'text'];
const DAY = 86_400;
const MIB = 1_048_576;
const SETTINGS = new Set(
  'ADMIN_TOKEN CARRIERS DATA_DIR IDEMPOTENCY_SECONDS INTERNAL_HOST INTERNAL_PORT LOG_FORMAT LOG_LEVEL MAX_DELAY_SECONDS MAX_QUEUED_PER_CLIENT MAX_QUEUED_PER_NUMBER MAX_SCHEDULED_PER_CLIENT MEDIA MEDIA_QUOTA_MIB OUTCOME_DEADLINE PUBLIC_URL RETENTION_DAYS ROLES SANDBOX SECRET_KEY STOP_SECONDS TEXT_DAYS TRUSTED_PROXIES WEBHOOK_ALLOWED_NETWORKS WEBHOOK_PROXY WEBHOOK_RETRY_SCHEDULE'
    .split(' ')
    .map((name) => `RC_${name}`),
);

/** The only reader of the environment. @throws ConfigError for the first problem, with the name of the variable. */
export function readConfig(env: Env = process.env): Config {
  const { settings, problems } = inspectConfig(env);
  const [first] = problems;
  if (first !== undefined) throw new ConfigError(first);
  return settings as Config;
}

/** @returns all problems, and the valid settings. Invalid ones are undefined. */
export function inspectConfig(env: Env = process.env): { settings: Partial<Config>; problems: string[] } {
  const problems: string[] = [];
  const settings = readSettings(env, (read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  });
  return { settings: settings as Partial<Config>, problems };
}

/** Calls a reader. Undefined: its setting is invalid. */
type Attempt = <T>(read: () => T) => T | undefined;

function readSettings(env: Env, attempt: Attempt) {
  const host = attempt(() => readHost('HOST', env)) ?? '127.0.0.1';
  const integer = (name: string, fallback: number, min: number, max: number) =>
    attempt(() => readInteger(env, name, fallback, min, max));
  const port = integer('PORT', 3000, 0, 65_535);
  const databaseUrl = attempt(() => readDatabaseUrl(env['DATABASE_URL']));
  return {
    host,
    port,
    internal: attempt(() => readInternal(env, host, port)),
    databaseUrl,
    dataDir: attempt(() => readDataDir(env['RC_DATA_DIR'])),
    roles: attempt(() => readRoles(env['RC_ROLES'], env['DATABASE_URL'])),
    sandbox: attempt(() => readSandbox(env, host, { databaseUrl: env['DATABASE_URL'], carriers: env['RC_CARRIERS'] })),
    secretKey: attempt(() => readSecretKey(env['RC_SECRET_KEY'], env['DATABASE_URL'])),
    adminToken: attempt(() => readAdminToken(env['RC_ADMIN_TOKEN'])),
    trustedProxies: attempt(() => readNetworks('RC_TRUSTED_PROXIES', env['RC_TRUSTED_PROXIES'])),
    publicUrl: attempt(() => readPublicUrl(env['RC_PUBLIC_URL'])),
    media: {
      storage: attempt(() => readMediaStorage(env)),
      isSet: Boolean(env['RC_MEDIA']),
      quotaBytes: (integer('RC_MEDIA_QUOTA_MIB', 5_120, 1, 1_000_000_000) ?? 0) * MIB,
    },
    carriers: attempt(() => readCarriersFile(env['RC_CARRIERS'], env)),
    webhookRetrySchedule: attempt(() => readSchedule(env['RC_WEBHOOK_RETRY_SCHEDULE'])),
    webhookAllowedNetworks: attempt(() =>
      readNetworks('RC_WEBHOOK_ALLOWED_NETWORKS', env['RC_WEBHOOK_ALLOWED_NETWORKS']),
    ),
    webhookProxy: attempt(() => readProxy(env['RC_WEBHOOK_PROXY'])),
    outcomeDeadlineSeconds: integer('RC_OUTCOME_DEADLINE', DAY, 1, 30 * DAY),
    idempotencySeconds: integer('RC_IDEMPOTENCY_SECONDS', 7 * DAY, DAY, 365 * DAY),
    retentionDays: integer('RC_RETENTION_DAYS', 90, 2, 36_500),
    textDays: integer('RC_TEXT_DAYS', 30, 2, 36_500),
    queueLimits: {
      perClient: integer('RC_MAX_QUEUED_PER_CLIENT', 1_000_000, 1_000, 1_000_000_000),
      perNumber: integer('RC_MAX_QUEUED_PER_NUMBER', 200_000, 1_000, 1_000_000_000),
    },
    maxScheduledPerClient: integer('RC_MAX_SCHEDULED_PER_CLIENT', 1_000_000, 0, 1_000_000_000),
    maxDelaySeconds: integer('RC_MAX_DELAY_SECONDS', 300, 1, DAY),
    stopSeconds: integer('RC_STOP_SECONDS', 15, 1, 600),
    logLevel: attempt(() => readLogLevel(env['RC_LOG_LEVEL'])),
    logFormat: attempt(() => readLogFormat(env['RC_LOG_FORMAT'])),
  };
}

/** Names of variables that look like settings and are not, possibly misspelt. */
export function unknownSettings(env: Env = process.env): string[] {
  return Object.keys(env).filter((name) => name.startsWith('RC_') && !SETTINGS.has(name));
}

/** Whether RC_CARRIERS turns off the sandbox that the embedded store has by default on a loopback address. */
export function carriersDisableSandbox(config: Config, env: Env = process.env): boolean {
  const isDefault = !env['RC_SANDBOX'] && !config.databaseUrl && isLoopbackName(config.host);
  return isDefault && !config.sandbox && config.carriers !== undefined;
}

/** Settings for the first log line, without secrets. */
export function summary(config: Config) {
  return {
    host: config.host,
    port: config.port,
    internalPort: config.internal?.port,
    store: config.databaseUrl ? 'postgresql' : 'embedded',
    dataDir: config.dataDir,
    roles: config.roles,
    sandbox: config.sandbox,
    admin: config.adminToken !== undefined,
    trustedProxies: config.trustedProxies,
    publicUrl: config.publicUrl,
    media:
      config.media.storage.kind === 'directory' ? config.media.storage.path : `s3://${config.media.storage.bucket}`,
    carriers: config.carriers?.file,
    webhookRetrySchedule: config.webhookRetrySchedule,
    webhookAllowedNetworks: config.webhookAllowedNetworks,
    webhookProxy: config.webhookProxy && new URL(config.webhookProxy).host,
  };
}

/** Version in package.json, for the API document and the first log line. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

function readInteger(env: Env, name: string, fallback: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new ConfigError(`${name}: expected a whole number from ${min} to ${max}, got "${text}".`);
}

/** The setting is a path, unlike RC_MEDIA. */
function readDataDir(text: string | undefined): string {
  if (!text) return './data';
  if (text.trim() === '') throw new ConfigError('RC_DATA_DIR: expected a path.');
  if (text.startsWith('file:')) throw new ConfigError('RC_DATA_DIR: expected a path, without `file:`.');
  return text;
}

/** Brackets belong to URLs. The operating system resolves addresses without brackets. */
function readHost(name: string, env: Env): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  if (!/^[\w.:%[\]-]{1,255}$/.test(text))
    throw new ConfigError(`${name}: expected an address or a name of this machine.`);
  return text.replace(/^\[(.*)\]$/, '$1');
}

function readInternal(env: Env, host: string, publicPort: number | undefined): Config['internal'] {
  if (!env['RC_INTERNAL_PORT']) {
    if (!env['RC_INTERNAL_HOST']) return undefined;
    throw new ConfigError('RC_INTERNAL_HOST: has an effect only with RC_INTERNAL_PORT. Set both, or none.');
  }
  const port = readInteger(env, 'RC_INTERNAL_PORT', 0, 0, 65_535);
  if (port !== 0 && port === publicPort) throw new ConfigError('RC_INTERNAL_PORT: must differ from PORT.');
  return { host: readHost('RC_INTERNAL_HOST', env) ?? host, port };
}

function readDatabaseUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  readDatabaseUrls(text);
  return text;
}

function readRoles(text: string | undefined, databaseUrl: string | undefined): readonly Role[] {
  if (!text) return ROLES;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !ROLES.includes(name as Role));
  if (unknown !== undefined) throw new ConfigError(`RC_ROLES: "${unknown}" is not one of ${ROLES.join(', ')}.`);
  const roles = ROLES.filter((role) => names.includes(role));
  if (databaseUrl || roles.length === ROLES.length) return roles;
  throw new ConfigError('RC_ROLES: the embedded store serves only one process. Set DATABASE_URL to split the roles.');
}

/** Settings that turn the sandbox off by default, since the credentials of the sandbox are public. */
interface Valuables {
  databaseUrl: string | undefined;
  carriers: string | undefined;
}

function readSandbox(env: Env, host: string, { databaseUrl, carriers }: Valuables): boolean {
  const text = env['RC_SANDBOX'];
  if (text && !/^(true|false|1|0)$/.test(text)) throw new ConfigError('RC_SANDBOX: expected true or false.');
  const asked = text === 'true' || text === '1';
  const wanted = text ? asked : !databaseUrl && !carriers;
  if (!wanted) return false;
  const internalHost = readHost('RC_INTERNAL_HOST', env) ?? host;
  const hosts = { HOST: host, RC_INTERNAL_HOST: internalHost };
  const [exposed] = Object.entries(hosts).filter(([, address]) => !isLoopbackName(address));
  if (!exposed) return true;
  if (!asked) return false;
  throw exposedSandbox(exposed[0], exposed[1]);
}

/**
 * @param setting HOST or RC_INTERNAL_HOST
 * @param bound address on which the server listens, if the host name is already resolved.
 */
export function exposedSandbox(setting: string, host: string, bound = host): ConfigError {
  const where = bound === host ? `${setting} ${host}` : `${setting} ${host}, which is ${bound} here,`;
  return new ConfigError(
    `RC_SANDBOX: the credentials of the sandbox are public, but ${where} is not a loopback address. ` +
      `Set ${setting}=127.0.0.1, or RC_SANDBOX=false.`,
  );
}

function readSecretKey(text: string | undefined, databaseUrl: string | undefined): Buffer | undefined {
  if (!text) {
    if (!databaseUrl) return undefined;
    throw new ConfigError('RC_SECRET_KEY: required with DATABASE_URL. Create a key with `openssl rand -base64 32`.');
  }
  const key = Buffer.from(text, 'base64');
  if (key.length === 32 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return key;
  throw new ConfigError('RC_SECRET_KEY: expected 32 bytes in base64. Create a key with `openssl rand -base64 32`.');
}

function readAdminToken(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (/^[\x21-\x7e]{16,}$/.test(text)) return text;
  throw new ConfigError('RC_ADMIN_TOKEN: expected at least 16 printable characters without spaces.');
}

function readPublicUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const url = URL.parse(text);
  const isBare = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (isBare && /^https?:$/.test(url.protocol)) return url.origin;
  throw new ConfigError('RC_PUBLIC_URL: expected a URL without a path, such as https://sms.example.com.');
}

function readSchedule(text: string | undefined): readonly number[] {
  if (!text) return [60, 300, 900, 3600];
  const seconds = text.split(',').map((part) => (/^\s*\d+(\.\d+)?\s*$/.test(part) ? Number(part) : Number.NaN));
  if (seconds.every((s) => Number.isFinite(s) && s >= 0 && s <= 30 * DAY) && seconds.length <= 50) return seconds;
  throw new ConfigError('RC_WEBHOOK_RETRY_SCHEDULE: expected up to 50 delays in seconds, such as 60,300,900,3600.');
}

function readNetworks(name: string, text: string | undefined): readonly string[] {
  if (!text) return [];
  return text.split(',').map((part) => {
    const [address = '', bits, ...more] = part.trim().split('/');
    const most = { 4: 32, 6: 128 }[isIP(address)];
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : undefined;
    if (most !== undefined && length !== undefined && length <= most && more.length === 0)
      return `${address}/${length}`;
    throw new ConfigError(`${name}: "${part}" is neither an address nor a network such as 10.0.0.0/8 or fd00::/8.`);
  });
}

function readProxy(text: string | undefined): string | undefined {
  if (!text) return undefined;
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && isDecodable(url.username) && isDecodable(url.password)) return text;
  throw new ConfigError('RC_WEBHOOK_PROXY: expected a URL such as http://user:password@proxy.internal:3128.');
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function readLogLevel(text: string | undefined): LogLevel {
  if (!text) return 'info';
  if (LOG_LEVELS.includes(text)) return text as LogLevel;
  throw new ConfigError(`RC_LOG_LEVEL: expected one of ${LOG_LEVELS.join(', ')}.`);
}

function readLogFormat(text: string | undefined): LogFormat | undefined {
  if (!text) return undefined;
  if (LOG_FORMATS.includes(text)) return text as LogFormat;
  throw new ConfigError(`RC_LOG_FORMAT: expected one of ${LOG_FORMATS.join(', ')}.`);
}
