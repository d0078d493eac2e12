import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectionLimit } from './limit.ts';
import { lingerAfterResponse } from './linger.ts';
import { type Handler, type HeldTotal, Pipeline } from './pipeline.ts';
import { parseInSlices } from './slices.ts';
import { type Timeout, Watch } from './watch.ts';

/** Maximum number of parsed requests of all connections that wait for dispatch, about 50 MiB. */
const PARSED_AT_MOST = 16_384;
const SWEEP_MS = 1_000;

/**
 * Node's own timeouts, as a fallback. Node detects neither a peer that keeps its side open nor a peer that does not
 * read its response. If `headersTimeout` is greater than `requestTimeout`, Node exchanges the two.
 */
const NODE_OPTIONS = {
  headersTimeout: 20_000,
  requestTimeout: 900_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 72_000,
  // Node would respond without a body. The server's own check responds with an API error instead.
  requireHostHeader: false,
};

/** Limits that a connection can exceed. Label of a counter. */
export type ConnectionLimit =
  | 'connections'
  | 'unanswered_requests'
  | 'parsed_requests'
  | 'headers_timeout'
  | 'body_timeout'
  | 'unread_timeout';

const COUNTED: Partial<Record<Timeout, ConnectionLimit>> = {
  headers: 'headers_timeout',
  body: 'body_timeout',
  unread: 'unread_timeout',
};

export interface ConnectionsParts {
  onLimit(limit: ConnectionLimit): void;
  /** Responds to an Expect header that cannot be met. */
  refuseExpectation(response: ServerResponse): void;
  /** Response, as bytes, to an invalid request. @param code Node's error code. */
  unreadable(code: string | undefined): string;
  /** Milliseconds of a monotonic clock. */
  now?(): number;
}

interface Connection {
  socket: Socket;
  pipeline: Pipeline;
  watch: Watch;
}

/**
 * Connections of an HTTP server, with limits that apply before authentication: concurrent connections, requests under
 * way per connection, and timeouts.
 */
export class Connections {
  readonly #parts: ConnectionsParts;
  readonly #now: () => number;
  readonly #held: HeldTotal = { count: 0, limit: PARSED_AT_MOST };
  readonly #all = new Map<Socket, Connection>();

  constructor(parts: ConnectionsParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  createServer(handler: Handler): Server {
    const server = createServer(NODE_OPTIONS);
    server.maxConnections = connectionLimit();
    // A failed accept, for example without a free file descriptor, must not end the process. `listen` reports its own.
    server.on('error', () => undefined);
    server.on('drop', () => this.#parts.onLimit('connections'));
    server.on('connection', (socket) => this.#open(socket));
    const on = (event: 'request' | 'checkContinue' | 'checkExpectation', handle: Handler) =>
      server.on(event, (request, response) => this.#add(request, response, handle));
    on('request', handler);
    on('checkContinue', (request, response) => {
      response.writeContinue();
      handler(request, response);
    });
    on('checkExpectation', (_request, response) => this.#parts.refuseExpectation(response));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#onError(error, socket as Socket));
    const timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    server.on('close', () => clearInterval(timer));
    return server;
  }

  /** Closes overdue connections. */
  sweep(): void {
    const now = this.#now();
    for (const connection of this.#all.values()) {
      const timeout = connection.watch.overdue(now);
      if (timeout !== undefined) this.#expire(connection, timeout);
    }
  }

  #open(socket: Socket): void {
    const { onLimit } = this.#parts;
    const pipeline = new Pipeline({ socket, total: this.#held, onLimit });
    this.#all.set(socket, { socket, pipeline, watch: new Watch(socket, pipeline, this.#now()) });
    parseInSlices(socket, pipeline);
    lingerAfterResponse(socket, pipeline);
    socket.once('close', () => {
      this.#all.delete(socket);
      pipeline.close();
    });
  }

  #add(request: IncomingMessage, response: ServerResponse, handle: Handler): void {
    const { destroyed, writableEnded } = request.socket;
    // A request that arrives after the rejection of its connection could not get a response.
    if (destroyed || writableEnded) return;
    const { pipeline } = this.#all.get(request.socket) as Connection;
    pipeline.add(request, response, handle);
  }

  #expire(connection: Connection, timeout: Timeout): void {
    const limit = COUNTED[timeout];
    if (limit) this.#parts.onLimit(limit);
    const hasRequest = timeout === 'body' || (timeout === 'headers' && connection.socket.bytesRead > 0);
    if (hasRequest) this.#refuse(connection, 'ERR_HTTP_REQUEST_TIMEOUT');
    else connection.socket.destroy();
  }

  /** Handles a request that Node could not read, or did not receive in time. */
  #onError({ code }: NodeJS.ErrnoException, socket: Socket): void {
    const connection = this.#all.get(socket);
    if (!connection || code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const { pipeline } = connection;
    // The peer has ended its side, or was rejected before. The timeout `closing` bounds the remaining time.
    if (socket.writableEnded) return;
    // The request is not read yet, because earlier requests have no response. `Watch` continues to check the
    // connection.
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT' && pipeline.unanswered > 0) return;
    pipeline.whenAnswered(() => this.#refuse(connection, code));
  }

  #refuse({ socket, pipeline }: Connection, code: string | undefined): void {
    if (!socket.writable) socket.destroy();
    else if (pipeline.hasAnsweredIncomplete) socket.end();
    else socket.end(this.#parts.unreadable(code));
  }
}
