import { VALIDITY_MS } from '../messages/request/schedule.ts';
import type { Clock } from '../platform/clock.ts';
import { idFrom } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { Claimed, Load } from '../queue/claim.ts';
import type { OutboundQueue } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';

const EVERY_MS = 30_000;
const BATCH = 200;

export interface ExpiryOptions<Loaded> {
  queue: Queue;
  name: OutboundQueue;
  /** Name of the carrier of the queue. */
  carrier: string;
  clock: Clock;
  log: Log;
  load: Load<Loaded>;
  /** Settles when the jobs are recorded. */
  handle(claimed: Claimed<Loaded>[]): Promise<void>;
  everyMs?: number;
}

/**
 * Ends the jobs that need no submit, while no carrier takes any: messages past their validity fail, and interrupted ones become
 * unknown. In this state no job is claimed, and the clients would not be notified before the link is up again.
 */
export class Expiry<Loaded> {
  readonly #options: ExpiryOptions<Loaded>;
  readonly #loop: Loop;
  #stopped = false;

  constructor(options: ExpiryOptions<Loaded>) {
    this.#options = options;
    const { everyMs = EVERY_MS, log } = options;
    const onError = ({ message }: Error) => log.warn({ event: 'expiry_failed', reason: message });
    this.#loop = new Loop({ everyMs, run: () => this.#endOld(), onError });
  }

  start(): void {
    this.#loop.start();
    if (this.#options.queue.isHeld) void this.#loop.now();
  }

  /** Resolves when no run is in progress. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop.stop();
  }

  async #endOld(): Promise<void> {
    const { queue, name, carrier, clock, load, handle } = this.#options;
    for (let count = BATCH; count === BATCH && !this.#stopped; ) {
      const beforeId = idFrom('msg', clock.now() - VALIDITY_MS);
      const claimed = await queue.claimOld(name, load, { beforeId, limit: BATCH, carrier });
      count = claimed.length;
      await handle(claimed).catch(async (error) => {
        // The progress of the batch is unknown.
        await queue.interrupt(
          claimed.map(({ job }) => job),
          EVERY_MS,
        );
        throw error;
      });
      queue.settled(claimed);
    }
  }
}
