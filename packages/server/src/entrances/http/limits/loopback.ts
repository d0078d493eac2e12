import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '#platform/errors.ts';
import { isLoopbackAddress, isLoopbackName } from '#platform/loopback.ts';
import type { App } from '../app.ts';

/** RFC 3986 §3.2 without user information: an IPv6 address in brackets or a name, then an optional port. */
const AUTHORITY = /^(?:\[([\da-f:.]+)\]|([a-z\d.-]+))(?::\d{0,5})?$/i;
/** RFC 6454 §7.1. Other schemes, and the opaque origin `null`, never belong to this machine. */
const ORIGIN = /^https?:\/\/([^/?#]*)$/i;
/** RFC 9112 §3.2.2: a server must use the authority of an absolute-form target instead of Host. */
const ABSOLUTE_FORM = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;
/** RFC 7239 §5.3. */
const FORWARDED_HOST = /(?:^|[;,])\s*host\s*=\s*("[^"]*"|[^;,\s]*)/gi;

const QUOTED_AT_MOST = 100;

/**
 * Rejects requests that do not come from pages and programs of this machine. The sandbox's credentials are public. A
 * web page must reach the sandbox neither under a name that resolves to 127.0.0.1 (DNS rebinding) nor by a cross-site
 * request.
 * @param publicUrl RC_PUBLIC_URL.
 */
export function requireLoopback(app: App, publicUrl?: string): void {
  app.addHook('onRequest', (request, _reply, done) => {
    done(isFromCarrier(request, publicUrl) ? undefined : foreignRequest(request));
  });
}

/** Carriers send callbacks and fetch media under the public name of the server. Both have their own authentication. */
function isFromCarrier({ raw, url }: FastifyRequest, publicUrl: string | undefined): boolean {
  if (publicUrl === undefined || !/^\/(carriers|media)\//.test(url)) return false;
  return countOfHosts(raw) === 1 && raw.headers.host?.toLowerCase() === new URL(publicUrl).host;
}

/** @returns rejection of a request that does not come from this machine, or undefined. */
export function foreignRequest(request: FastifyRequest): ApiError | undefined {
  return foreignHost(request.raw) ?? foreignPage(request);
}

function foreignHost(raw: IncomingMessage): ApiError | undefined {
  const { headers, url = '' } = raw;
  // Node keeps the first of several Host headers. A proxy in front may have used another one.
  if (countOfHosts(raw) !== 1) return refusal('Host', 'The request must have exactly one Host header');
  if (!isLoopbackAuthority(headers.host ?? '')) return notLoopback('Host', headers.host ?? '');
  const target = ABSOLUTE_FORM.exec(url)?.[1];
  if (target !== undefined && !isLoopbackAuthority(target)) return notLoopback('Request target', target);
  const forwarded = forwardedHosts(headers).find((host) => !isLoopbackAuthority(host));
  return forwarded === undefined ? undefined : notLoopback('X-Forwarded-Host or Forwarded', forwarded);
}

function countOfHosts({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}

/**
 * Hosts of the original requests to proxies. A foreign host means that the sandbox is published beyond this machine.
 */
function forwardedHosts(headers: IncomingMessage['headers']): string[] {
  const single = [headers['x-forwarded-host'] ?? []].flat().flatMap((value) => value.split(','));
  const standard = [...(headers.forwarded ?? '').matchAll(FORWARDED_HOST)].map(([, host = '']) =>
    host.replaceAll('"', ''),
  );
  return [...single, ...standard].map((host) => host.trim());
}

function foreignPage({ method, headers }: FastifyRequest): ApiError | undefined {
  const { origin } = headers;
  const isForeign = origin !== undefined && !isLoopbackAuthority(ORIGIN.exec(origin)?.[1] ?? '');
  const isCrossSite = (headers['sec-fetch-site'] ?? '').includes('cross-site');
  if (!isForeign && !isCrossSite) return undefined;
  if (isNavigation(method, headers)) return undefined;
  return isForeign
    ? notLoopback('Origin', origin)
    : refusal('Sec-Fetch-Site', 'Pages of another site must not use the sandbox. Open it in a window of its own');
}

/**
 * Whether a person follows a link in a window of its own, for example from a README. Frames have another destination.
 */
function isNavigation(method: string, headers: IncomingMessage['headers']): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

/** Whether `host` or `host:port` is localhost, an address of 127.0.0.0/8, or [::1]. */
export function isLoopbackAuthority(authority: string): boolean {
  const [, ipv6, name] = AUTHORITY.exec(authority) ?? [];
  if (ipv6 !== undefined) return ipv6.includes(':') && isLoopbackAddress(ipv6);
  return name !== undefined && isLoopbackName(name);
}

function notLoopback(header: string, value: string): ApiError {
  const quoted = JSON.stringify(value.slice(0, QUOTED_AT_MOST).toWellFormed());
  return refusal(
    header,
    `${header} ${quoted} is not this machine. With the sandbox on, use localhost, 127.0.0.1 or [::1]`,
  );
}

function refusal(header: string, message: string): ApiError {
  return new ApiError('FORBIDDEN', message, { details: { in: 'header', field: header } });
}
