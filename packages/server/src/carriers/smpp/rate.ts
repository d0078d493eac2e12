import { Interval } from './interval.ts';
import { Pacer } from './pacer.ts';
import { Pauses } from './pauses.ts';
import { type Plan, Search } from './search.ts';

/** Time without an accepted submit, in milliseconds, that is caused by an outage and not by a rate limit. */
const OUTAGE_MS = 2_000;
/** Time for late responses, in milliseconds. A lost response must not stop the search until its timeout. */
const LATE_ANSWERS_MS = 3_000;
/** Idle time in milliseconds after which earlier measurements do not count. */
const IDLE_MS = 10_000;
/** Catch-up for late timers, in milliseconds. A busy machine must not cost throughput. */
const LATE_TIMERS_MS = 200;

/** Submit that was sent. */
export interface Ticket {
  interval: Interval;
  sentAt: number;
  segments: number;
}

/**
 * Rate of a link, found from the responses of the carrier alone. There is no limit until a submit is throttled. From
 * then on, the rate is the one with the most accepted segments. `Search` decides, and this class measures.
 */
export class Rate {
  readonly #now: () => number;
  readonly #pacer: Pacer;
  readonly #pauses: Pauses;
  readonly #search = new Search();
  #interval: Interval;
  /** Previous interval, while its responses are missing. */
  #ended: { interval: Interval; at: number } | undefined;
  #sentAt: number;
  /** Segments accepted in this second and in the one before. */
  #second = { at: 0, count: 0, before: 0 };

  /** @param now monotonic clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#sentAt = now();
    this.#pacer = new Pacer({ perSecond: Number.POSITIVE_INFINITY, catchUpMs: LATE_TIMERS_MS, now });
    this.#pauses = new Pauses(now);
    const { purpose, pace } = this.#search.hold();
    this.#interval = new Interval(purpose, pace, now(), 0);
  }

  /** Current segments per second. 0 while the link pauses, and infinite while the link has no limit. */
  current(): number {
    return this.#pauses.active ? 0 : this.#pacer.perSecond;
  }

  /** Time until the next segment may leave, in milliseconds. A response may shorten the wait. */
  waitMs(): number {
    return Math.max(this.#pauses.waitMs(), this.#pacer.waitMs());
  }

  /** Segments accepted in about the last second. */
  lately(): number {
    const { at, count, before } = this.#second;
    const seconds = (this.#now() - at) / 1_000;
    return seconds < 1 ? Math.max(before, count) : seconds < 2 ? count : 0;
  }

  /** Counts a submit that leaves now. Settle each ticket once, by `accepted`, `throttled` or `unanswered`. */
  sent(segments = 1): Ticket {
    const now = this.#now();
    const idleMs = now - this.#sentAt;
    this.#sentAt = now;
    if (idleMs > IDLE_MS) this.#follow(this.#search.relax(idleMs));
    else this.#advance(now);
    this.#interval.sent += segments;
    this.#pacer.sent(segments);
    const ticket = { interval: this.#interval, sentAt: now, segments };
    this.#pauses.sent(ticket);
    return ticket;
  }

  /** Settles a submit whose response was anything but throttled. */
  accepted(ticket: Ticket): void {
    if (this.#pauses.active && this.#pauses.lastedMs > OUTAGE_MS) this.#interval.disturbed = true;
    this.#pauses.accepted(ticket);
    this.#count(ticket.segments);
    ticket.interval.accepted += ticket.segments;
    this.#judgeIfComplete(ticket.interval);
  }

  throttled(ticket: Ticket): void {
    this.#interval.pausedMs += this.#pauses.throttled(ticket, ticket.sentAt);
    ticket.interval.throttled += ticket.segments;
    this.#judgeIfComplete(ticket.interval);
    this.#follow(this.#search.confirm(ticket.sentAt));
  }

  /** Settles a submit that did not leave after all, or will have no response. */
  unanswered(ticket: Ticket): void {
    this.#pauses.unanswered(ticket);
    ticket.interval.sent -= ticket.segments;
    this.#judgeIfComplete(ticket.interval);
  }

  #advance(now: number): void {
    const { purpose, disturbed } = this.#interval;
    if (this.#ended && now > this.#ended.at + LATE_ANSWERS_MS) {
      this.#judge(this.#ended.interval);
    } else if (this.#ended && purpose === 'settle') {
      return;
    } else if (disturbed) {
      this.#follow(this.#search.hold());
    } else if (this.#search.isEnough(this.#interval, now)) {
      if (purpose === 'settle') this.#follow(this.#search.hold());
      else this.#end(now);
    }
  }

  #end(now: number): void {
    const interval = this.#interval;
    interval.end(now);
    this.#ended = { interval, at: now };
    this.#begin(this.#search.wait());
    if (interval.complete) this.#judge(interval);
  }

  #judgeIfComplete(interval: Interval): void {
    if (interval === this.#ended?.interval && interval.complete) this.#judge(interval);
  }

  #judge(interval: Interval): void {
    this.#ended = undefined;
    this.#follow(this.#search.judge(interval, this.#now()));
  }

  #follow(plan: Plan | undefined): void {
    if (!plan) return;
    this.#ended = undefined;
    this.#begin(plan);
  }

  #begin({ purpose, pace }: Plan): void {
    this.#pacer.perSecond = pace;
    this.#interval = new Interval(purpose, pace, this.#now(), this.#pauses.remainingMs);
  }

  #count(segments: number): void {
    const now = this.#now();
    if (now - this.#second.at < 1_000) this.#second.count += segments;
    else this.#second = { at: now, count: segments, before: this.#second.count };
  }
}
