import { type Counts, type Figures, figuresOf, type Interval, NO_COUNTS, type Purpose, sumOf } from './interval.ts';

/** Shortest interval in milliseconds. Most carriers count by the second. */
const INTERVAL_MS = 1_000;
/** Pause in milliseconds that ends a probe. */
const HOPELESS_PAUSE_MS = 100;
/** Pause in milliseconds of an unlimited link that may be an outage or a limit. The next throttled submit decides. */
const LONG_PAUSE_MS = 500;
const CONFIRMED_WITHIN_MS = 1_000;
/** Longest wait of a slow link for the segments of an interval, in milliseconds, if the interval has `FEWEST`. */
const LONGEST_INTERVAL_MS = 5_000;
const FEWEST = 4;
const HOLD_SEGMENTS = 10;
const MOST_PROBE_SEGMENTS = 25;
/** Number of responses that are needed to judge a link without a limit, or segments that are throttled at any rate. */
const ENOUGH_ANSWERS = 20;
/** Time in milliseconds for the limit to recover after too high a rate, before the next measurement. */
const SETTLE_MS = 1_000;

/** Share of throttled segments that is ignored. */
const TOLERATED = 0.03;
/** Share of the accepted rate that is held after the carrier was offered more. */
const MARGIN = 0.98;
/** Accepted share of the additional segments that justifies a higher rate. */
const WORTH = 0.6;
/** Accepted share of the additional segments below which the carrier has a limit. */
const FUTILE = 0.3;
/** Throttling is independent of the rate if accepted segments fall along with the rate, at least with this exponent. */
const PROPORTIONAL = 0.8;
/** Largest share of segments that may be throttled independently of the rate. */
const MOST_INDEPENDENT = 0.6;
/** Number of standard deviations above which a difference is significant. */
const SIGNIFICANT = 2;

/** Increases of a probe, relative to the held rate. */
const FIRST_STEP = 0.125;
const SMALLEST_STEP = 0.05;
const LARGEST_STEP = 1;
/** Smallest step if more than `NOISY` of the segments are throttled at any rate. A smaller one would not stand out. */
const NOISY_STEP = 0.15;
const NOISY = 0.015;
/** Smallest step when the carrier accepts a rate that was too high before. */
const JUMP = 0.2;
/** Step above which the search is coarse and the next probe follows soon. */
const COARSE_STEP = 0.1;
/** Time in milliseconds for which a too high rate bounds the steps, unless a probe at that rate succeeds. */
const CEILING_MS = 15_000;

/** Milliseconds and responses between probes. Few after a coarse probe, else growing with each unsuccessful probe. */
const SHORT_HOLD_MS = 1_000;
const SHORT_HOLD_ANSWERS = 10;
const FIRST_HOLD_MS = 4_000;
const LONGEST_HOLD_MS = 6_000;
const HOLD_GROWTH = 1.5;
const LONG_HOLD_ANSWERS = 80;

/** Smallest share of the rate that remains after one decline. */
const DEEPEST_FALL = 0.25;
/** Lowest rate, in segments per second. */
const SLOWEST = 1;
/** Milliseconds in which a limit that is not reached doubles. Dropped above `UNLIMITED` segments per second. */
const DOUBLING_MS = 60_000;
const UNLIMITED = 10_000;

/** Purpose and pace of the next interval. */
export interface Plan {
  purpose: Purpose;
  /** Segments per second. */
  pace: number;
}

/** Rate that was lowered, with its figures. */
type Declined = Figures & { rate: number };

/**
 * Search for the rate at which a carrier accepts the most segments (ADR 0021). Decides on one interval after the other:
 *
 * - *unlimited*: nothing was throttled so far.
 * - *hold*: the highest rate that the carrier has accepted. Throttling lowers the held rate to the accepted rate,
 *   unless an earlier decline has shown that the throttling does not depend on the rate.
 * - *probe*: a higher rate, which is kept if most of the additional segments are accepted.
 * - *settle*: not measured. Follows too high a rate, and lasts while responses of the last interval are missing.
 */
export class Search {
  /** Segments per second to hold. Infinite if no limit is known. */
  #rate = Number.POSITIVE_INFINITY;
  /** Limit that was possibly reached, not yet confirmed. */
  #suspected = { rate: 0, at: Number.POSITIVE_INFINITY };
  /** Counts of all intervals that held this rate. */
  #held: Counts = NO_COUNTS;
  #holdUntil = 0;
  #holdMs = FIRST_HOLD_MS;
  #step = FIRST_STEP;
  /** Lowest recent rate that was too high. */
  #ceiling = { rate: Number.POSITIVE_INFINITY, at: 0 };
  /** Share of segments that is throttled at any rate. */
  #independent = 0;
  #declined: Declined | undefined;

