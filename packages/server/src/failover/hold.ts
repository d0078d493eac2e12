import { evictAll, livingCount } from '#cluster/eviction.ts';
import type { Db, Queryable } from '#db/db.ts';
import { run } from '#db/statement.ts';
import { skipLostPositions } from '#events/stream-position.ts';
import { ConfigError } from '#platform/config-error.ts';
import type { Log } from '#platform/log.ts';
import { Loop } from '#platform/loop.ts';
import { countDoubted, doubtAll } from '#queue/doubt.ts';
import type { Suspension } from '#queue/suspension.ts';
import { ADD_RESTORE, BEGIN_HOLD, CLOSE_ALL, HOLD, type Hold, INVALIDATE, RELEASE } from './sql.ts';

const TOPIC = 'holds';
const EVERY_MS = 1_000;

/** Undefined: messages are submitted. */
export async function holdOf(db: Queryable): Promise<Hold | undefined> {
  const [hold] = await run(db, HOLD);
  return hold;
}

/**
 * Prepares a restored store for its next start. Outbound jobs that were due may have been carried out after the state that was
 * restored, and become interrupted. All others wait for `release`.
 * @param now time of the clock of the store.
 * @param isNew whether the store was restored just now, so that its recent heartbeats are those of another store.
 * @throws ConfigError while a process uses the store.
 */
export function beginHold(db: Db, now: Date, isNew: boolean): Promise<Hold> {
  return db.transaction(async (tx) => {
    const living = isNew ? 0 : await livingCount(tx, now);
    if (living > 0) {
      throw new ConfigError(
        `${living} processes use the store. Stop all processes, wait six seconds, and repeat the command.`,
      );
    }
    await evictAll(tx);
    await run(tx, INVALIDATE);
    await run(tx, CLOSE_ALL);
    await run(tx, ADD_RESTORE);
    await skipLostPositions(tx);
    await doubtAll(tx, now, now);
    const [hold] = await run(tx, BEGIN_HOLD, now, await countDoubted(tx));
    return hold as Hold;
  }, 'endless');
}

/** Ends the hold, in all processes within a second. @returns the hold, or undefined without one. */
export async function release(db: Db): Promise<Hold | undefined> {
  const [ended] = await run(db, RELEASE);
  db.wake(TOPIC);
  return ended;
}

/** Follows the hold of the store. */
export class HoldWatch {
  readonly #db: Db;
  readonly #log: Log;
  readonly #suspension: Suspension;
  readonly #loop: Loop;

  constructor(db: Db, log: Log, suspension: Suspension) {
    this.#db = db;
    this.#log = log;
    this.#suspension = suspension;
    const onError = ({ message }: Error) => log.warn({ event: 'hold_not_read', reason: message });
    this.#loop = new Loop({ everyMs: EVERY_MS, run: () => this.look(), onError });
  }

  /** Reads the hold. Call it before work begins, and before work continues on another history of the store. */
  async look(on: Queryable = this.#db): Promise<void> {
    const hold = await holdOf(on);
    if ((hold !== undefined) === this.#suspension.isHeld) return;
    this.#suspension.hold(hold !== undefined);
    if (hold) this.#log.warn({ event: 'sending_held', since: hold.begunAt, doubted: hold.doubted });
    else this.#log.warn({ event: 'sending_released' });
  }

  start(): void {
    this.#db.onWake(TOPIC, () => this.#loop.wake());
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}
