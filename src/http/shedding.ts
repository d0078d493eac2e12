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

/** A number of a client: what takes turns with others. */
interface Sender {
  client: string;
  lane: string;
}

export interface Shedding {
  /**
   * While this sender's work is what the process can't keep up with, a refusal (RATE_LIMITED) of anything new, after a
   * while; else undefined at once.
   */
  check(sender: Sender): Promise<ApiError> | undefined;
  stop(): void;
}

export interface SheddingParts {
  /**
   * How late each sender's accepted work is, in seconds, for want of this process's time. A queue that is long because a
   * carrier is slow is no overload.
   */
  late(): readonly (Sender & { seconds: number })[];
  /** Which share of its time this process has been busy since the last call, from 0 to 1. */
  busy?(): number;
}

/**
 * Overload protection: while this process is busy all the time and carries out what it has accepted late all the same, it
 * takes no more of those whose work is late. Senders take turns, so whoever has no backlog is not late, and is served.
 */
export function createShedding({ late, busy = busyShare() }: SheddingParts): Shedding {
  let shed: ReadonlySet<string> = new Set();
  let pausing = 0;

  const timer = setInterval(() => {
    const isBusy = busy() > BUSY;
    const isShed = (sender: string, seconds: number) =>
      shed.has(sender) ? seconds > RECOVERED_SECONDS : isBusy && seconds > LATE_SECONDS;
    shed = new Set(
      late()
        .filter((one) => isShed(nameOf(one), one.seconds))
        .map(nameOf),
    );
  }, LOOK_MS);
  timer.unref();

  return {
    check(sender) {
      if (!shed.has(nameOf(sender))) return undefined;
      const refusal = rateLimited('The system is overloaded; repeat the request later, unchanged', 2);
      if (pausing >= PAUSING_AT_MOST) return Promise.resolve(refusal);
      pausing += 1;
      return new Promise((resolve) => {
        setTimeout(() => {
          pausing -= 1;
          resolve(refusal);
        }, PAUSE_MS);
      });
    },
    stop: () => clearInterval(timer),
  };
}

function nameOf({ client, lane }: Sender): string {
  return `${client}\n${lane}`;
}

function busyShare(): () => number {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
