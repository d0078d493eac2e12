import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, min: MINUTE_MS, h: 3_600_000 };
const MOST_PER_MINUTE = 60_000;

/** Parses a rate such as `600/min`, `10/s` or `1000/h`. @returns rows per minute */
export function readRate(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,9})\/(s|min|h)$/.exec(text) ?? [];
  const perMinute = (Number(amount) * MINUTE_MS) / (UNIT_MS[unit] ?? 0);
  if (perMinute > 0 && perMinute <= MOST_PER_MINUTE) return perMinute;
  throw new InvalidArgumentError('Use a rate such as 600/min, 10/s or 1000/h, up to 60000/min.');
}

/** Time between two rows in milliseconds. 0 without a rate. */
export const intervalMs = (perMinute: number | undefined): number =>
  perMinute === undefined ? 0 : MINUTE_MS / perMinute;

/** Steady pace. Rows that were delayed, by a pause or a slow response, are not made up for in a burst. */
export class Pace {
  readonly #intervalMs: number;
  readonly #now: () => number;
  #next = 0;

  constructor(perMinute: number | undefined, now: () => number) {
    this.#intervalMs = intervalMs(perMinute);
    this.#now = now;
  }

  /** Waits for the time of the next row. @returns whether it came before the signal */
  async next(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#intervalMs === 0) return true;
    const now = this.#now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#intervalMs;
    await delay(at - now, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}
