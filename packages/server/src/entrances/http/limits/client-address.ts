import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { Log } from '#platform/log.ts';

type Address = ReturnType<typeof ipaddr.parse>;
type Network = [Address, number];

/** Whether X-Forwarded-* headers from an address are trusted. Fastify's `trustProxy`. */
export type Trust = (address: string | undefined) => boolean;

/** Source of a request whose connection has no address: a Unix socket, or a closed connection. */
const NO_ADDRESS = 'unknown';

/**
 * @param proxies addresses and networks in CIDR form (RC_TRUSTED_PROXIES).
 * @returns false without proxies. Fastify then uses the address of the connection, and reads no forwarding header.
 */
export function trustOf(proxies: readonly string[]): Trust | false {
  if (proxies.length === 0) return false;
  const networks = proxies.map(networkOf);
  return (text) => {
    const address = addressOf(text);
    return address !== undefined && networks.some((network) => isIn(network, address));
  };
}

/**
 * Key under which the requests of one HTTP client are counted: the IPv4 address, or the /64 network of an IPv6 address.
 * One subscriber has a whole /64. An entry of X-Forwarded-For that is no address counts as the proxy that sent it.
 */
export function sourceOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const address = addressOf(ip) ?? addressOf(socket.remoteAddress);
  if (address === undefined) return NO_ADDRESS;
  if (address instanceof ipaddr.IPv4) return address.toString();
  const network = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]);
  return `${network.toString()}/64`;
}

/** Whether the client used https, to this server or to the trusted proxy in front of it. */
export function isSecure({ protocol }: Pick<FastifyRequest, 'protocol'>): boolean {
  return protocol.toLowerCase() === 'https';
}

/**
 * Logs once per process if RC_TRUSTED_PROXIES seems to lack a proxy: a client used https, and the header is ignored.
 */
export function createProxyWarning(log: Log): (request: FastifyRequest) => void {
  let logged = false;
  return (request) => {
    if (logged || isSecure(request) || request.headers['x-forwarded-proto'] !== 'https') return;
    logged = true;
    log.warn({
      event: 'proxy_not_trusted',
      peer: request.socket.remoteAddress,
      reason: 'X-Forwarded-Proto is ignored, so the console cookie is not Secure. Add the proxy to RC_TRUSTED_PROXIES.',
    });
  };
}

/**
 * Reads an address. Some proxies append a port (`192.0.2.1:4711`, `[2001:db8::1]:4711`), and a link-local address has a
 * zone. An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2), such as `::ffff:192.0.2.1`, is read as the IPv4 address.
 */
function addressOf(text: string | undefined): Address | undefined {
  const bare =
    /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text ?? '')?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text ?? '')?.[1] ?? text;
  return bare !== undefined && isIP(bare) !== 0 ? ipaddr.process(bare) : undefined;
}

function networkOf(cidr: string): Network {
  const [base, bits] = ipaddr.parseCIDR(cidr);
  const isMapped = base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [base.toIPv4Address(), bits - 96] : [base, bits];
}

function isIn([base, bits]: Network, address: Address): boolean {
  if (base instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(base, bits);
  return address instanceof ipaddr.IPv6 && address.match(base, bits);
}
