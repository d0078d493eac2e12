import type { QueueName } from './job.ts';

/** Queues whose work competes with requests. The others have few jobs. */
export type SharedQueue = Extract<QueueName, 'outbound' | 'webhooks'>;

/** Interval of the adjustment, in milliseconds. */
const TICK_MS = 100;
/** Mean duration of a send request in this process, in milliseconds, above which workers become limited. */
const BURST_MS = 40;
/** Mean duration, in milliseconds, above which the share of limited workers shrinks. Below it, the share grows. */
const SLOW_MS = 20;
/**
 * Concurrent send requests, on average over a tick, above which workers become limited if the event loop is busy. Above
 * this number, the share of limited workers shrinks. On a fast machine, many requests wait although each takes less
 * than `BURST_MS`.
 */
const BURST_REQUESTS = 24;
const MANY_REQUESTS = 12;
/**
 * Accepted messages per second, as a fraction of the rate that `outbound` has recently sustained, above which workers may
 * be limited. Below it the workers keep up, and a limit would only delay messages. Competing workers slow down sends, so
 * a burst may be accepted at no more than that rate until the limit begins.
 */
const BURST_RATIO = 0.85;
/** Factor of the sustained rate per measurement, because the machine may have become slower. */
const FADING = 0.998;
const WEIGHT_OF_ARRIVALS = 0.2;
/** Utilization of the event loop, from 0 to 1, above which it is busy. */
const BUSY = 0.8;
/**
 * Weight of the latest tick in the mean, and its maximum in milliseconds. A single slow tick does not start a limit.
 */
const WEIGHT_OF_TICK = 0.5;
const MOST_OF_TICK_MS = 70;
/** Minimum worker share, as a fraction of the capacity. */
export const LEAST_SHARE = 0.2;
/**
 * Factors of the share per tick. In a burst, the share falls from 1 to the minimum in 0.3 s. The share falls slowly if
 * send requests are only a little too slow. A steady load below the capacity of the process is thus not delayed. The
 * share recovers to no limit in 2 s.
 */
const DOWN = 0.5;
const DOWN_SLOWLY = 0.9;
const UP = 1.1;
/** Multiple of the limits above which the share falls quickly. */
const FAR = 2;
/** Factor without send requests, or while they take less than `QUICK_MS`. The share then recovers in half a second. */
const UP_QUICKLY = 1.5;
const QUICK_MS = 10;
/** The limit ends above this share. */
const UNLIMITED_ABOVE = 1.5;
/** Estimated jobs per second that a queue completes without requests, until the first measurement. */
const FIRST_CAPACITY: Record<SharedQueue, number> = { outbound: 500, webhooks: 1_500 };
/**
 * Jobs per accepted send request that the CPU time of the request is sufficient for. A burst on a process without a
 * measured capacity shows in this way how fast the machine is. Measured: 5,000 requests per second in a burst, and 1,750
 * messages per second afterwards.
 */
const JOBS_PER_SEND: Record<SharedQueue, number> = { outbound: 0.2, webhooks: 0.6 };
/** Ticks per capacity measurement, and the weight of a new result in the average. */
const MEASURED_TICKS = 10;
const WEIGHT_OF_NEW = 0.3;
/** Maximum ratio of send requests to jobs at which a capacity measurement is valid. */
const QUIET = 0.1;
/** Size of the groups in which a limited queue begins jobs, in ticks' worth of jobs. Each claim has a fixed cost. */
const GROUP_TICKS = 2;

/** Worker share of one queue. */
export interface QueueShare {
  /** @returns number of jobs that may begin now, at most `wanted`. These jobs count as begun. */
  take(wanted: number): number;
  /** Returns `unused` of the taken jobs. @param isBacklogged whether the queue has more due jobs. */
  settle(unused: number, isBacklogged: boolean): void;
}

