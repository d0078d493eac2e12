import { LRUCache } from 'lru-cache';
import type { Allowance } from '#queue/claim.ts';

/** Limits of concurrent attempts at an endpoint: at first, and at most. Quick responses raise the limit. */
const FIRST = 16;
const MOST = 128;
/**
 * Number of attempts that may wait in this process for each slot of an endpoint. Further attempts wait in the queue.
 */
const WAITING = 3;
/** Maximum number of attempts of one client under way or waiting, at all of its endpoints. */
const MOST_OF_CLIENT = 512;
/** Slowest response that raises the limit, in milliseconds. Slow endpoints must not hold more slots than quick ones. */
const QUICK_MS = 1_000;
/** Free slots from which on a claim needs no limit for an endpoint. */
const MUCH = FIRST * WAITING;
/** Longest pause that an endpoint can request, in milliseconds. */
const LONGEST_PAUSE_MS = 300_000;
/**
 * Milliseconds after a pause by which deferred events are woken. Until then, direct dispatch must not overtake them.
 */
const WAKING_MS = 2_000;
/** Maximum number of cached endpoints without attempts under way, and of cached numbers. */
const MAX_CACHED = 10_000;
/** Maximum number of cached endpoints of one number. A client may change its URLs at any time. */
const MAX_OF_LANE = 16;

/** Endpoint of an event. The same host for two clients is two endpoints. */
export interface Target {
  client: string;
  lane: string;
  origin: string;
}

type Waiter = (granted: boolean) => void;

interface Endpoint {
  limit: number;
  underWay: number;
  /** Time before which the endpoint requested no attempts (Retry-After). */
  pausedUntil: number;
  waiting: Waiter[];
  /** Numbers whose events have gone to the endpoint. */
  lanes: Set<string>;
}

/**
 * Limits the attempts under way and waiting at each endpoint. The limit begins low, grows with each quick response and
 * halves with each missing response. An unreachable or silent endpoint soon has a single slot, and does not delay other
 * endpoints.
 */
