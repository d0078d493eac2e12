import { join } from 'node:path';
import { ConfigError } from './config-error.ts';

/** Storage of media. */
export interface MediaConfig {
  storage: { kind: 'directory'; path: string } | ({ kind: 's3' } & S3Config);
  /** Whether RC_MEDIA is set. Otherwise the directory belongs to this host only. */
  isSet: boolean;
  /** Bytes that one API client may store. */
  quotaBytes: number;
}

interface S3Config {
  bucket: string;
  prefix: string;
  region: string;
  endpoint: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const MEDIA_FORMS = 'file:PATH or s3://bucket/prefix?endpoint=https://…&region=…';

/** @throws ConfigError */
export function readMediaStorage(env: Env): MediaConfig['storage'] {
  const text = env['RC_MEDIA'];
  if (!text) return { kind: 'directory', path: join(env['RC_DATA_DIR'] || './data', 'media') };
  const path = /^file:(?:\/\/(?=\/))?(.+)$/.exec(text)?.[1];
  if (path) return { kind: 'directory', path };
  const url = URL.parse(text);
  if (url?.protocol !== 's3:' || url.hostname === '') throw new ConfigError(`RC_MEDIA: expected ${MEDIA_FORMS}.`);
  return { kind: 's3', ...readBucket(url, env) };
}

function readBucket(url: URL, env: Env): S3Config {
  const strange = [...url.searchParams.keys()].find((name) => name !== 'endpoint' && name !== 'region');
  if (strange !== undefined)
    throw new ConfigError(`RC_MEDIA: "${strange}" is not a known parameter. Expected ${MEDIA_FORMS}.`);
  const endpoint = url.searchParams.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new ConfigError('RC_MEDIA: endpoint must be a URL such as https://s3.example.com.');
  }
  const credential = (name: string) => {
    const value = env[name];
    if (value) return value;
    throw new ConfigError(`${name}: required for RC_MEDIA with s3://.`);
  };
  return {
    bucket: url.hostname,
    prefix: decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, ''),
    region: url.searchParams.get('region') ?? env['AWS_REGION'] ?? 'us-east-1',
    endpoint,
    accessKeyId: credential('AWS_ACCESS_KEY_ID'),
    secretAccessKey: credential('AWS_SECRET_ACCESS_KEY'),
    sessionToken: env['AWS_SESSION_TOKEN'] || undefined,
  };
}