interface Counts {
  /** Jobs per second without requests. */
  capacity: number;
  /** Highest rate of jobs per second without a limit, in recent measurements. 0 before the first one. */
  sustained: number;
  /** Jobs that may begin now. */
  tokens: number;
  /** Jobs begun in the current measurement. */
  begun: number;
  /** Whether every claim of the measurement left due jobs in the queue. */
  wasBacklogged: boolean;
}

/**
 * Gives requests priority over workers in a process that has both. When send requests take longer than 40 ms on
 * average, workers begin fewer jobs, until send requests take less than 20 ms. Workers keep at least a fifth of their
 * capacity. The other jobs wait in the queue and run at full speed afterwards. See docs/adr/0026.
 */
export class WorkerShare {
  /** `Infinity` without a limit. */
  #share = Number.POSITIVE_INFINITY;
  /** Accepted send requests since the last tick, and their total duration. */
  #sends = 0;
  #sendsMs = 0;
  /** Messages of accepted send requests since the last tick. */
  #messages = 0;
  /** Accepted messages and send requests per second over recent ticks. */
  #arrivals = 0;
  #requests = 0;
  /** Send requests that were accepted or rejected since the last tick. */
  #ended = 0;
  /** Mean duration of recent send requests, in milliseconds. Undefined without requests. */
  #meanMs: number | undefined;
  #underWay = 0;
  /** Send requests and ticks of the current measurement. */
  #measured = { sends: 0, ticks: 0 };
  readonly #queues: Record<SharedQueue, Counts> = { outbound: countsOf('outbound'), webhooks: countsOf('webhooks') };
  readonly #isCarrierSlow: () => boolean;
  readonly #utilization: () => number;
  /** Concurrent send requests, on average over recent ticks, while the event loop is busy. */
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param isCarrierSlow whether `outbound` waits for its carrier. The capacity of `outbound` is not measured during
   *   such a wait.
   * @param utilization share of time in which the event loop was busy since the last call.
   */
  constructor(isCarrierSlow: () => boolean, utilization = createUtilization()) {
    this.#isCarrierSlow = isCarrierSlow;
    this.#utilization = utilization;
  }

