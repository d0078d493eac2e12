import type { Ticket } from '#carriers/smpp/rate.ts';
import { createLimiter, type LimiterModel } from '#smsc/limiter.ts';

/** Methods of a rate that a link calls. `Rate` implements them. */
export interface LinkRate {
  waitMs(): number;
  sent(segments?: number): Ticket;
  accepted(ticket: Ticket): void;
  throttled(ticket: Ticket): void;
  unanswered(ticket: Ticket): void;
}

/** @param ms since the start of the simulation. @returns whether a submit at this time is accepted. */
export type CarrierModel = (ms: number) => boolean;

export interface LinkOptions {
  rate(now: () => number): LinkRate;
  carrier: CarrierModel;
  seconds: number;
  /** Time from the submit to its response. */
  latencyMs?: number;
  window?: number;
  /** Links of one account, each with a separate rate and window. */
  links?: number;
  /**
   * Every n-th submit gets no response, and its place in the window is free after 10 s. Absent: all submits get a
   * response.
   */
  unansweredEvery?: number;
  /** Maximum delay of timers. */
  lateMs?: number;
  /** Clock time at the start. Sets the offset within a second of the carrier. */
  startMs?: number;
  /** Number of messages so far. Absent: always more than the links can submit. */
  demand?: (ms: number) => number;
}

/** Submits of each second, by response of the carrier. */
export interface LinkBooks {
  /** Accepted segments per second between two seconds. */
  rate(from: number, to: number): number;
  /** Throttled share of all submits. */
  share(from: number, to: number): number;
  /** Throttled submits. */
  throttled(from: number, to: number): number;
}

const RESPONSE_TIMEOUT_MS = 10_000;
/** Time that a submit costs the sender. Limits each link to 5,000 submits per second. */
const SUBMIT_MS = 0.2;

/** Runs links against a carrier in virtual time. The same options give the same result. */
export function simulateLinks(options: LinkOptions): LinkBooks {
  const { seconds, links = 1, startMs = 1_000_137 } = options;
  const clock = new VirtualClock(startMs);
  const random = createRandom(startMs);
  const accepted = new Array<number>(seconds).fill(0);
  const throttled = new Array<number>(seconds).fill(0);
  const carrier = (ms: number) => {
    const accepts = options.carrier(ms);
    const books = accepts ? accepted : throttled;
    const second = Math.floor(ms / 1_000);
    if (second < seconds) books[second] = (books[second] ?? 0) + 1;
    return accepts;
  };
  for (let i = 0; i < links; i += 1) startLink({ ...options, carrier }, clock, random);
  clock.runUntil(startMs + seconds * 1_000);
  const sum = (books: number[], from: number, to: number) => books.slice(from, to).reduce((all, one) => all + one, 0);
  return {
    rate: (from, to) => sum(accepted, from, to) / (to - from),
    share: (from, to) => sum(throttled, from, to) / Math.max(1, sum(throttled, from, to) + sum(accepted, from, to)),
    throttled: (from, to) => sum(throttled, from, to),
  };
}

function startLink(options: LinkOptions, clock: VirtualClock, random: () => number): void {
  const { carrier, latencyMs = 1, window = 32, unansweredEvery = 0, lateMs = 1, demand = () => Infinity } = options;
  const startMs = clock.now();
  const rate = options.rate(() => clock.now());
  let underWay = 0;
  let taken = 0;
  let submits = 0;
  let busyUntil = startMs;
  let looks = 0;

  const lookAt = (ms: number) => {
    looks += 1;
    const look = looks;
    clock.at(ms, () => {
      if (look === looks) send();
    });
  };
  const send = () => {
    const now = clock.now();
    if (now < busyUntil) return lookAt(busyUntil);
    if (underWay >= window) return;
    if (taken + underWay >= demand(now - startMs)) return lookAt(now + 5);
    const waitMs = rate.waitMs();
    if (waitMs > 0) {
      if (Number.isFinite(waitMs)) lookAt(now + Math.max(1, Math.ceil(waitMs)) + random() * lateMs);
      return;
    }
    const ticket = rate.sent();
    underWay += 1;
    submits += 1;
    busyUntil = now + SUBMIT_MS;
    const isUnanswered = unansweredEvery > 0 && submits % unansweredEvery === 0;
    clock.at(now + latencyMs / 2, () => {
      const accepts = carrier(clock.now() - startMs);
      if (!isUnanswered) clock.at(clock.now() + latencyMs / 2, () => answered(ticket, accepts));
    });
    if (isUnanswered) clock.at(now + RESPONSE_TIMEOUT_MS, () => unanswered(ticket));
    lookAt(busyUntil);
  };
  const answered = (ticket: Ticket, accepts: boolean) => {
    underWay -= 1;
    if (accepts) taken += 1;
    if (accepts) rate.accepted(ticket);
    else rate.throttled(ticket);
    send();
  };
  const unanswered = (ticket: Ticket) => {
    underWay -= 1;
    rate.unanswered(ticket);
    send();
  };
  lookAt(startMs);
}

/** Runs events in order of their virtual time. */
class VirtualClock {
  #now: number;
  #made = 0;
  readonly #heap: { at: number; made: number; run(): void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  at(ms: number, run: () => void): void {
    this.#made += 1;
    this.#heap.push({ at: Math.max(ms, this.#now), made: this.#made, run });
    for (let child = this.#heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#isBefore(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  runUntil(ms: number): void {
    for (let first = this.#heap[0]; first && first.at < ms; first = this.#heap[0]) {
      this.#removeFirst();
      this.#now = first.at;
      first.run();
    }
  }

  #removeFirst(): void {
    this.#swap(0, this.#heap.length - 1);
    this.#heap.pop();
    for (let parent = 0; ; ) {
      const [left, right] = [2 * parent + 1, 2 * parent + 2];
      if (left >= this.#heap.length) return;
      const child = right < this.#heap.length && this.#isBefore(right, left) ? right : left;
      if (!this.#isBefore(child, parent)) return;
      this.#swap(child, parent);
      parent = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#entry(one), this.#entry(other)];
    return a.at < b.at || (a.at === b.at && a.made < b.made);
  }

  #swap(one: number, other: number): void {
    const entry = this.#entry(one);
    this.#heap[one] = this.#entry(other);
    this.#heap[other] = entry;
  }

  #entry(index: number) {
    return this.#heap[index] as { at: number; made: number; run(): void };
  }
}

/** Mulberry32: numbers from 0 to 1, the same for each seed. */
function createRandom(seed: number): () => number {
  let state = Math.floor(seed) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param perSecond limit, or the limit at each time. */
export function limitedTo(
  perSecond: number | ((ms: number) => number),
  model: LimiterModel,
  { burst, phaseMs = 0 }: { burst?: number; phaseMs?: number } = {},
): CarrierModel {
  const limiter = createLimiter(model, burst);
  const limit = typeof perSecond === 'number' ? () => perSecond : perSecond;
  return (ms) => limiter.admits(ms + phaseMs, limit(ms));
}

/** Throttles every n-th submit, independent of the rate. */
export function throttlingEvery(nth: number): CarrierModel {
  let count = 0;
  return () => {
    count += 1;
    return count % nth !== 0;
  };
}

/** Throttles a random share of the submits, independent of the rate. */
export function throttlingShare(share: number, seed = 7): CarrierModel {
  const random = createRandom(seed);
  return () => random() >= share;
}

/** Throttles everything between two seconds. */
export function outOfOrder(from: number, to: number, carrier: CarrierModel): CarrierModel {
  return (ms) => (ms < from * 1_000 || ms >= to * 1_000) && carrier(ms);
}
