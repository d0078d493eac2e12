import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Log } from '#platform/log.ts';
import { REQUESTED } from './sql.ts';

/** Topic that wakes all processes when a cancel waits for a message. */
export const CANCELS_TOPIC = 'cancels';

/** Messages that API clients have canceled while this process holds them. The process then does not submit them. */
export class CancelRequests {
  readonly #db: Db;
  readonly #log: Log;
  #ids: ReadonlySet<string> = new Set();
  #reads = 0;
  #unlisten: () => void = () => undefined;

  constructor(db: Db, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  start(): void {
    this.#unlisten = this.#db.onWake(CANCELS_TOPIC, () => void this.#read());
  }

  stop(): void {
    this.#unlisten();
  }

  has(messageId: string): boolean {
    return this.#ids.has(messageId);
  }

  async #read(): Promise<void> {
    this.#reads += 1;
    const read = this.#reads;
    try {
      const rows = await run(this.#db, REQUESTED);
      // A slower earlier read would bring back requests that have ended.
      if (read === this.#reads) this.#ids = new Set(rows.map(({ messageId }) => messageId));
    } catch (error) {
      // The message is then submitted, and the cancel gets 409.
      this.#log.warn({ event: 'cancels_not_read', reason: (error as Error).message });
    }
  }
}
