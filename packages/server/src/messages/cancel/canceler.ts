import { setTimeout as delay } from 'node:timers/promises';
import { batched } from '#db/batching/batch.ts';
import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import { dropOutbound, lockUnheld, outboundAmong } from '#queue/scheduled.ts';
import type { Suspension } from '#queue/suspension.ts';
import { countFinished, type MessageMetrics } from '../lifecycle/metrics.ts';
import type { Transitions } from '../lifecycle/transition.ts';
import { CANCELED } from './error.ts';
import { CANCELS_TOPIC } from './requests.ts';
import { END_REQUEST, OF_BULK_SEND, PAGE, REQUEST, STATES, WITH_REFERENCE } from './sql.ts';

/** Time in milliseconds for which a cancel waits for the process that holds the message. */
const WAIT_MS = 2_000;
const LOOK_EVERY_MS = 25;
/** Age of requests, in milliseconds, after which nothing waits for them any more. */
const OLD_MS = 60_000;

export interface CancelerParts {
  db: Db;
  clock: Clock;
  suspension: Suspension;
  transitions: Transitions;
  metrics: MessageMetrics;
}

/** Result of a cancel. `tooLate`: the message was or may have been submitted, or has ended. */
export type CancelResult = 'canceled' | 'tooLate' | 'unknown';

/** Numbers of messages. `canceled` includes messages that were canceled before. */
export interface CancelCounts {
  canceled: number;
  tooLate: number;
}

/** Cancels messages that provably were not submitted. A canceled message is never submitted. */
export class Canceler {
  readonly #parts: CancelerParts;
  /** Cancels a message that no process holds. @returns whether the message is canceled now. */
  readonly #cancel: (messageId: string) => Promise<boolean>;

  constructor(parts: CancelerParts) {
    this.#parts = parts;
    this.#cancel = batched<string, boolean>({ maxWeight: PAGE, run: (ids) => this.#cancelAll(ids) });
  }

  /** Cancels a message of an API client. Waits up to two seconds for a process that holds the message. */
  async one(apiClientId: string, messageId: string): Promise<CancelResult> {
    const [state] = await run(this.#parts.db, STATES, [messageId], apiClientId);
    if (state?.direction !== 'OUTBOUND') return state ? 'tooLate' : 'unknown';
    const results = await this.#several(apiClientId, [messageId]);
    return results.has(messageId) ? 'canceled' : 'tooLate';
  }

  /** Cancels all messages of an API client with a reference. `canceled` includes messages that were canceled before. */
  withReference(apiClientId: string, reference: string): Promise<CancelCounts> {
    return this.#all(apiClientId, (after) => run(this.#parts.db, WITH_REFERENCE, apiClientId, reference, after));
  }

  /** Cancels all messages of a bulk send of an API client, as `withReference` does. */
  ofBulkSend(apiClientId: string, bulkSendId: string): Promise<CancelCounts> {
    return this.#all(apiClientId, (after) => run(this.#parts.db, OF_BULK_SEND, apiClientId, bulkSendId, after));
  }

  /** @param page reads the next messages after an id. */
  async #all(apiClientId: string, page: (after: string) => Promise<{ id: string }[]>): Promise<CancelCounts> {
    const counts = { canceled: 0, tooLate: 0 };
    for (let after = ''; ; ) {
      const ids = (await page(after)).map(({ id }) => id);
      const canceled = await this.#several(apiClientId, ids);
      counts.canceled += canceled.size;
      counts.tooLate += ids.length - canceled.size;
      after = ids.at(-1) ?? '';
      if (ids.length < PAGE) return counts;
    }
  }

  /** @returns the messages that are canceled now. */
  async #several(apiClientId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const canceled = new Set(await this.#try(ids));
    const left = ids.filter((id) => !canceled.has(id));
    if (left.length > 0) await this.#wait(left);
    return this.#canceledAmong(apiClientId, ids);
  }

  async #try(ids: readonly string[]): Promise<string[]> {
    const results = await Promise.all(ids.map((id) => this.#cancel(id)));
    return ids.filter((_, n) => results[n]);
  }

  /**
   * Asks the processes that hold the messages to give them up, and cancels those that return to the queue. Also messages that were
   * moved to the queue during the first attempt.
   */
  async #wait(ids: readonly string[]): Promise<void> {
    const { db, clock } = this.#parts;
    let open = await this.#openAmong(ids);
    if (open.length === 0) return;
    const asked = open;
    await run(db, REQUEST, asked, new Date(clock.now()));
    db.wake(CANCELS_TOPIC);
    const until = performance.now() + WAIT_MS;
    while (open.length > 0 && performance.now() < until) {
      await delay(LOOK_EVERY_MS);
      await this.#try(open);
      open = await this.#openAmong(open);
    }
    await run(db, END_REQUEST, asked, new Date(clock.now() - OLD_MS));
    db.wake(CANCELS_TOPIC);
  }

  /** Messages whose outbound job has not ended. */
  async #openAmong(ids: readonly string[]): Promise<string[]> {
    const open = await outboundAmong(this.#parts.db, ids);
    return ids.filter((id) => open.has(id));
  }

  async #canceledAmong(apiClientId: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const states = await run(this.#parts.db, STATES, ids, apiClientId);
    return new Set(states.filter(({ code }) => code === CANCELED.code).map(({ id }) => id));
  }

  async #cancelAll(ids: readonly string[]): Promise<boolean[]> {
    const { transitions, clock, metrics, suspension } = this.#parts;
    const distinct = [...new Set(ids)];
    const steps = await transitions.transact(async (tx, advance) => {
      // Locked first, in the order of workers that record results.
      const unheld = [...(await lockUnheld(tx, distinct, suspension)).keys()];
      const failures = unheld.map((messageId) => ({ messageId, error: CANCELED, onlyFrom: ['QUEUED'] as const }));
      const done = await advance(new Date(clock.now()), [], failures);
      await dropOutbound(
        tx,
        done.map(({ messageId }) => messageId),
      );
      return done;
    });
    for (const step of steps) countFinished(metrics, step);
    const canceled = new Set(steps.map(({ messageId }) => messageId));
    return ids.map((id) => canceled.has(id));
  }
}
