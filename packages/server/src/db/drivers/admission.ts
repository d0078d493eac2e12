import type { ClientBase } from 'pg';
import type { Admit, Queryable, Timeline } from '../db.ts';
import { roleOf } from './role.ts';

/** SQLSTATE read_only_sql_transaction. */
const READ_ONLY = '25006';

/** A connection leads to a server that must not be used. */
class WrongServer extends Error {
  readonly code = READ_ONLY;
}

/**
 * Checks the server of each new connection before its first statement: it is no standby and no former primary, and its timeline is
 * admitted.
 */
export class Admission {
  readonly #asQueryable: (client: ClientBase) => Queryable;
  #admit: Admit | undefined;
  /** Timeline of the latest connection. */
  #latest: Timeline | undefined;
  #changes = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(asQueryable: (client: ClientBase) => Queryable) {
    this.#asQueryable = asQueryable;
  }

  /** Number of changes of the timeline. A statement that was issued before a change must not run after it. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * Runs `admit` for the timeline of the server, and then before the use of each further connection.
   * @param client checked connection
   */
  async begin(admit: Admit, client: ClientBase): Promise<void> {
    this.#admit = admit;
    await this.check(client);
  }

  /** @throws an error with the code 25006, or the error of the admission. */
  async check(client: ClientBase): Promise<void> {
    const { isStandby, system, timeline } = await roleOf(client);
    if (isStandby) throw new WrongServer('the server is a standby, which is read-only');
    // Two connections of one process must not admit the same timeline at once.
    const checked = this.#running.then(() => this.#pass({ system, timeline }, client));
    this.#running = checked.catch(() => undefined);
    return checked;
  }

  async #pass(timeline: Timeline, client: ClientBase): Promise<void> {
    const latest = this.#latest;
    if (latest?.system === timeline.system && timeline.timeline < latest.timeline) {
      throw new WrongServer(`the server is a former primary, with timeline ${timeline.timeline} < ${latest.timeline}`);
    }
    // Two servers can have promoted to the same number. Only the store knows to which one it belongs.
    if (await this.#admit?.(timeline, this.#asQueryable(client))) this.#changes += 1;
    this.#latest = timeline;
  }
}
