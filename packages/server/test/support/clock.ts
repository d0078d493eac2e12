import type { Clock } from '#platform/clock.ts';

/** Real time with a manual offset. A job that is due in an hour is due after `advance(3_600_000)`. */
export class TestClock implements Clock {
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  advance(ms: number): void {
    this.#ahead += ms;
  }
}
