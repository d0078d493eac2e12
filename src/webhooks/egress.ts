import { type ClientRequest, Agent as PlainAgent, request } from 'node:http';
import { type AgentOptions, type RequestOptions, Agent as SecureAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Resolve, Targets } from './targets.ts';

/** Milliseconds for a connection, TLS included. */
export const CONNECT_MS = 5_000;
/** An idle connection is closed after so many milliseconds, or a second before the server has announced to close it. */
const IDLE_MS = 4_000;
/** More than the endpoints of all clients are given at once (endpoints.ts): no request waits for a connection. */
const CONNECTIONS_PER_ORIGIN = 1_024;

/** Agents for connections that are used again, and for those that are not. */
const KEPT: AgentOptions = { keepAlive: true, maxSockets: CONNECTIONS_PER_ORIGIN, timeout: IDLE_MS };
const FRESH: AgentOptions = { keepAlive: false, maxSockets: CONNECTIONS_PER_ORIGIN };

/** The way of a POST to its endpoint. */
export interface Egress {
  /**
   * Begins a POST.
   * @param length of the body, in bytes.
   * @param fresh on a new connection, which is closed afterwards.
   * @throws when a header or the path cannot be sent.
   */
  open(url: URL, headers: Record<string, string>, length: number, fresh: boolean): ClientRequest;
  /** Closes all connections, also those in use. */
  close(): void;
}

/** Connects to the endpoint, at an address that `targets` has checked. */
export function directEgress(targets: Targets, resolve: Resolve): Egress {
  const [toHttp, toHttps] = [targets.lookup('http:', resolve), targets.lookup('https:', resolve)];
  const plain = pair((options) => new TimedPlainAgent({ ...options, lookup: toHttp }));
  const secure = pair((options) => new TimedSecureAgent({ ...options, lookup: toHttps }));
  return {
    open(url, headers, length, fresh) {
      const agents = url.protocol === 'https:' ? secure : plain;
      const agent = fresh ? agents.fresh : agents.kept;
      const path = url.pathname + url.search;
      return request({ ...addressOf(url), path, method: 'POST', headers: listOf(url, headers, length), agent });
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** An agent of each kind. */
export function pair<A extends PlainAgent>(create: (options: AgentOptions) => A) {
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

/** Names and values in turn, which Node sends as they are: at half the cost of an object. */
export function listOf({ host }: URL, headers: Record<string, string>, length: number): string[] {
  const list = ['host', host, 'content-length', String(length)];
  for (const [name, value] of Object.entries(headers)) list.push(name, value);
  return list;
}

export class TimedPlainAgent extends PlainAgent {
  override createConnection(options: RequestOptions, callback?: OnConnection) {
    return timed(super.createConnection(options, callback), 'connect');
  }
}

export class TimedSecureAgent extends SecureAgent {
  override createConnection(options: RequestOptions, callback?: OnConnection) {
    return timed(super.createConnection(options, callback), 'secureConnect');
  }
}

export type OnConnection = (error: Error | null, connection: Duplex) => void;

/** Ends a connection that is not there in time. */
function timed(connection: Duplex | null | undefined, event: 'connect' | 'secureConnect') {
  if (!connection) return connection;
  const late = () => connection.destroy(new Error(`no connection within ${CONNECT_MS / 1000} s`));
  const timer = setTimeout(late, CONNECT_MS);
  for (const end of [event, 'close']) connection.once(end, () => clearTimeout(timer));
  return connection;
}
