import type { FastifyRequest } from 'fastify';
import type { Session } from '#identity/tokens.ts';
import type { Modules } from '../app.ts';
import { isSecure } from '../limits/client-address.ts';

const COOKIE = 'rc_console';
/**
 * Name under https. Browsers accept a cookie with this prefix (RFC 6265bis §4.1.3.2) from this host by https only.
 * Neither another host of the same site nor plain http can replace the cookie.
 */
const SECURE_COOKIE = `__Host-${COOKIE}`;
const TOKEN = /^[A-Za-z0-9_.-]{1,4096}$/;
/**
 * A page of another site can make a browser send a cookie, but not this header. The CORS preflight for the header is
 * rejected.
 */
const CONSOLE_HEADER = 'x-redcloud-console';

/**
 * Console session of a request, if the session is valid and has not ended.
 * @throws ApiError RATE_LIMITED after too many forged sessions.
 */
export async function sessionOf(
  request: FastifyRequest,
  { tokens, sessions, config, guesses }: Pick<Modules, 'tokens' | 'sessions' | 'config' | 'guesses'>,
): Promise<Session | undefined> {
  const token = sessionTokenOf(request);
  if (token === undefined) return undefined;
  const session = await tokens.checkSession(token, config.adminToken);
  if (session === 'forged') {
    const limited = guesses.count(request, 'session', 'console');
    if (limited) throw limited;
  }
  return typeof session === 'string' || (await sessions.hasEnded(session)) ? undefined : session;
}

/**
 * Session token in the cookie of a request from the console's pages. Several cookies of that name with different values
 * are all ignored, since their order does not show which one this server has set.
 */
export function sessionTokenOf(request: FastifyRequest): string | undefined {
  const { headers } = request;
  if (headers.cookie === undefined || headers[CONSOLE_HEADER] !== '1') return undefined;
  const [token = '', ...others] = new Set(valuesOf(headers.cookie, nameFor(request)));
  return others.length === 0 && TOKEN.test(token) ? token : undefined;
}

/** @param seconds 0 deletes the cookie. */
export function sessionCookie(request: FastifyRequest, token: string, seconds: number): string {
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${isSecure(request) ? '; Secure' : ''}`;
  return `${nameFor(request)}=${token}; ${attributes}`;
}

function nameFor(request: FastifyRequest): string {
  return isSecure(request) ? SECURE_COOKIE : COOKIE;
}

/** RFC 6265 §4.2.1: a semicolon separates the pairs. Names are case-sensitive. */
function valuesOf(header: string, name: string): string[] {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}
