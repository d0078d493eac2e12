import { batched } from '#db/batching/batch.ts';
import { asJson, type Db, type Queryable } from '#db/db.ts';
import { run, runUrgent } from '#db/statement.ts';
import type { Clock } from '#platform/clock.ts';
import { CONVERSATIONS, SET, SET_ONE } from './sql.ts';

/** The messages of a pool with one recipient. */
export interface ConversationKey {
  poolId: string;
  /** E.164. */
  recipient: string;
}

/** Number used last in a conversation. */
interface Conversation {
  numberId: string;
  usedAt: Date;
}

/** Change of the number of a conversation. */
export interface ConversationChange extends ConversationKey {
  numberId: string;
  /** Number that the conversation must have. Undefined: the conversation must not exist. */
  expected: string | undefined;
}

/** Selects the number of a recipient. @param sticky number used last. @returns undefined: no number can send. */
export type Select = (recipient: string, sticky: string | undefined) => string | undefined;

/** Exactness of the time of the last use, in milliseconds. A conversation costs at most one write in this time. */
const USE_MS = 86_400_000;
/** Maximum rows per statement. */
const MAX_ROWS = 1_000;
/** Attempts to agree on a number with concurrent requests. */
const MOST_ROUNDS = 5;

/** Number of each pool with each of its recipients. */
export class Conversations {
  readonly #parts: { db: Db; clock: Clock };
  readonly #read: (keys: readonly ConversationKey[]) => Promise<(Conversation | undefined)[]>;
  readonly #set: (changes: readonly ConversationChange[]) => Promise<boolean[]>;

  constructor(parts: { db: Db; clock: Clock }) {
    this.#parts = parts;
    const options = { maxWeight: MAX_ROWS, weigh: ({ length }: readonly unknown[]) => length };
    this.#read = batched<readonly ConversationKey[], (Conversation | undefined)[]>({
      ...options,
      run: (all) => shared(all, (keys) => this.#readAll(keys)),
    });
    this.#set = batched<readonly ConversationChange[], boolean[]>({
      ...options,
      run: (all) => shared(all, (changes) => this.#setAll(changes)),
    });
  }

  /**
   * Selects the number for each recipient, and stores new or changed ones. Concurrent requests to a recipient get the
   * same number. A conversation whose number stays costs no write, except once a day.
   * @returns ids of the numbers, in the order of the recipients.
   */
  async assign(poolId: string, recipients: readonly string[], select: Select): Promise<(string | undefined)[]> {
    const numbers: (string | undefined)[] = recipients.map(() => undefined);
    let open = recipients.map((recipient, nth) => ({ nth, recipient }));
    for (let round = 0; open.length > 0 && round < MOST_ROUNDS; round += 1) {
      const found = await this.#read(open.map(({ recipient }) => ({ poolId, recipient })));
      const changes: (ConversationChange & { nth: number })[] = [];
      for (const [i, { nth, recipient }] of open.entries()) {
        const current = found[i];
        const numberId = select(recipient, current?.numberId);
        numbers[nth] = numberId;
        if (numberId === undefined || this.#isCurrent(current, numberId)) continue;
        changes.push({ nth, poolId, recipient, numberId, expected: current?.numberId });
      }
      const isSet = changes.length > 0 ? await this.#set(changes) : [];
      // Another request has set the number since.
      open = changes.filter((_, i) => !isSet[i]);
    }
    return numbers;
  }

  /** Numbers used last, in the order of the keys. */
  async numbersOf(keys: readonly ConversationKey[]): Promise<(string | undefined)[]> {
    if (keys.length === 0) return [];
    return (await this.#readAll(keys)).map((found) => found?.numberId);
  }

  /** Changes numbers in a transaction. @returns whether each conversation still had the expected number. */
  async change(tx: Queryable, changes: readonly ConversationChange[]): Promise<boolean[]> {
    return changes.length === 0 ? [] : this.#setAll(changes, tx);
  }

  /** Makes a number that a handset has written to the number of the conversation. */
  async setNumber(on: Queryable, { poolId, recipient }: ConversationKey, numberId: string): Promise<void> {
    await run(on, SET_ONE, poolId, recipient, numberId, new Date(this.#parts.clock.now()));
  }

  #isCurrent(current: Conversation | undefined, numberId: string): boolean {
    return current?.numberId === numberId && this.#parts.clock.now() - current.usedAt.getTime() < USE_MS;
  }

  async #readAll(keys: readonly ConversationKey[]): Promise<(Conversation | undefined)[]> {
    const rows = keys.map(({ poolId: pool, recipient }, nth) => ({ nth, pool, recipient }));
    const found: (Conversation | undefined)[] = keys.map(() => undefined);
    for (const { nth, ...one } of await runUrgent(this.#parts.db, CONVERSATIONS, asJson(rows))) found[nth] = one;
    return found;
  }

  async #setAll(changes: readonly ConversationChange[], on: Queryable = this.#parts.db): Promise<boolean[]> {
    const rows = changes.map(({ poolId: pool, recipient, numberId: number, expected }, nth) => {
      return { nth, pool, recipient, number, ...(expected === undefined ? {} : { expected }) };
    });
    // A repeated key would be set twice by one statement. Its later rows count as outdated.
    const distinct = [...new Map(rows.toReversed().map((row) => [`${row.pool}\n${row.recipient}`, row])).values()];
    const ordered = distinct.toSorted((one, other) => {
      return compare(one.pool, other.pool) || compare(one.recipient, other.recipient);
    });
    const isSet = changes.map(() => false);
    const set = await run(on, SET, asJson(ordered), new Date(this.#parts.clock.now()));
    for (const { nth } of set) isSet[nth] = true;
    return isSet;
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Runs the items of several lists together. @returns the results of each list. */
async function shared<Item, Result>(
  lists: readonly (readonly Item[])[],
  runAll: (items: readonly Item[]) => Promise<Result[]>,
): Promise<Result[][]> {
  const results = await runAll(lists.flat());
  let at = 0;
  return lists.map(({ length }) => {
    at += length;
    return results.slice(at - length, at);
  });
}
