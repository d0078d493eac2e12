import type { Queryable } from '../db/db.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import { firstIdAt, type Join, PARKED_MS } from './join.ts';
import type { Spellings } from './match.ts';
import { type Parked, parkedWithCandidate, parkedWithin, type Window } from './parked.ts';
import { PAGE } from './sql.ts';

const SWEEP_MS = 10_000;
/** Age up to which a parked receipt is checked by every sweep. Older ones are checked by every sixtieth sweep. */
const FRESH_MS = 600_000;
const ALL_EVERY = 60;
/** Time by which the submit response is recorded, so that another spelling cannot match a wrong segment. */
const RESPONSE_MS = 15_000;
/** Time after `RESPONSE_MS` in which the frequent sweeps try other spellings. */
const SPELLINGS_MS = 60_000;

/**
 * Periodic match of parked receipts. One sweep runs at a time, because a sweep may take long when many receipts are
 * parked.
 */
export class ParkedSweep {
  readonly #join: Join;
  readonly #clock: Clock;
  readonly #loop: Loop;
  /** Sweeps that have begun. */
  #sweeps = 0;

  constructor(join: Join, { clock, log }: { clock: Clock; log: Log }) {
    this.#join = join;
    this.#clock = clock;
    this.#loop = new Loop({
      everyMs: SWEEP_MS,
      run: () => this.#sweep(),
      onError: ({ message }) => log.warn({ event: 'receipts_sweep_failed', reason: message }),
    });
  }

  /** Starts the sweeps. The first one runs at once. */
  start(): void {
    this.#loop.start();
    void this.#loop.now();
  }

  /** Sweeps now. @returns the sweep that is under way already, if there is one. Never rejects. */
  now(): Promise<void> {
    return this.#loop.now();
  }

  /** Resolves when no sweep is under way. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #sweep(): Promise<void> {
    const isComplete = this.#sweeps % ALL_EVERY === 0;
    this.#sweeps += 1;
    const now = this.#clock.now();
    const since = (ms: number) => new Date(now - ms);
    const firstId = firstIdAt(new Date(now));
    const fresh = { since: since(isComplete ? PARKED_MS : FRESH_MS), until: new Date(now) };
    await this.#joinPages(fresh, 'exact', (tx, window) => parkedWithCandidate(tx, window, firstId));
    const answered = { since: since(isComplete ? PARKED_MS : RESPONSE_MS + SPELLINGS_MS), until: since(RESPONSE_MS) };
    await this.#joinPages(answered, 'all', parkedWithin);
  }

  async #joinPages(
    window: Omit<Window, 'after'>,
    spellings: Spellings,
    read: (tx: Queryable, window: Window) => Promise<Parked[]>,
  ): Promise<void> {
    for (let after: Window['after'], full = true; full; ) {
      const page = await this.#join((tx) => read(tx, { ...window, after }), spellings);
      after = page.at(-1);
      full = page.length === PAGE;
    }
  }
}
