import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';

/**
 * Paths for operators and monitoring. With RC_INTERNAL_PORT, only the internal address serves them. `/health/live` is
 * on both, since it tells nothing and load balancers need it.
 */
const INTERNAL = /^\/$|^\/(metrics|health|console|docs|api\/admin)(\/|$)/;
const LIVENESS = /^\/health\/live$/;

/** Connections of the internal address. */
export class InternalConnections {
  readonly #sockets = new WeakSet<Socket>();

  add(socket: Socket): void {
    this.#sockets.add(socket);
  }

  /** Whether a request came to the internal address. */
  has({ raw }: Pick<FastifyRequest, 'raw'>): boolean {
    return this.#sockets.has(raw.socket);
  }

  /** Whether a request from the public address must not find its route. @param path as the router reads it. */
  hides(request: Pick<FastifyRequest, 'raw'>, path: string): boolean {
    return INTERNAL.test(path) && !LIVENESS.test(path) && !this.has(request);
  }
}
