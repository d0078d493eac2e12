import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#platform/clock.ts';
import { type ApiError, rateLimited } from '#platform/errors.ts';
import type { Log } from '#platform/log.ts';
import type { HttpMetrics } from '../metrics.ts';
import { sourceOf } from './client-address.ts';

export type CredentialKind = 'client_secret' | 'access_token' | 'operator_token' | 'session';

/**
 * Identity that a credential was meant to prove. `client`: the id in the request, possibly of no client, or a secret in
 * the wrong field. `api` and `console`: a token or a session without a valid identity.
 */
type Target = { client: string } | 'operator' | 'console' | 'api';

interface Guess {
  kind: CredentialKind;
  source: string;
  target: Target;
  requestId: string;
}

export interface Guesses {
  /**
   * Counts a wrong credential. Only wrong credentials are counted and limited. A right one is accepted from every
   * source and for every target, so that guesses cannot lock out its owner.
   * @returns RATE_LIMITED after too many guesses of the source or at the target. Undefined: reject the credential as
   *   wrong.
   */
  count(request: FastifyRequest, kind: CredentialKind, target: Target): ApiError | undefined;
}

/** Wrong credentials that may be rejected with 401 at once, and again within each `WINDOW_MS`. */
const GUESSES = { source: 30, target: 10, shared: 100 } as const;
const WINDOW_MS = 60_000;
/**
 * Maximum number of sources and targets that are counted at the same time. The least recently used ones are dropped.
 */
const COUNTED = 10_000;
/** Milliseconds between two log lines about one source and target. */
const LOG_EVERY_MS = 10_000;
/** Forms of client ids. */
const CLIENT_ID = /^(client|rc_test_client)_\w{1,64}$/;
/**
 * Stands for any other text. The text may be a secret in the wrong field, or very long, so it is neither stored nor
 * logged.
 */
const NO_CLIENT_ID = 'not a client id';
/** Targets that name no client. All sources use up their allowance, so it is larger. */
const SHARED: readonly string[] = ['api', 'console', NO_CLIENT_ID];

/** Counts of one process. With several processes behind a load balancer, each allows these rates. */
export function createGuesses({ clock, log, metrics }: { clock: Clock; log: Log; metrics: HttpMetrics }): Guesses {
  const sources = new Buckets(GUESSES.source);
  const targets = new Buckets(GUESSES.target);
  const shared = new Buckets(GUESSES.shared);
  const logged = new LRUCache<string, { at: number; more: number }>({ max: COUNTED });

  /** @returns 0 if the guess is within both allowances, otherwise milliseconds until a guess is. */
  function take({ source, target }: Guess): number {
    const now = clock.now();
    const name = nameOf(target);
    const ofTarget = SHARED.includes(name) ? shared : targets;
    const bySource = sources.waitMs(source, now);
    const byTarget = ofTarget.waitMs(name, now);
    // A guess from a limited source does not count against its target.
    if (bySource === 0) sources.take(source, now);
    if (bySource === 0 && byTarget === 0) ofTarget.take(name, now);
    return Math.max(bySource, byTarget);
  }

  function record({ kind, source, target, requestId }: Guess, limited: boolean): void {
    metrics.guesses.inc({ kind, limited: String(limited) });
    const key = `${source} ${nameOf(target)}`;
    const now = clock.now();
    const last = logged.get(key);
    if (last && Math.abs(now - last.at) < LOG_EVERY_MS) {
      last.more += 1;
      return;
    }
    log.warn({
      event: 'sign_in_refused',
      ...{ kind, source, target: nameOf(target), limited, requestId },
      sinceLastLine: last?.more ?? 0,
    });
    logged.set(key, { at: now, more: 0 });
  }

  return {
    count(request, kind, target) {
      const guess = { kind, source: sourceOf(request), target, requestId: request.id };
      const wait = take(guess);
      record(guess, wait > 0);
      return wait > 0 ? rateLimited(TOO_MANY, Math.ceil(wait / 1000)) : undefined;
    },
  };
}

const TOO_MANY =
  'Too many wrong credentials from this address or for this identity. Check them, then repeat the request.';

function nameOf(target: Target): string {
  if (typeof target === 'string') return target;
  return CLIENT_ID.test(target.client) ? target.client : NO_CLIENT_ID;
}

/**
 * Token buckets, each stored as the one number of the generic cell rate algorithm: the time at which the bucket is full
 * again.
 */
class Buckets {
  readonly #intervalMs: number;
  readonly #fullAt = new LRUCache<string, number>({ max: COUNTED });

  /** @param size tokens of a full bucket, refilled evenly within `WINDOW_MS`. */
  constructor(size: number) {
    this.#intervalMs = WINDOW_MS / size;
  }

  /** @returns 0 if there is a token, otherwise milliseconds until there is one. */
  waitMs(key: string, now: number): number {
    const wait = this.#fullAtFrom(key, now) + this.#intervalMs - (now + WINDOW_MS);
    return wait > 1 ? wait : 0;
  }

  take(key: string, now: number): void {
    this.#fullAt.set(key, this.#fullAtFrom(key, now) + this.#intervalMs);
  }

  #fullAtFrom(key: string, now: number): number {
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now);
    if (fullAt <= now + WINDOW_MS) return fullAt;
    // After the clock is set back, the bucket counts as empty now. Otherwise the bucket would stay empty until the
    // clock catches up.
    this.#fullAt.set(key, now + WINDOW_MS);
    return now + WINDOW_MS;
  }
}
