import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { HOLD_LINK, OPEN_LINKS, RELEASE_LINK } from './sql.ts';

/** Topic that wakes processes when a link was released. */
export const LINKS_TOPIC = 'binds';

/**
 * Leases of the links to one carrier, which allows a limited number of processes. A lease lasts as long as the heartbeat
 * of its process.
 */
export class LinkLeases {
  readonly #db: Db;
  readonly #carrier: string;
  readonly #links: number;
  readonly #holderId: string;

  /** @param links number of processes that the carrier allows at once. */
  constructor(db: Db, carrier: string, links: number, holderId: string) {
    this.#db = db;
    this.#carrier = carrier;
    this.#links = links;
    this.#holderId = holderId;
  }

  /** Call once, before `hold`. */
  async open(): Promise<void> {
    await run(this.#db, OPEN_LINKS, this.#carrier, this.#links);
  }

  /** @returns number of the link that this process now has. Undefined while other processes have all links. */
  async hold(): Promise<number | undefined> {
    const [held] = await run(this.#db, HOLD_LINK, this.#carrier, this.#links, this.#holderId);
    return held?.link;
  }

  /** Releases the link, so that another process takes it at once. */
  async release(): Promise<void> {
    const released = await run(this.#db, RELEASE_LINK, this.#carrier, this.#holderId);
    if (released.length > 0) this.#db.wake(LINKS_TOPIC);
  }
}