  get limited(): boolean {
    return Number.isFinite(this.#rate);
  }

  /** @returns the interval that measures the known rate. */
  hold(): Plan {
    return { purpose: this.limited ? 'hold' : 'unlimited', pace: this.#rate };
  }

  /** @returns the interval until the responses of the last interval have arrived. */
  wait(): Plan {
    return { purpose: this.limited ? 'settle' : 'unlimited', pace: this.#rate };
  }

  /** Whether an interval may end, because it has lasted long enough and has enough segments to be judged. */
  isEnough({ purpose, pace, startedAt, pausedMs, sent, accepted, throttled }: Interval, now: number): boolean {
    const ms = now - startedAt;
    if (purpose === 'settle') return ms >= SETTLE_MS;
    if (purpose === 'probe' && pausedMs >= HOPELESS_PAUSE_MS) return true;
    if (ms < INTERVAL_MS || accepted === 0) return false;
    if (purpose === 'unlimited') return true;
    if (sent >= (purpose === 'probe' ? segmentsFor(pace / this.#rate - 1) : HOLD_SEGMENTS)) return true;
    if (purpose === 'probe' && this.#isMoreThanChance(throttled, sent)) return true;
    return ms >= LONGEST_INTERVAL_MS && sent >= FEWEST;
  }

  /** Judges a complete interval. @returns the interval to begin. Undefined if the current one continues. */
  judge({ purpose, pace, counts }: Interval, now: number): Plan | undefined {
    if (purpose === 'unlimited') return this.#judgeUnlimited(figuresOf(counts, pace), counts.pausedMs, now);
    if (counts.accepted + counts.throttled === 0) return this.hold();
    return purpose === 'hold' ? this.#judgeHold(counts, now) : this.#judgeProbe(figuresOf(counts, pace), pace, now);
  }

  /** Raises a limit that may be gone. @param ms time without reaching the limit. @returns the interval to begin. */
  relax(ms: number): Plan {
    this.#rate *= 2 ** (ms / DOUBLING_MS);
    if (this.#rate > UNLIMITED) this.#rate = Number.POSITIVE_INFINITY;
    this.#held = NO_COUNTS;
    return this.hold();
  }

  /** Confirms a possible limit after another throttled submit. @returns the interval to begin, or undefined. */
  confirm(sentAt: number): Plan | undefined {
    const { rate, at } = this.#suspected;
    if (this.limited || sentAt < at || sentAt > at + CONFIRMED_WITHIN_MS) return undefined;
    this.#rate = rate;
    return this.#settle();
  }

  #judgeUnlimited({ answers, loss, accepted }: Figures, pausedMs: number, now: number): Plan | undefined {
    if (this.limited || loss <= TOLERATED || answers < ENOUGH_ANSWERS) return undefined;
    const rate = Math.max(SLOWEST, MARGIN * accepted);
    if (pausedMs >= LONG_PAUSE_MS) {
      this.#suspected = { rate, at: now };
      return undefined;
    }
    this.#rate = rate;
    return this.#settle();
  }

  #judgeHold(counts: Counts, now: number): Plan {
    this.#held = sumOf(this.#held, counts);
    const figures = figuresOf(this.#held, this.#rate);
    const { answers, throttled, share, loss, limitedElsewhere } = figures;
    const clean = loss <= this.#independent + TOLERATED;
    if (!clean && this.#isMoreThanChance(throttled, answers)) return this.#decline(figures, now);
    const due = now >= this.#holdUntil;
    if (clean && (due || answers >= ENOUGH_ANSWERS)) this.#declined = undefined;
    if (share < this.#independent) this.#independent = (this.#independent + share) / 2;
    if (limitedElsewhere) return this.relax(counts.ms);
    return due && clean ? this.#probe(now) : this.hold();
  }

  /** Lowers the rate. If the last decline did not end the throttling, there is no limit, and that decline is undone. */
  #decline(figures: Figures, now: number): Plan {
    const before = this.#declined;
    const rate = this.#rate;
    if (before && isIndependent(before, { ...figures, rate })) {
      this.#independent = figures.share;
      this.#rate = before.rate;
      this.#declined = undefined;
      return this.#probe(now);
    }
    this.#declined = { ...figures, rate };
    this.#holdUntil = 0;
    const accepted = MARGIN * figures.accepted;
    const least = Math.max(SLOWEST, rate * DEEPEST_FALL);
    // Too few accepted segments do not measure the limit, which may be anywhere between both rates.
    if (accepted < least) this.#ceiling = { rate, at: now };
    this.#step = accepted < least ? LARGEST_STEP : Math.min(this.#step, FIRST_STEP);
    this.#rate = Math.max(least, accepted);
    return this.#settle();
  }

  #judgeProbe({ offered, accepted, limitedElsewhere }: Figures, pace: number, now: number): Plan {
    if (limitedElsewhere && offered < this.#rate * (1 + TOLERATED)) {
      this.#holdUntil = now + FIRST_HOLD_MS;
      return this.hold();
    }
    const held = figuresOf(this.#held, this.#rate);
    const share = held.answers >= HOLD_SEGMENTS ? held.share : this.#independent;
    const gain = (accepted - this.#rate * (1 - share)) / (offered - this.#rate);
    if (gain >= WORTH) return this.#raise(pace, now);
    if (gain < FUTILE) this.#independent = 0;
    // A rate without throttling is right, regardless of the effect of the probe on the limit of the carrier.
    const least = share < 0.01 ? this.#rate : this.#rate * (1 - SMALLEST_STEP);
    return this.#returnTo(Math.max(SLOWEST, least, MARGIN * accepted), pace, now);
  }

  #raise(pace: number, now: number): Plan {
    const ceiling = this.#ceilingAt(now);
    const passed = pace >= ceiling;
    const wider = Math.min(LARGEST_STEP, Math.max(2 * this.#step, passed ? JUMP : 0));
    this.#step = passed || pace * (1 + wider) < ceiling ? wider : Math.max(SMALLEST_STEP, this.#step / 2);
    if (passed) this.#ceiling.rate = Number.POSITIVE_INFINITY;
    this.#rate = pace;
    this.#held = NO_COUNTS;
    this.#holdMs = FIRST_HOLD_MS;
    return this.#probe(now);
  }

  /** @param pace pace of the unsuccessful probe. */
  #returnTo(rate: number, pace: number, now: number): Plan {
    const coarse = Math.min(this.#step, pace / rate - 1) > COARSE_STEP;
    const [ms, answers] = coarse ? [SHORT_HOLD_MS, SHORT_HOLD_ANSWERS] : [this.#holdMs, LONG_HOLD_ANSWERS];
    this.#rate = rate;
    this.#ceiling = { rate: pace, at: now };
    this.#step = Math.max(SMALLEST_STEP, this.#step / 2);
    this.#holdUntil = now + Math.max(ms, (1_000 * answers) / rate);
    if (!coarse) this.#holdMs = Math.min(LONGEST_HOLD_MS, HOLD_GROWTH * this.#holdMs);
    // Lowers the rate by the amount by which the probe had raised it.
    return this.#settle(Math.max(rate / 2, 2 * rate - pace));
  }

  #settle(pace = this.#rate): Plan {
    this.#held = NO_COUNTS;
    return { purpose: 'settle', pace };
  }

  /** Begins a probe, at most halfway to a recent rate that was too high. */
  #probe(now: number): Plan {
    const step = this.#independent > NOISY ? Math.max(this.#step, NOISY_STEP) : this.#step;
    const room = this.#ceilingAt(now) / this.#rate - 1;
    const bounded = room > 2 * SMALLEST_STEP && room < step ? room / 2 : step;
    return { purpose: 'probe', pace: this.#rate * (1 + bounded) };
  }

  #ceilingAt(now: number): number {
    return now - this.#ceiling.at < CEILING_MS ? this.#ceiling.rate : Number.POSITIVE_INFINITY;
  }

  #isMoreThanChance(throttled: number, answers: number): boolean {
    const expected = this.#independent * answers;
    return throttled > expected + SIGNIFICANT * Math.sqrt(expected + 1);
  }
}

/** Segments of a probe, enough for three throttled ones if the carrier accepts none of the additional segments. */
function segmentsFor(step: number): number {
  return Math.min(MOST_PROBE_SEGMENTS, (3 * (1 + step)) / step);
}

/** Whether the throttled share stayed and the accepted segments fell along with the rate, within chance. */
function isIndependent(before: Declined, after: Declined): boolean {
  // Segments that are throttled one after the other, until the link pauses, indicate a limit.
  if (before.loss > before.share + TOLERATED || after.share >= MOST_INDEPENDENT) return false;
  const answers = before.answers + after.answers;
  const share = (before.throttled + after.throttled) / answers;
  const deviation = Math.sqrt(share * (1 / before.answers + 1 / after.answers));
  if (Math.abs(before.share - after.share) > SIGNIFICANT * deviation) return false;
  const fell = Math.log(before.accepted / after.accepted);
  return fell + SIGNIFICANT * deviation >= PROPORTIONAL * Math.log(before.rate / after.rate);
}
