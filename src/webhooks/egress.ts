import { type ClientRequest, Agent as PlainAgent, request } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { Resolve, Targets } from './targets.ts';

/** Milliseconds for a connection, TLS included. */
export const CONNECT_MS = 5_000;
/** An idle connection is closed after so many milliseconds, or a second before the server has announced to close it. */
const IDLE_MS = 4_000;
/** More than the endpoints of all clients are given at once (endpoints.ts): no request waits for a connection. */
const CONNECTIONS_PER_ORIGIN = 1_024;

/** Agents for connections that are used again, and for those that are not. */
export const KEPT = { keepAlive: true, maxSockets: CONNECTIONS_PER_ORIGIN, timeout: IDLE_MS } as const;
export const FRESH = { keepAlive: false, maxSockets: CONNECTIONS_PER_ORIGIN } as const;

/** The way of a POST to its endpoint. */
export interface Egress {
  /**
   * Begins a POST.
   * @param fresh on a new connection, which is closed afterwards.
   * @throws when a header or the path cannot be sent.
   */
  open(url: URL, headers: Record<string, string>, fresh: boolean): ClientRequest;
  /** Closes all connections, also those in use. */
  close(): void;
}

/** Connects to the endpoint, at an address that `targets` has checked. */
export function directEgress(targets: Targets, resolve: Resolve | undefined): Egress {
  const [toHttp, toHttps] = [targets.lookup('http:', resolve), targets.lookup('https:', resolve)];
  const plain = pair((options) => new PlainAgent({ ...options, lookup: toHttp }));
  const secure = pair((options) => new SecureAgent({ ...options, lookup: toHttps }));
  return {
    open(url, headers, fresh) {
      const agents = url.protocol === 'https:' ? secure : plain;
      const agent = fresh ? agents.fresh : agents.kept;
      return request({ ...addressOf(url), path: url.pathname + url.search, method: 'POST', headers, agent });
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** An agent of each kind. */
export function pair<A extends PlainAgent>(create: (options: typeof KEPT | typeof FRESH) => A) {
  const [kept, fresh] = [create(KEPT), create(FRESH)];
  const destroy = () => {
    kept.destroy();
    fresh.destroy();
  };
  return { kept, fresh, destroy };
}

/** Where a URL leads, as `request` takes it: an IPv6 address has no brackets there. */
export function addressOf({ protocol, hostname, port }: URL): { protocol: string; host: string; port: string } {
  return { protocol, host: hostname.replace(/^\[|\]$/g, ''), port };
}
