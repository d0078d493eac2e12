import type { EventEmitter } from 'node:events';
import { type ClientRequest, Agent as PlainAgent, request } from 'node:http';
import { type AgentOptions, type RequestOptions, Agent as SecureAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Resolve, Targets } from './targets.ts';

/** Timeout in milliseconds for opening a connection, including TLS. */
export const CONNECT_MS = 5_000;
/**
 * An idle connection is closed after this many milliseconds, or one second before the timeout that the server
 * announced.
 */
const IDLE_MS = 4_000;
/**
 * Maximum number of connections per origin. The limits of endpoints.ts are lower, so no request waits for a connection.
 */
const CONNECTIONS_PER_ORIGIN = 1_024;

/** Options of agents for reused connections, and for connections with a single use. */
const KEPT: AgentOptions = { keepAlive: true, maxSockets: CONNECTIONS_PER_ORIGIN, timeout: IDLE_MS };
const FRESH: AgentOptions = { keepAlive: false, maxSockets: CONNECTIONS_PER_ORIGIN };

/** Head of a request. */
export interface Head {
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  /** Length of the body in bytes. Undefined without a body. */
  length?: number;
}

/** Opens requests to hosts that others have chosen, directly or through a proxy. */
export interface Egress {
  /**
   * Begins a request. Its errors after the response need no listener, such as bytes beyond the declared length.
   * @param fresh whether to use a new connection, which is closed afterwards.
   * @throws if a header or the path cannot be sent.
   */
  open(url: URL, head: Head, fresh: boolean): ClientRequest;
  /** Closes all connections, including those in use. */
  close(): void;
}

/** Connects to the endpoint, at an address that `targets` has checked. */
export function directEgress(targets: Targets, resolve: Resolve): Egress {
  const [toHttp, toHttps] = [targets.lookup('http:', resolve), targets.lookup('https:', resolve)];
  const plain = pair((options) => new TimedPlainAgent({ ...options, lookup: toHttp }));
  const secure = pair((options) => new TimedSecureAgent({ ...options, lookup: toHttps }));
  return {
    open(url, head, fresh) {
      const agents = url.protocol === 'https:' ? secure : plain;
      const agent = fresh ? agents.fresh : agents.kept;
      const path = url.pathname + url.search;
      return guarded(request({ ...addressOf(url), path, method: head.method, headers: listOf(url, head), agent }));
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** Adds a lasting listener, because an error without a listener ends the process. Other listeners handle the error. */
export function guarded<E extends EventEmitter>(emitter: E): E {
  return emitter.on('error', () => undefined);
}

/** Creates an agent of each kind. */
export function pair<A extends PlainAgent>(create: (options: AgentOptions) => A) {
  const [kept, fresh] = [create(KEPT), create(FRESH)];
  const destroy = () => {
    kept.destroy();
    fresh.destroy();
  };
  return { kept, fresh, destroy };
}

/** Address of a URL in the form that `request` expects, with an IPv6 address without brackets. */
export function addressOf({ protocol, hostname, port }: URL): { protocol: string; host: string; port: string } {
  return { protocol, host: hostname.replace(/^\[|\]$/g, ''), port };
}

/** Alternating names and values, which Node sends unchanged at half the cost of an object. */
export function listOf({ host }: URL, { headers, length }: Head): string[] {
  const list = ['host', host];
  if (length !== undefined) list.push('content-length', String(length));
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

/** Destroys a connection that is not established in time. */
function timed(connection: Duplex | null | undefined, event: 'connect' | 'secureConnect') {
  if (!connection) return connection;
  // Node removes its own listener when a connection changes its owner.
  guarded(connection);
  const late = () => connection.destroy(new Error(`no connection within ${CONNECT_MS / 1000} s`));
  const timer = setTimeout(late, CONNECT_MS);
  for (const end of [event, 'close']) connection.once(end, () => clearTimeout(timer));
  return connection;
}
