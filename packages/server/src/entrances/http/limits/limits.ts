import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { type ApiError, rateLimited } from '#platform/errors.ts';
import type { App } from '../app.ts';
import { isOperator } from '../auth/principal.ts';
import type { HttpMetrics } from '../metrics.ts';
import { refusals } from '../schemas/schemas.ts';
import { Concurrency, type ConcurrencySlot } from './concurrency.ts';

/** Longest body of a request, in bytes. */
export const BODY_LIMIT = 1_048_576;

/** Limit per API client, and for all operators together. Sends have no such limit. */
const AUTHENTICATED = { running: 8, waiting: 64 };
/** Uploads and downloads per API client. Their slots are separate, because a transfer may take long. */
const FILES = { running: 8, waiting: 16 };
/** Limit for each kind of unauthenticated request. */
const UNAUTHENTICATED = { running: 16, waiting: 512 };
/**
 * Callbacks of carriers. Their signatures are checked in one turn of the event loop, so only genuine ones wait for a commit
 * or for a copy of media. Many of them share one commit.
 */
const CALLBACKS = { running: 512, waiting: 512 };
/** Bytes of one API client's send bodies that are under way: 128 bodies of the greatest length. */
const SEND_BYTES = 128 * BODY_LIMIT;
const RETRY_SECONDS = 1;
/**
 * Maximum time in milliseconds for which a request of a disconnected client counts while its work continues. No
 * statement takes longer.
 */
const ABANDONED_MS = 30_000;

type RequestLimit = 'client_requests' | 'operator_requests' | 'unauthenticated_requests';

/** Limited request: its slot and its progress. */
export interface LimitedRequest {
  place: ConcurrencySlot | undefined;
  hasStarted: boolean;
  isAnswered: boolean;
  isClosed: boolean;
}

/** Rejects a request without a slot. */
type Refuse = (reply: FastifyReply, retryAfterSeconds: number) => void;

interface Budget {
  concurrency: Concurrency;
  key: string;
  limit: RequestLimit;
}

export type RequestLimits = ReturnType<typeof createRequestLimits>;

/**
 * Concurrency limits, as hooks of the scopes whose routes they limit. Uses callbacks, since a promise for each hook of
 * each request costs more than the rest of the limit.
 */
export function createRequestLimits({ httpLimited }: Pick<HttpMetrics, 'httpLimited'>) {
  const authenticated = new Concurrency(AUTHENTICATED);
  const files = new Concurrency(FILES);
  const unauthenticated = new Concurrency(UNAUTHENTICATED);
  const callbacks = new Concurrency(CALLBACKS);
  const operators: Budget = { concurrency: authenticated, key: 'operators', limit: 'operator_requests' };

  function budgetOf(request: FastifyRequest): Budget {
    if (isOperator(request.principal)) return operators;
    return { concurrency: authenticated, key: `client ${request.apiClient.id}`, limit: 'client_requests' };
  }

  /**
   * Applies before the body is read, so that a waiting request holds no body. The slot is held until the response is
   * finished.
   */
  function limitAuthenticated(scope: App, budgetOf: (request: FastifyRequest) => Budget): void {
    documentRefusal(scope);
    scope.addHook('onRequest', (request, reply, done) => {
      const budget = budgetOf(request);
      if (enter(request, reply, budget, done)) return;
      httpLimited.inc({ limit: budget.limit });
      done(tooMany());
    });
    scope.addHook('onSend', (request, _reply, _payload, done) => {
      onAnswered(request);
      done();
    });
  }

  /** Adds the rejection to the API document. A route with its own 429 response keeps it. */
  function documentRefusal(scope: App): void {
    scope.addHook('onRoute', (route) => {
      if (!route.schema) return;
      const response = { ...refusals(429), ...(route.schema.response as object) };
      route.schema = { ...route.schema, response };
    });
  }

  return {
    /**
     * For routes of API clients, after the bearer check. An operator who acts for a client uses the operators' slots.
     */
    perClient: (scope: App) => limitAuthenticated(scope, budgetOf),

    /** For sends, which are limited by their memory and not by their number. */
    sendOctets(scope: App): void {
      const underWay = new Map<string, number>();
      scope.addHook('onRequest', (request, reply, done) => {
        const { headers, apiClient } = request;
        const { id } = apiClient;
        const bytes = Math.min(Number(headers['content-length'] ?? BODY_LIMIT), BODY_LIMIT);
        const others = underWay.get(id) ?? 0;
        if (others + bytes > SEND_BYTES) {
          httpLimited.inc({ limit: 'send_octets' });
          done(tooMany());
          return;
        }
        underWay.set(id, others + bytes);
        reply.raw.on('close', () => {
          const left = (underWay.get(id) ?? 0) - bytes;
          if (left > 0) underWay.set(id, left);
          else underWay.delete(id);
        });
        done();
      });
    },

    /** For uploads and downloads of API clients, after the bearer check. */
    files: (scope: App) =>
      limitAuthenticated(scope, ({ apiClient }) => ({
        concurrency: files,
        key: apiClient.id,
        limit: 'client_requests',
      })),

    forOperators: (scope: App) => limitAuthenticated(scope, () => operators),

    /**
     * For routes without authentication. Each kind has its own slots, so that a flood of one kind does not affect
     * others. A slot is held only while the server works. Slots are not held while the body arrives or while the
     * response is read. Otherwise a few slow connections would block all others.
     */
    unauthenticated(scope: App, kind: string, refuse: Refuse = (reply) => reply.send(tooMany())): void {
      const concurrency = kind === 'callbacks' ? callbacks : unauthenticated;
      const budget: Budget = { concurrency, key: kind, limit: 'unauthenticated_requests' };
      documentRefusal(scope);
      scope.addHook('preValidation', (request, reply, done) => {
        if (enter(request, reply, budget, done)) return;
        httpLimited.inc({ limit: budget.limit });
        refuse(reply, RETRY_SECONDS);
      });
      scope.addHook('onSend', (request, _reply, _payload, done) => {
        onAnswered(request);
        request.limited?.place?.leave();
        done();
      });
    },
  };
}

/** @returns whether the request runs or waits. `start` continues the request. */
function enter(request: FastifyRequest, reply: FastifyReply, budget: Budget, start: HookHandlerDoneFunction): boolean {
  const limited: LimitedRequest = { place: undefined, hasStarted: false, isAnswered: false, isClosed: false };
  request.limited = limited;
  // The connection closed during authentication. The request is dropped, like one that waits.
  if (request.raw.socket.destroyed) return true;
  reply.raw.on('close', () => {
    limited.isClosed = true;
    if (limited.isAnswered || !limited.hasStarted) limited.place?.leave();
    // The work continues in the store. Otherwise a client that disconnects could run any number of requests at once.
    else setTimeout(() => limited.place?.leave(), ABANDONED_MS).unref();
  });
  limited.place = budget.concurrency.enter(budget.key, () => {
    limited.hasStarted = true;
    start();
  });
  return limited.place !== undefined;
}

function onAnswered({ limited }: FastifyRequest): void {
  if (!limited) return;
  limited.isAnswered = true;
  if (limited.isClosed) limited.place?.leave();
}

function tooMany(): ApiError {
  return rateLimited(
    'Too many requests are under way. Repeat this request later, and make fewer requests at the same time.',
    RETRY_SECONDS,
    { scope: 'concurrency' },
  );
}