export class Endpoints {
  readonly #endpoints = new LRUCache<string, Endpoint>({
    max: MAX_CACHED,
    disposeAfter: (endpoint, key, reason) => {
      if (reason === 'evict') this.#evicted(key, endpoint);
    },
  });
  /** Attempts under way or waiting, of each client. */
  readonly #ofClient = new Map<string, number>();
  /** Endpoints of each number. */
  readonly #lanes = new LRUCache<string, LRUCache<string, true>>({ max: MAX_CACHED });
  /** Endpoints with few free slots. Each claim needs them, and they are few among all. */
  readonly #short = new Set<string>();
  /**
   * Endpoints that rejected an attempt since the queue was last empty. Direct dispatch must not overtake rejected
   * attempts.
   */
  readonly #full = new Set<Endpoint>();
  #stopped = false;

  /**
   * Waits for a slot, first come, first served.
   * @param isDirect whether the attempt is directly dispatched.
   * @returns whether the attempt has a slot, until `leave`. False if too many attempts wait already.
   */
  async enter(target: Target, isDirect: boolean): Promise<boolean> {
    const key = keyOf(target);
    const endpoint = this.#endpoint(key);
    this.#addLane(target.lane, key);
    endpoint.lanes.add(target.lane);
    const ofClient = this.#ofClient.get(target.client) ?? 0;
    if (
      this.#stopped ||
      roomOf(endpoint) === 0 ||
      ofClient >= MOST_OF_CLIENT ||
      (isDirect && this.#full.has(endpoint))
    ) {
      this.#full.add(endpoint);
      return false;
    }
    this.#ofClient.set(target.client, ofClient + 1);
    if (endpoint.underWay < endpoint.limit) {
      endpoint.underWay += 1;
      this.#weigh(key, endpoint);
      return true;
    }
    const waiting = waitAt(endpoint);
    this.#weigh(key, endpoint);
    const granted = await waiting;
    if (!granted) this.#evictOne(target.client);
    return granted;
  }

  /** Time at which a paused endpoint may get attempts again, in milliseconds like `now`. Undefined: now. */
  pausedUntil(target: Target, now: number, isDirect: boolean): number | undefined {
    const { pausedUntil = 0 } = this.#endpoints.get(keyOf(target)) ?? {};
    if (pausedUntil > now) return pausedUntil;
    return isDirect && pausedUntil + WAKING_MS > now ? now : undefined;
  }

  /** Pauses an overloaded endpoint (429, 503), and halves its limit. */
  pause(target: Target, now: number, ms: number): void {
    const key = keyOf(target);
    const endpoint = this.#endpoint(key);
    endpoint.pausedUntil = Math.max(endpoint.pausedUntil, now + Math.min(ms, LONGEST_PAUSE_MS));
    endpoint.limit = Math.max(1, Math.floor(endpoint.limit / 2));
    this.#weigh(key, endpoint);
  }

  /** @param ms duration of the response in milliseconds. Undefined: no response. */
  leave(target: Target, ms: number | undefined): void {
    const key = keyOf(target);
    const endpoint = this.#endpoint(key);
    endpoint.underWay -= 1;
    this.#evictOne(target.client);
    if (ms === undefined) endpoint.limit = Math.max(1, Math.floor(endpoint.limit / 2));
    else if (ms <= QUICK_MS) endpoint.limit = Math.min(MOST, endpoint.limit + 1);
    // After a decrease of the limit, excess attempts wait in the queue.
    for (const turnAway of endpoint.waiting.splice(endpoint.limit * WAITING)) {
      this.#full.add(endpoint);
      turnAway(false);
    }
    while (endpoint.waiting.length > 0 && endpoint.underWay < endpoint.limit) {
      endpoint.underWay += 1;
      endpoint.waiting.shift()?.(true);
    }
    this.#weigh(key, endpoint);
  }

  /** Whether events of the same number go to other endpoints as well. */
  hasOthers({ lane }: Target): boolean {
    return (this.#lanes.get(lane)?.size ?? 0) > 1;
  }

  /** Records that the queue is empty. */
  drained(): void {
    this.#full.clear();
  }

  /** Jobs that may be claimed for each number whose endpoints have few free slots. */
  allowance(): Allowance {
    const lanes: Record<string, number> = {};
    for (const key of this.#short) {
      for (const lane of this.#endpoints.get(key)?.lanes ?? []) lanes[lane] = this.#roomOfLane(lane);
    }
    return { lanes, others: null };
  }

  /** Free slots of the number's endpoint that has the most. Events for that endpoint need not wait for the others. */
  #roomOfLane(lane: string): number {
    const keys = [...(this.#lanes.get(lane)?.keys() ?? [])];
    return Math.max(0, ...keys.map((key) => roomOf(this.#endpoints.get(key) ?? newEndpoint())));
  }

  #weigh(key: string, endpoint: Endpoint): void {
    if (roomOf(endpoint) < MUCH) this.#short.add(key);
    else this.#short.delete(key);
  }

  /** Rejects waiting and future attempts. */
  stop(): void {
    this.#stopped = true;
    for (const { waiting } of this.#endpoints.values()) {
      for (const turnAway of waiting.splice(0)) turnAway(false);
    }
  }

  #evictOne(client: string): void {
    const left = (this.#ofClient.get(client) ?? 1) - 1;
    if (left > 0) this.#ofClient.set(client, left);
    else this.#ofClient.delete(client);
  }

  #endpoint(key: string): Endpoint {
    const known = this.#endpoints.get(key);
    if (known) return known;
    const made = newEndpoint();
    this.#endpoints.set(key, made);
    return made;
  }

  /** Keeps an endpoint with attempts under way, since their end changes its counts. There are at most 1,024 of them. */
  #evicted(key: string, endpoint: Endpoint): void {
    if (endpoint.underWay > 0) this.#endpoints.set(key, endpoint);
    else this.#short.delete(key);
  }

  #addLane(lane: string, key: string): void {
    const keys = this.#lanes.get(lane) ?? new LRUCache({ max: MAX_OF_LANE });
    keys.set(key, true);
    this.#lanes.set(lane, keys);
  }
}

function newEndpoint(): Endpoint {
  return { limit: FIRST, underWay: 0, pausedUntil: 0, waiting: [], lanes: new Set() };
}

function roomOf({ limit, underWay, waiting }: Endpoint): number {
  return Math.max(0, limit * (1 + WAITING) - underWay - waiting.length);
}

function waitAt({ waiting }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => waiting.push(resolve));
}

function keyOf({ client, origin }: Target): string {
  return `${client} ${origin}`;
}
