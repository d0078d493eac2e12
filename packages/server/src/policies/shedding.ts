import { type ApiError, rateLimited } from '#platform/errors.ts';

/** Interval of the estimates, in milliseconds. */
const LOOK_MS = 500;
/**
 * A rejected sender is accepted again when its delay is below this share of the limit. Otherwise the sender would
 * alternate at each estimate.
 */
const RECOVERED = 0.9;
/** Range of Retry-After, in seconds. */
const LEAST_RETRY_SECONDS = 2;
const LONGEST_RETRY_SECONDS = 3_600;
/** A rejection is sent after this many milliseconds, so that a client that repeats at once costs little. */
const PAUSE_MS = 250;
const PAUSING_AT_MOST = 2_000;

/** A number of a client. */
interface Sender {
  client: string;
  lane: string;
}

export interface Shedding {
  /**
   * @returns RATE_LIMITED after a pause, if the sender's messages would be delayed too long. Undefined at once
   *   otherwise.
   */
  check(sender: Sender): Promise<ApiError> | undefined;
  /**
   * Estimated delay of the sender's next message in seconds, as of the last estimate. Undefined without an estimate.
   */
  secondsOf(sender: Sender): number | undefined;
  /** Longest estimated delay of all senders in seconds, as of the last estimate. */
  longestSeconds(): number;
  stop(): void;
}

export interface SheddingParts {
  /** Seconds that a new message of each sender would wait for this process's own CPU and database. */
  delays(): readonly (Sender & { seconds: number })[];
  /** Longest accepted delay of a message, in seconds. */
  maxSeconds: number;
}

/**
 * Rejects sends of senders whose messages this process would submit later than `maxSeconds` (RC_MAX_DELAY_SECONDS).
 * Claims serve senders in turn, so a sender without a backlog is accepted during the burst of another one.
 */
export function createShedding({ delays, maxSeconds }: SheddingParts): Shedding {
  /** Seconds until the delay of a rejected sender is short enough again. */
  let refused: ReadonlyMap<string, number> = new Map();
  let estimated: ReadonlyMap<string, number> = new Map();
  let longest = 0;
  let pausing = 0;

  function look(): void {
    const recoveredSeconds = RECOVERED * maxSeconds;
    const next = new Map<string, number>();
    const all = new Map<string, number>();
    longest = 0;
    for (const { seconds, ...sender } of delays()) {
      const name = nameOf(sender);
      longest = Math.max(longest, seconds);
      all.set(name, seconds);
      const limit = refused.has(name) ? recoveredSeconds : maxSeconds;
      if (seconds > limit) next.set(name, seconds - recoveredSeconds);
    }
    refused = next;
    estimated = all;
  }

  const timer = setInterval(look, LOOK_MS);
  timer.unref();

  return {
    check(sender) {
      const seconds = refused.get(nameOf(sender));
      if (seconds === undefined) return undefined;
      const retryAfter = Math.min(LONGEST_RETRY_SECONDS, Math.max(LEAST_RETRY_SECONDS, Math.ceil(seconds)));
      const refusal = rateLimited(
        `New messages of this number would wait longer than ${maxSeconds} s. Repeat the unchanged request later.`,
        retryAfter,
      );
      if (pausing >= PAUSING_AT_MOST) return Promise.resolve(refusal);
      pausing += 1;
      return new Promise((resolve) => {
        setTimeout(() => {
          pausing -= 1;
          resolve(refusal);
        }, PAUSE_MS);
      });
    },
    secondsOf: (sender) => estimated.get(nameOf(sender)),
    longestSeconds: () => longest,
    stop: () => clearInterval(timer),
  };
}

function nameOf({ client, lane }: Sender): string {
  return `${client}\n${lane}`;
}
