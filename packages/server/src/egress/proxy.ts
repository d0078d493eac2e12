import { type ClientRequest, request } from 'node:http';
import { type AgentOptions, type RequestOptions, request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  addressOf,
  CONNECT_MS,
  type Egress,
  guarded,
  listOf,
  type OnConnection,
  pair,
  TimedPlainAgent,
  TimedSecureAgent,
} from './egress.ts';
import { HostRefused } from './targets.ts';

/** Operator's proxy: the options of each request to the proxy, and its credentials. */
interface Proxy {
  address: RequestOptions;
  headers: Record<string, string>;
}

/**
 * Sends requests through the operator's proxy. Reaches https URLs in a tunnel (CONNECT, RFC 9110 §9.3.6), and http URLs by their
 * absolute form (RFC 9112 §3.2.2).
 * @param url `http:` or `https:`, with credentials for Basic authentication if the proxy requires any.
 */
export function proxiedEgress(url: string): Egress {
  const proxy = readProxy(new URL(url));
  const Agent = proxy.address.protocol === 'https:' ? TimedSecureAgent : TimedPlainAgent;
  const forwards = pair((options) => new Agent(options));
  const tunnels = pair((options) => new TunnelAgent(options, proxy));
  return {
    open(target, head, fresh) {
      const isTunneled = target.protocol === 'https:';
      const agents = isTunneled ? tunnels : forwards;
      const agent = fresh ? agents.fresh : agents.kept;
      const path = target.pathname + target.search;
      const where = isTunneled ? { ...addressOf(target), path } : { ...proxy.address, path: target.origin + path };
      const headers = isTunneled ? head.headers : { ...head.headers, ...proxy.headers };
      return guarded(request({ ...where, method: head.method, headers: listOf(target, { ...head, headers }), agent }));
    },
    close() {
      forwards.destroy();
      tunnels.destroy();
    },
  };
}

function readProxy(url: URL): Proxy {
  const address = addressOf(url);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    // Otherwise TLS with the proxy would use the Host header, which names the endpoint.
    address: { ...address, servername: isIP(address.host) === 0 ? address.host : '' },
    headers:
      credentials === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` },
  };
}

/** TLS connections to endpoints, each in a tunnel of its own. */
class TunnelAgent extends TimedSecureAgent {
  readonly #proxy: Proxy;
  readonly #opening = new Set<ClientRequest>();

  constructor(options: AgentOptions, proxy: Proxy) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, callback?: OnConnection): undefined {
    const opening = openTunnel(this.#proxy, options, (error, tunnel) => {
      this.#opening.delete(opening);
      if (error) callback?.(error, tunnel);
      else callback?.(null, super.createConnection({ ...options, socket: tunnel } as RequestOptions) as Duplex);
    });
    this.#opening.add(opening);
  }

  override destroy(): void {
    for (const opening of this.#opening) opening.destroy();
    super.destroy();
  }
}

function openTunnel({ address, headers }: Proxy, { host, port }: RequestOptions, done: OnConnection): ClientRequest {
  const authority = `${isIP(host ?? '') === 6 ? `[${host}]` : host}:${port}`;
  const connect = address.protocol === 'https:' ? secureRequest : request;
  const opening = connect({
    ...address,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, connection: 'keep-alive', ...headers },
    agent: false,
  });
  const late = () => opening.destroy(new Error(`proxy: no tunnel within ${CONNECT_MS / 1000} s`));
  const timer = setTimeout(late, CONNECT_MS);
  opening.on('connect', ({ statusCode = 0 }, tunnel, head) => {
    clearTimeout(timer);
    // A failure of the tunnel ends the TLS connection in it, which reports the failure.
    guarded(tunnel);
    if (head.length > 0) tunnel.unshift(head);
    if (statusCode >= 200 && statusCode < 300) return done(null, tunnel);
    tunnel.destroy();
    done(refusalOf(statusCode), tunnel);
  });
  opening.on('error', (error) => {
    clearTimeout(timer);
    done(error, undefined as unknown as Duplex);
  });
  return opening.end();
}

/**
 * Proxies respond differently for forbidden and for unknown hosts. Clients may only read of the operator's mistake, a
 * 407.
 */
function refusalOf(statusCode: number): Error {
  const reason = `proxy: HTTP ${statusCode}`;
  if (statusCode === PROXY_AUTHENTICATION_REQUIRED) return new Error(reason);
  return new HostRefused('host not allowed, not found or not reached', reason);
}

const PROXY_AUTHENTICATION_REQUIRED = 407;
