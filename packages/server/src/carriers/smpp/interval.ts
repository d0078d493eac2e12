/** Segments that were sent within a period, and their responses. */
export interface Counts {
  ms: number;
  /** Share of `ms` in which the link paused, in milliseconds. */
  pausedMs: number;
  sent: number;
  accepted: number;
  throttled: number;
}

/** Figures of an interval. Shares are from 0 to 1, and rates in segments per second. */
export interface Figures {
  answers: number;
  throttled: number;
  /** Throttled share of the responses. */
  share: number;
  /** Share of the offered segments that was throttled, or not sent because of a pause. */
  loss: number;
  offered: number;
  accepted: number;
  /** Whether something other than the pace limited the link, such as its window or too few messages. */
  limitedElsewhere: boolean;
}

/** Share of its pace below which a link is limited by something else. */
const BUSY = 0.85;

export const NO_COUNTS: Counts = { ms: 0, pausedMs: 0, sent: 0, accepted: 0, throttled: 0 };

export function sumOf(one: Counts, other: Counts): Counts {
  return {
    ms: one.ms + other.ms,
    pausedMs: one.pausedMs + other.pausedMs,
    sent: one.sent + other.sent,
    accepted: one.accepted + other.accepted,
    throttled: one.throttled + other.throttled,
  };
}

/** @param pace pace of the interval, in segments per second. Infinite for no limit. */
export function figuresOf({ ms, pausedMs, sent, accepted, throttled }: Counts, pace: number): Figures {
  const answers = accepted + throttled;
  const share = answers === 0 ? 0 : throttled / answers;
  const seconds = Math.max(1, ms - pausedMs) / 1_000;
  const sending = Math.min(1, (1_000 * seconds) / Math.max(1, ms));
  const limitedElsewhere = !Number.isFinite(pace) || sent < BUSY * pace * seconds;
  const offered = limitedElsewhere ? sent / seconds : pace;
  const kept = (1 - share) * sending;
  return { answers, throttled, share, loss: 1 - kept, offered, accepted: offered * kept, limitedElsewhere };
}

/** Reason for the pace of an interval. See `Search`. */
export type Purpose = 'unlimited' | 'settle' | 'hold' | 'probe';

/** Period with one pace. Each response counts for the interval in which its submit was sent. */
export class Interval {
  readonly purpose: Purpose;
  /** Segments per second. */
  readonly pace: number;
  readonly startedAt: number;
  sent = 0;
  accepted = 0;
  throttled = 0;
  pausedMs: number;
  /** Whether the carrier had an outage, so that the interval does not measure its limit. */
  disturbed = false;
  #endedAt: number | undefined;

  /** @param pausedMs remaining time of a pause that began earlier, in milliseconds. */
  constructor(purpose: Purpose, pace: number, startedAt: number, pausedMs: number) {
    this.purpose = purpose;
    this.pace = pace;
    this.startedAt = startedAt;
    this.pausedMs = pausedMs;
  }

  end(at: number): void {
    this.#endedAt = at;
  }

  /** Whether the interval has ended and has all responses. */
  get complete(): boolean {
    return this.#endedAt !== undefined && this.accepted + this.throttled >= this.sent;
  }

  /** Counts of the interval, valid when `complete`. */
  get counts(): Counts {
    const { pausedMs, sent, accepted, throttled } = this;
    return { ms: (this.#endedAt ?? this.startedAt) - this.startedAt, pausedMs, sent, accepted, throttled };
  }
}
