import type { QueueName } from './job.ts';

/** Queues whose work competes with requests. The others have few jobs. */
export type SharedQueue = Extract<QueueName, 'outbound' | 'webhooks'>;

/** Interval of the adjustment, in milliseconds. */
const TICK_MS = 100;
/** Mean time of a send within the process, in milliseconds, above which workers are limited … */
const BURST_MS = 40;
/** … and, as long as they are limited, above which they get less, and otherwise more. */
const SLOW_MS = 20;
/** Weight of the latest tick in that mean, and the most that it counts for: a single slow tick is no burst. */
const WEIGHT_OF_TICK = 0.5;
const MOST_OF_TICK_MS = 70;
/** Workers always have this share of their own capacity. */
export const LEAST_SHARE = 0.2;
/** Change of the share at each tick: 0.3 s from 1 to the least share, two seconds back to no limit. */
const DOWN = 0.5;
const UP = 1.1;
/** The change while there are no sends, or they take less than so many milliseconds: half a second. */
const UP_QUICKLY = 1.5;
const QUICK_MS = 10;
/** The limit ends above this share. */
const UNLIMITED_ABOVE = 1.5;
/** Jobs per second that a queue is expected to do without requests, until that was measured. */
const FIRST_CAPACITY: Record<SharedQueue, number> = { outbound: 500, webhooks: 1_500 };
/** A measurement of the capacity takes this many ticks, and is averaged with the earlier ones. */
const MEASURED_TICKS = 10;
const WEIGHT_OF_NEW = 0.3;
/** Fewer sends than this share of the jobs do not disturb a measurement of the capacity. */
const QUIET = 0.1;
/** A limited queue begins jobs in groups of this many ticks' worth: each claim has a cost of its own. */
const GROUP_TICKS = 2;

/** The share of one queue, for its worker. */
export interface QueueShare {
  /** @returns how many jobs may begin now, at most `wanted`. They are counted as begun. */
  take(wanted: number): number;
  /** Returns `unused` jobs of those taken. @param isBacklogged whether the queue has more due jobs. */
  settle(unused: number, isBacklogged: boolean): void;
}

interface Counts {
  /** Jobs per second without requests. */
  capacity: number;
  /** Jobs that may begin now. */
  tokens: number;
  /** Jobs begun in the measurement under way. */
  begun: number;
  /** Whether the queue had more due jobs than it began, in each claim of the measurement. */
  wasBacklogged: boolean;
}

/**
 * Gives requests priority over workers in a process that has both. When sends take longer than 40 ms on average, workers begin
 * fewer jobs, until sends take less than 20 ms, but at least a fifth of what they begin without requests. The other jobs wait in the
 * queue and are worked off at full speed afterwards. See docs/adr/0026.
 */
export class WorkerShare {
  /** Infinity: not limited. */
  #share = Number.POSITIVE_INFINITY;
  #sends = 0;
  #sendsMs = 0;
  /** Mean time of recent sends, in milliseconds; undefined without any. */
  #meanMs: number | undefined;
  #underWay = 0;
  /** Sends and ticks of the measurement under way. */
  #measured = { sends: 0, ticks: 0 };
  readonly #queues: Record<SharedQueue, Counts> = { outbound: countsOf('outbound'), webhooks: countsOf('webhooks') };
  readonly #isCarrierSlow: () => boolean;
  #timer: NodeJS.Timeout | undefined;

