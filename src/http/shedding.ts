import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { type ApiError, rateLimited } from '../errors.ts';

/** Accepted work may be so late, in seconds, before a busy process takes no more of it. */
const LATE_SECONDS = 5;
/** It takes new work again when what it has is less late than this. */
const RECOVERED_SECONDS = 2;
/** Of the time that a process has; beyond that it is the processor that is short, not a carrier that is slow. */
const BUSY = 0.9;
const LOOK_MS = 500;
/** A refusal costs next to nothing if whoever is refused has to wait for it. */
const PAUSE_MS = 250;
const PAUSING_AT_MOST = 2_000;

export interface Shedding {
  /** Calls `done` at once, or with a refusal (RATE_LIMITED) while the process is overloaded. */
  check(done: (refusal?: ApiError) => void): void;
  stop(): void;
}

/**
 * Overload protection: when this process is busy all the time and what it has accepted is carried out late all the same,
 * new work is refused until that is better.
 * @param lateSeconds how late accepted work is, for want of this process's time. A queue that is long because a carrier is
 *   slow is no overload.
 */
export function createShedding(lateSeconds: () => number): Shedding {
  let overloaded = false;
  let pausing = 0;
  let before: EventLoopUtilization = performance.eventLoopUtilization();

  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    const late = lateSeconds();
    overloaded = overloaded ? late > RECOVERED_SECONDS : late > LATE_SECONDS && utilization > BUSY;
  }, LOOK_MS);
  timer.unref();

  return {
    check(done) {
      if (!overloaded) {
        done();
        return;
      }
      const refusal = rateLimited('The system is overloaded; repeat the request later, unchanged', 2);
      if (pausing >= PAUSING_AT_MOST) {
        done(refusal);
        return;
      }
      pausing += 1;
      setTimeout(() => {
        pausing -= 1;
        done(refusal);
      }, PAUSE_MS);
    },
    stop: () => clearInterval(timer),
  };
}
