/** Segments that were sent within some time, and their answers. */
export interface Counts {
  ms: number;
  /** Part of `ms` in which the link paused. */
  pausedMs: number;
  sent: number;
  accepted: number;
  throttled: number;
}

/** Figures of an interval: shares from 0 to 1, rates in segments per second. */
export interface Figures {
  answers: number;
  throttled: number;
  /** Throttled part of the answers. */
  share: number;
  /** Part of the offered segments that was not accepted: throttled, or not sent because of a pause. */
  loss: number;
  offered: number;
  accepted: number;
  /** Something else than the pace held the link back: its window, or too few messages. */
  limitedElsewhere: boolean;
}

/** A link that sends less than this part of what its pace allows is held back by something else. */
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

/** @param pace allowed while the segments were sent, in segments per second; infinite: no limit. */
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

/** Reason for which an interval has its pace; see `Search`. */
export type Purpose = 'unlimited' | 'settle' | 'hold' | 'probe';

/** A time with one pace. Each answer counts for the interval in which its submit was sent. */
export class Interval {
  readonly purpose: Purpose;
  /** Segments per second. */
  readonly pace: number;
  readonly startedAt: number;
  sent = 0;
  accepted = 0;
  throttled = 0;
  pausedMs: number;
  /** The carrier was out of order. The interval says nothing about its limit. */
  disturbed = false;
  #endedAt: number | undefined;

  /** @param pausedMs remaining time of a pause that began before. */
  constructor(purpose: Purpose, pace: number, startedAt: number, pausedMs: number) {
    this.purpose = purpose;
    this.pace = pace;
    this.startedAt = startedAt;
    this.pausedMs = pausedMs;
  }

  end(at: number): void {
    this.#endedAt = at;
  }

  /** It has ended, and has all answers. */
  get complete(): boolean {
    return this.#endedAt !== undefined && this.accepted + this.throttled >= this.sent;
  }

  /** Valid when complete. */
  get counts(): Counts {
    const { pausedMs, sent, accepted, throttled } = this;
    return { ms: (this.#endedAt ?? this.startedAt) - this.startedAt, pausedMs, sent, accepted, throttled };
  }
}
