import type { Allowance } from '../queue/claim.ts';

/** Attempts at an endpoint that is not known yet; it earns more by answering. */
const FIRST = 16;
const MOST = 128;
/** For each that may be under way so many may wait behind it in this process; the others wait in the queue. */
const WAITING = 3;
/** Of one client, whatever endpoints it has. */
const MOST_OF_CLIENT = 512;
/** An answer that takes longer earns nothing: who is slow must not hold more places than who is quick. */
const QUICK_MS = 1_000;
/** Room that no claim needs to be told of. */
const MUCH = FIRST * WAITING;
/** An endpoint that asks for a longer pause does not get it. */
const LONGEST_PAUSE_MS = 300_000;
/** What waited for the end of a pause is woken by then: nobody must come straight past it before. */
const WAKING_MS = 2_000;
/** What is remembered of who has nothing under way; the one that was silent for longest is forgotten first. */
const REMEMBERED = 10_000;
/** Endpoints of one number: its client may change its URLs at any time. */
const REMEMBERED_OF_LANE = 16;

/** Where an event goes: the same host for two clients is two endpoints. */
export interface Target {
  client: string;
  lane: string;
  origin: string;
}

type Waiter = (granted: boolean) => void;

interface Endpoint {
  limit: number;
  underWay: number;
  /** It asked to be left alone until then. */
  pausedUntil: number;
  waiting: Waiter[];
  /** The numbers whose events have gone there. */
  lanes: Set<string>;
}

/**
 * How many attempts may be under way at each endpoint, and wait for that here. It begins with a few, grows with each quick
 * answer, and falls by half with each that never comes: an endpoint that is dead, or takes everything and says nothing, soon
 * has one place of all that there are, and delays nobody else.
 */
export class Endpoints {
  readonly #endpoints = new Map<string, Endpoint>();
  /** Under way, or waiting. */
  readonly #ofClient = new Map<string, number>();
  /** Where a number's events have gone. */
  readonly #lanes = new Map<string, Set<string>>();
  /** Those with not much room: a claim asks for them, and they are few among all. */
  readonly #short = new Set<string>();
  /** Some had to be given back since the queue was last found empty: whoever comes straight must not overtake those. */
  readonly #full = new Set<Endpoint>();
  #stopped = false;

  /**
   * Waits for a place, first come, first served.
   * @param straight whether it comes past the queue.
   * @returns whether it has one, until `leave`; false when too many wait already.
   */
  async enter(target: Target, straight: boolean): Promise<boolean> {
    const key = keyOf(target);
    const endpoint = this.#endpoint(key);
    this.#remember(target.lane, key);
    endpoint.lanes.add(target.lane);
    const ofClient = this.#ofClient.get(target.client) ?? 0;
    if (
      this.#stopped ||
      roomOf(endpoint) === 0 ||
      ofClient >= MOST_OF_CLIENT ||
      (straight && this.#full.has(endpoint))
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
    if (!granted) this.#forgetOne(target.client);
    return granted;
  }

  /** When an endpoint that asked for a pause may be asked again, in ms of `now`; undefined: now. */
  pausedUntil(target: Target, now: number, straight: boolean): number | undefined {
    const { pausedUntil } = this.#endpoint(keyOf(target));
    if (pausedUntil > now) return pausedUntil;
    return straight && pausedUntil + WAKING_MS > now ? now : undefined;
  }

  /** It has too much to do (429, 503): it is left alone for so long, and gets half as much at once from then on. */
  pause(target: Target, now: number, ms: number): void {
    const key = keyOf(target);
    const endpoint = this.#endpoint(key);
    endpoint.pausedUntil = Math.max(endpoint.pausedUntil, now + Math.min(ms, LONGEST_PAUSE_MS));
    endpoint.limit = Math.max(1, Math.floor(endpoint.limit / 2));
    this.#weigh(key, endpoint);
  }

  /** @param ms how long the answer took; undefined: there was none. */
  leave(target: Target, ms: number | undefined): void {
    const key = keyOf(target);
    const endpoint = this.#endpoint(key);
    endpoint.underWay -= 1;
    this.#forgetOne(target.client);
    if (ms === undefined) endpoint.limit = Math.max(1, Math.floor(endpoint.limit / 2));
    else if (ms <= QUICK_MS) endpoint.limit = Math.min(MOST, endpoint.limit + 1);
    // Where it got slow, what waits for it waits in the queue from now on.
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

  /** Nothing waits in the queue any more. */
  drained(): void {
    this.#full.clear();
  }

  /** What may be claimed of each number whose endpoints have not much room. */
  allowance(): Allowance {
    const lanes: Record<string, number> = {};
    for (const key of this.#short) {
      for (const lane of this.#endpoint(key).lanes) lanes[lane] = this.#roomOfLane(lane);
    }
    return { lanes, others: null };
  }

  /** Of its roomiest endpoint: what goes there need not wait for the others. */
  #roomOfLane(lane: string): number {
    const keys = this.#lanes.get(lane) ?? [];
    return Math.max(0, ...[...keys].map((key) => roomOf(this.#endpoint(key))));
  }

  #weigh(key: string, endpoint: Endpoint): void {
    if (roomOf(endpoint) < MUCH) this.#short.add(key);
    else this.#short.delete(key);
  }

  /** Whoever waits is turned away, and so is everybody who comes. */
  stop(): void {
    this.#stopped = true;
    for (const { waiting } of this.#endpoints.values()) for (const turnAway of waiting.splice(0)) turnAway(false);
  }

  #forgetOne(client: string): void {
    const left = (this.#ofClient.get(client) ?? 1) - 1;
    if (left > 0) this.#ofClient.set(client, left);
    else this.#ofClient.delete(client);
  }

  #endpoint(key: string): Endpoint {
    const known = this.#endpoints.get(key);
    if (known) return known;
    const made = { limit: FIRST, underWay: 0, pausedUntil: 0, waiting: [], lanes: new Set<string>() };
    this.#endpoints.set(key, made);
    const forgotten = forgetFirst(this.#endpoints, ({ underWay }) => underWay === 0);
    if (forgotten !== undefined) this.#short.delete(forgotten);
    return made;
  }

  #remember(lane: string, key: string): void {
    const keys = this.#lanes.get(lane) ?? new Set();
    this.#lanes.delete(lane);
    this.#lanes.set(lane, keys.add(key));
    if (keys.size > REMEMBERED_OF_LANE) keys.delete(keys.values().next().value as string);
    forgetFirst(this.#lanes, () => true);
  }
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

/** @returns the key that was forgotten, if there are too many. */
function forgetFirst<Value>(map: Map<string, Value>, idle: (value: Value) => boolean): string | undefined {
  if (map.size <= REMEMBERED) return undefined;
  for (const [key, value] of map) {
    if (!idle(value)) continue;
    map.delete(key);
    return key;
  }
  return undefined;
}
