import { UsageError } from '../exit.ts';
import type { RedCloudOptions } from '../sdk.ts';
import { type Profile, readProfiles } from './store.ts';

/** Options of all commands. */
export interface Globals {
  json?: boolean;
  profile?: string;
  sandbox?: boolean;
  url?: string;
}

/** Public credentials of the sandbox, which does not run where others can reach it (docs/sandbox.md). */
const SANDBOX: Profile = {
  url: 'http://127.0.0.1:3000',
  clientId: 'rc_test_client_123',
  clientSecret: 'rc_secret_abc123',
};

/**
 * Selects server and credentials from the options, the environment or the profile, in this order.
 * @throws UsageError when none is given
 */
export function connectionOf(globals: Globals, env: NodeJS.ProcessEnv): RedCloudOptions {
  const { REDCLOUD_TOKEN: accessToken, REDCLOUD_CLIENT_ID: clientId, REDCLOUD_CLIENT_SECRET: clientSecret } = env;
  if (globals.sandbox) return { ...clientOf(SANDBOX), baseUrl: urlOf(globals, env) };
  if (globals.profile === undefined) {
    if (accessToken) return { accessToken, baseUrl: urlOf(globals, env) };
    if (clientId && clientSecret) return { clientId, clientSecret, baseUrl: urlOf(globals, env) };
    if (clientId || clientSecret)
      throw new UsageError('REDCLOUD_CLIENT_ID and REDCLOUD_CLIENT_SECRET must both be set');
  }
  return loginOf(globals, env);
}

/**
 * Sends a secret only to the server that it was checked with. An option can select another server. An environment
 * variable cannot, because it may be left over from earlier work.
 */
function loginOf(globals: Globals, env: NodeJS.ProcessEnv): RedCloudOptions {
  const profile = profileOf(globals.profile, env);
  const baseUrl = urlOf(globals, env);
  if (globals.url === undefined && baseUrl !== checkedUrl(profile.url)) {
    throw new UsageError(
      `REDCLOUD_URL is not the server of this login (${profile.url}). Unset REDCLOUD_URL, or set --profile or --url.`,
    );
  }
  return { ...clientOf(profile), baseUrl };
}

/** Connection for the routes of operators. @throws UsageError without RC_ADMIN_TOKEN */
export function operatorOf(globals: Globals, env: NodeJS.ProcessEnv): RedCloudOptions {
  const accessToken = env['RC_ADMIN_TOKEN'];
  if (!accessToken) throw new UsageError('RC_ADMIN_TOKEN is not set. Set the operator token of the server.');
  return { accessToken, baseUrl: urlOf(globals, env) };
}

export function urlOf({ sandbox, profile, url }: Globals, env: NodeJS.ProcessEnv): string {
  const given = url ?? (profile === undefined ? env['REDCLOUD_URL'] : undefined);
  return checkedUrl(given || (sandbox ? SANDBOX.url : profileOf(profile, env).url));
}

/** @returns the canonical form of a URL, which identifies a server. @throws UsageError */
export function checkedUrl(text: string): string {
  const url = parsed(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError('The URL must begin with http:// or https://');
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError('The URL must not contain a user, query or fragment');
  }
  return plain(url);
}

/** Removes insignificant differences: case of the host, the default port, trailing slashes. */
const plain = ({ origin, pathname }: URL): string => `${origin}${pathname.replace(/\/+$/, '')}`;

/** @returns whether both URLs mean the same server. Earlier versions stored URLs as typed. */
export function isSameServer(one: string, url: string): boolean {
  if (one === url) return true;
  const other = parsed(one);
  return other !== undefined && plain(other) === url;
}

/** Node 20 has no `URL.parse`. */
function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function profileOf(name: string | undefined, env: NodeJS.ProcessEnv): Profile {
  const { current, profiles } = readProfiles(env);
  const profile = profiles[name ?? current];
  if (profile) return profile;
  if (name !== undefined) throw new UsageError(`Profile ${name} does not exist. See \`redcloud profiles\`.`);
  throw new UsageError(
    'Not logged in. Run `redcloud login`, use --sandbox, or set REDCLOUD_URL, REDCLOUD_CLIENT_ID and REDCLOUD_CLIENT_SECRET.',
  );
}

const clientOf = ({ clientId, clientSecret }: Profile) => ({ clientId, clientSecret });
