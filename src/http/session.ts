import type { FastifyRequest } from 'fastify';

const COOKIE = 'rc_console';
const IN_COOKIES = new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z0-9_.-]{1,4096})(?:;|$)`);
/** A page of another site can make a browser send a cookie, but not this: it would have to ask first (CORS), and is refused. */
const CONSOLE_HEADER = 'x-redcloud-console';

/** The token of whoever has signed in to the console, when it is the console that asks. */
export function sessionOf({ headers }: FastifyRequest): string | undefined {
  return headers[CONSOLE_HEADER] === '1' ? IN_COOKIES.exec(headers.cookie ?? '')?.[1] : undefined;
}

/** @param seconds 0 ends it. */
export function sessionCookie(token: string, seconds: number, secure: boolean): string {
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`;
  return `${COOKIE}=${token}; ${attributes}`;
}