  start(): void {
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Counts a send request. @returns function to call when the request has ended, with the number of accepted messages. A
   * rejected request has no effect on the share, because it needs no priority.
   */
  send(): (messages: number) => void {
    const startedAt = performance.now();
    this.#underWay += 1;
    return (messages) => {
      this.#underWay -= 1;
      this.#ended += 1;
      if (messages === 0) return;
      this.#messages += messages;
      this.#sends += 1;
      this.#sendsMs += performance.now() - startedAt;
    };
  }

  /** Current worker share, from 0.2 to 1. 1 without a limit. */
  get share(): number {
    return Math.min(1, this.#share);
  }

  /** Jobs of a queue per second in this process without requests. */
  capacity(queue: SharedQueue): number {
    return this.#queues[queue].capacity;
  }

  of(queue: SharedQueue): QueueShare {
    const counts = this.#queues[queue];
    return {
      take: (wanted) => {
        const granted = this.#isLimited ? this.#grant(queue, wanted) : wanted;
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
  #grant(queue: SharedQueue, wanted: number): number {
    const counts = this.#queues[queue];
    const group = Math.min(wanted, GROUP_TICKS * this.#perTick(queue));
    if (counts.tokens < Math.max(1, group)) return 0;
    const granted = Math.min(wanted, Math.floor(counts.tokens));
    counts.tokens -= granted;
    return granted;
  }

  #perTick(queue: SharedQueue): number {
    const capacity = Math.max(this.capacity(queue), this.#requests * JOBS_PER_SEND[queue]);
    return (this.#share * capacity * TICK_MS) / 1000;
  }

  /** Adjusts the share to the send requests since the last tick. */
  tick(): void {
    this.#arrivals += WEIGHT_OF_ARRIVALS * ((this.#messages * 1000) / TICK_MS - this.#arrivals);
    this.#requests += WEIGHT_OF_ARRIVALS * ((this.#sends * 1000) / TICK_MS - this.#requests);
    this.#messages = 0;
    this.#measure();
    this.#average();
    this.#adjust();
    if (!this.#isLimited) return;
    for (const [queue, counts] of Object.entries(this.#queues) as [SharedQueue, Counts][]) {
      const perTick = this.#perTick(queue);
      counts.tokens = Math.min(counts.tokens, GROUP_TICKS * perTick) + perTick;
    }
  }

  #average(): void {
    // Running send requests have no duration yet, so the mean stays unchanged.
    if (this.#ended === 0 && this.#underWay > 0) return;
    const latestMs = this.#sends > 0 ? Math.min(MOST_OF_TICK_MS, this.#sendsMs / this.#sends) : undefined;
    const concurrent = this.#utilization() > BUSY ? Math.min(this.#sends, this.#sendsMs / TICK_MS) : 0;
    this.#waiting += WEIGHT_OF_TICK * (concurrent - this.#waiting);
    const before = this.#meanMs ?? 0;
    this.#meanMs = latestMs === undefined ? undefined : before + WEIGHT_OF_TICK * (latestMs - before);
    this.#sends = 0;
    this.#sendsMs = 0;
    this.#ended = 0;
  }

  #adjust(): void {
    const isLimited = this.#isLimited;
    const meanMs = this.#meanMs ?? 0;
    if (this.#arrivals <= BURST_RATIO * this.#queues.outbound.sustained) {
      if (isLimited) this.#raise(UP_QUICKLY);
      return;
    }
    const isSlow = meanMs > (isLimited ? SLOW_MS : BURST_MS);
    if (isSlow || this.#waiting > (isLimited ? MANY_REQUESTS : BURST_REQUESTS)) {
      const isFar = meanMs > FAR * SLOW_MS || this.#waiting > FAR * MANY_REQUESTS;
      this.#share = Math.max(LEAST_SHARE, Math.min(1, this.#share * (isFar ? DOWN : DOWN_SLOWLY)));
    } else if (isLimited) {
      this.#raise(meanMs < QUICK_MS ? UP_QUICKLY : UP);
    }
  }

  #raise(factor: number): void {
    this.#share *= factor;
    if (this.#share > UNLIMITED_ABOVE) this.#share = Number.POSITIVE_INFINITY;
  }

  #measure(): void {
    // Rejected requests cost CPU time as well.
    this.#measured.sends += this.#ended;
    this.#measured.ticks += 1;
    if (!this.#isLimited && this.#measured.ticks < MEASURED_TICKS) return;
    const seconds = (this.#measured.ticks * TICK_MS) / 1000;
    for (const [queue, counts] of Object.entries(this.#queues) as [SharedQueue, Counts][]) {
      const isQuiet = this.#measured.sends <= QUIET * counts.begun;
      const isFree = queue !== 'outbound' || !this.#isCarrierSlow();
      if (!this.#isLimited && isQuiet && isFree && counts.wasBacklogged && counts.begun > 0) {
        counts.capacity += WEIGHT_OF_NEW * (counts.begun / seconds - counts.capacity);
      }
      // The queue has just begun this many jobs, so its capacity is at least as high.
      if (!this.#isLimited && isFree) {
        const perSecond = counts.begun / seconds;
        counts.capacity = Math.max(counts.capacity, perSecond);
        counts.sustained = Math.max(counts.sustained * FADING, perSecond);
      }
      counts.begun = 0;
      counts.wasBacklogged = true;
    }
    this.#measured = { sends: 0, ticks: 0 };
  }
}

/** @returns function that measures the time between its calls. */
function createUtilization(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}

function countsOf(queue: SharedQueue): Counts {
  return { capacity: FIRST_CAPACITY[queue], sustained: 0, tokens: 0, begun: 0, wasBacklogged: true };
}
