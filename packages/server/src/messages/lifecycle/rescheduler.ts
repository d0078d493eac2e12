import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { lockUnheld, reschedule } from '#queue/scheduled.ts';
import type { Suspension } from '#queue/suspension.ts';
import { earliestRelease, readTimes, type Times, timesOf } from '../request/schedule.ts';
import { type LoadedOutgoing, loadOutgoing, type Outgoing } from './messages.ts';
import { RESCHEDULE } from './sql.ts';

export interface ReschedulerParts {
  db: Db;
  clock: Clock;
  suspension: Suspension;
  /** First permitted time of a message from `from` and before `before`. Undefined: no time is permitted. */
  permitted(message: Outgoing): Promise<((to: string, from: number, before: number) => number | undefined) | undefined>;
}

/** Changes the times of messages that wait for their first submit. */
export class Rescheduler {
  readonly #parts: ReschedulerParts;

  constructor(parts: ReschedulerParts) {
    this.#parts = parts;
  }

  /**
   * @throws ApiError INVALID_REQUEST or NO_SENDING_WINDOW for the times, NOT_FOUND, or CONFLICT if the message does not wait for its
   *   first submit.
   */
  async reschedule(apiClientId: string, messageId: string, request: { sendAt: string; expiresAt?: string }) {
    const { db, clock, permitted, suspension } = this.#parts;
    const [message]: LoadedOutgoing[] = await loadOutgoing(db)([{ subject: messageId }]);
    if (!message || message.id === null || message.apiClientId !== apiClientId) throw notFound('No such message');
    const requested = readTimes(request);
    const earliest = earliestRelease(requested, clock.now());
    // Throws for the only recipient if no time is permitted.
    const [times] = timesOf([message.to], earliest, requested.expiresAt, { permitted: await permitted(message) });
    const { releaseAt, expiresAt: end } = times as Times;
    const [runAt, expiresAt] = [new Date(releaseAt), new Date(end)];
    const change = () =>
      db.transaction(async (tx) => {
        const isFirst = (await lockUnheld(tx, [messageId], suspension)).get(messageId);
        if (!isFirst) return undefined;
        const changed = await run(tx, RESCHEDULE, messageId, new Date(earliest), expiresAt);
        return changed.length > 0 ? reschedule(tx, messageId, { runAt, expiresAt }, clock.now()) : undefined;
      });
    // The first attempt finds no job if the job was moved to the queue meanwhile.
    const queue = (await change()) ?? (await change());
    if (queue === undefined) throw conflict('The message was or may have been submitted, or has ended');
    db.wake(queue);
  }
}