  /** @param isCarrierSlow whether `outbound` waits for its carrier: the capacity of the process is not measured then. */
  constructor(isCarrierSlow: () => boolean) {
    this.#isCarrierSlow = isCarrierSlow;
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Counts a send. @returns a function to call when it has ended. */
  send(): () => void {
    const startedAt = performance.now();
    this.#underWay += 1;
    return () => {
      this.#underWay -= 1;
      this.#sends += 1;
      this.#sendsMs += performance.now() - startedAt;
    };
  }

  /** The workers' share of their capacity now, from 0.2 to 1; 1 when they are not limited. */
  get share(): number {
    return Math.min(1, this.#share);
  }

  /** Jobs of a queue per second that this process does without requests. */
  capacity(queue: SharedQueue): number {
    return this.#queues[queue].capacity;
  }

  of(queue: SharedQueue): QueueShare {
    const counts = this.#queues[queue];
    return {
      take: (wanted) => {
        const granted = this.#isLimited ? this.#grant(counts, wanted) : wanted;
        counts.begun += granted;
        return granted;
      },
      settle: (unused, isBacklogged) => {
        counts.begun -= unused;
        if (this.#isLimited) counts.tokens += unused;
        if (!isBacklogged) counts.wasBacklogged = false;
      },
    };
  }

  get #isLimited(): boolean {
    return this.#share !== Number.POSITIVE_INFINITY;
  }

  /** Jobs that began before the limit do not count against it. */
  #grant(counts: Counts, wanted: number): number {
    const group = Math.min(wanted, GROUP_TICKS * this.#perTick(counts.capacity));
    if (counts.tokens < Math.max(1, group)) return 0;
    const granted = Math.min(wanted, Math.floor(counts.tokens));
    counts.tokens -= granted;
    return granted;
  }

  #perTick(capacity: number): number {
    return (this.#share * capacity * TICK_MS) / 1000;
  }

  /** Adjusts the share to the sends since the last tick. */
  tick(): void {
    this.#measure();
    this.#average();
    this.#adjust();
    if (!this.#isLimited) return;
    for (const counts of Object.values(this.#queues)) {
      const perTick = this.#perTick(counts.capacity);
      counts.tokens = Math.min(counts.tokens, GROUP_TICKS * perTick) + perTick;
    }
  }

  #average(): void {
    // Sends that are under way and do not end say nothing yet.
    if (this.#sends === 0 && this.#underWay > 0) return;
    const latestMs = this.#sends > 0 ? Math.min(MOST_OF_TICK_MS, this.#sendsMs / this.#sends) : undefined;
    const before = this.#meanMs ?? 0;
    this.#meanMs = latestMs === undefined ? undefined : before + WEIGHT_OF_TICK * (latestMs - before);
    this.#sends = 0;
    this.#sendsMs = 0;
  }

  #adjust(): void {
    const isLimited = this.#isLimited;
    const meanMs = this.#meanMs ?? 0;
    if (meanMs > (isLimited ? SLOW_MS : BURST_MS)) {
      this.#share = Math.max(LEAST_SHARE, Math.min(1, this.#share * DOWN));
    } else if (isLimited) {
      this.#share *= meanMs < QUICK_MS ? UP_QUICKLY : UP;
      if (this.#share > UNLIMITED_ABOVE) this.#share = Number.POSITIVE_INFINITY;
    }
  }

  #measure(): void {
    this.#measured.sends += this.#sends;
    this.#measured.ticks += 1;
    if (!this.#isLimited && this.#measured.ticks < MEASURED_TICKS) return;
    const seconds = (this.#measured.ticks * TICK_MS) / 1000;
    for (const [queue, counts] of Object.entries(this.#queues) as [SharedQueue, Counts][]) {
      const isQuiet = this.#measured.sends <= QUIET * counts.begun;
      const isFree = queue !== 'outbound' || !this.#isCarrierSlow();
      if (!this.#isLimited && isQuiet && isFree && counts.wasBacklogged && counts.begun > 0) {
        counts.capacity += WEIGHT_OF_NEW * (counts.begun / seconds - counts.capacity);
      }
      counts.begun = 0;
      counts.wasBacklogged = true;
    }
    this.#measured = { sends: 0, ticks: 0 };
  }
}

function countsOf(queue: SharedQueue): Counts {
  return { capacity: FIRST_CAPACITY[queue], tokens: 0, begun: 0, wasBacklogged: true };
}
