import type { Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { Loop } from '#platform/loop.ts';
import type { OutboundQueue } from '#queue/job.ts';
import { dueSoon, release, type Scheduled } from '#queue/scheduled.ts';
import type { Decision } from '#routing/choose.ts';
import { loadOutgoing, type Outgoing, setRoutes } from './messages.ts';

/** Interval in milliseconds. Short compared to the hour within which messages are moved ahead of their time. */
const EVERY_MS = 30_000;
/** Messages per transaction. */
const BATCH = 500;

export interface ReleaserParts {
  db: Db;
  clock: Clock;
  log: Log;
  /** Selects the carrier as of now. Undefined: none can carry the message, which then keeps its queue. */
  route(message: Outgoing): Promise<Decision | undefined>;
  queueOf(carrier: string): OutboundQueue;
  everyMs?: number;
}

/**
 * Moves scheduled messages that are due within an hour to the jobs that workers claim. Their carriers are selected again, because
 * routes may have changed since the accept.
 */
export class Releaser {
  readonly #parts: ReleaserParts;
  readonly #loop: Loop;

  constructor(parts: ReleaserParts) {
    this.#parts = parts;
    const onError = ({ message }: Error) => parts.log.warn({ event: 'release_failed', reason: message });
    this.#loop = new Loop({ everyMs: parts.everyMs ?? EVERY_MS, run: () => this.run(), onError });
  }

  /** The first run is due at once, because messages may have become due while no process ran. */
  start(): void {
    this.#loop.start();
    this.#loop.wake();
  }

  /** Looks for messages that are due within an hour now. */
  look(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async run(): Promise<void> {
    for (let count = BATCH; count === BATCH; ) count = await this.#releaseSome();
  }

  /** @returns number of messages that were due within an hour. */
  async #releaseSome(): Promise<number> {
    const { db, clock } = this.#parts;
    const due = await dueSoon(db, clock.now(), BATCH);
    if (due.length === 0) return 0;
    const { jobs, reasons } = await this.#routed(due);
    await db.transaction(async (tx) => {
      const moved = await release(tx, jobs, clock.now());
      await setRoutes(
        tx,
        reasons.filter(({ subject }) => moved.has(subject)),
      );
    });
    for (const queue of new Set(jobs.map((job) => job.queue))) db.wake(queue);
    return due.length;
  }

  /** Jobs in the queues of their current carriers, and the reasons of changed carriers. */
  async #routed(due: readonly Scheduled[]) {
    const { db, route, queueOf } = this.#parts;
    const messages = await loadOutgoing(db)(due);
    const jobs: Scheduled[] = [];
    const reasons: { subject: string; reason: string }[] = [];
    for (const [n, { subject, queue: former }] of due.entries()) {
      const message = messages[n];
      const decision = message && message.id !== null ? await route(message) : undefined;
      const queue = decision ? queueOf(decision.carrier) : former;
      jobs.push({ subject, queue });
      if (decision && queue !== former) reasons.push({ subject, reason: decision.reason });
    }
    return { jobs, reasons };
  }
}
