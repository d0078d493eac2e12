/** Row as the driver returns it: timestamps as Date, JSON parsed, numbers as number (cast int8 in SQL). */
export type Row = Record<string, unknown>;

export interface Queryable {
  /**
   * Runs one statement with `$1` parameters. Without `params`, the text may contain several statements.
   * @throws DatabaseUnavailable when the store is unavailable, and the error of the driver otherwise.
   */
  query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

/** Interface of the store for all modules, embedded or server, with one SQL dialect (PostgreSQL 15+). */
export interface Db extends Queryable {
  readonly kind: 'embedded' | 'server';

  /** @param priority `urgent` runs before statements that wait for the embedded store's connection, up to four in a row. */
  query<R extends object = Row>(sql: string, params?: readonly unknown[], priority?: 'urgent'): Promise<R[]>;

  /**
   * Commits when `work` resolves, and rolls back when it rejects. The isolation level is READ COMMITTED. `work` must
   * query `tx` only. On the embedded store's single connection, a query of the store itself would deadlock with the
   * transaction.
   * @param patience `endless` removes the time limit of each statement.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, patience?: 'endless'): Promise<T>;

  /**
   * Notifies every process that work waits under `topic`. Call it after the commit. The notification is only a hint and
   * can be lost, so a poll must always back it up.
   */
  wake(topic: string): void;

  /** @returns function that removes the listener. */
  onWake(topic: string, listener: () => void): () => void;

  close(): Promise<void>;
}

/** History of a PostgreSQL server. Each promotion and each restore to an earlier state begins a new timeline. */
export interface Timeline {
  /** Identifier of the database cluster, equal on a primary and its standbys. */
  system: string;
  timeline: number;
}

/**
 * Adapts the store to a timeline. Data of another timeline may be missing.
 * @param on connection to the server. Others wait until the admission is complete.
 * @returns whether the store has changed its timeline since the last connection.
 */
export type Admit = (timeline: Timeline, on: Queryable) => Promise<boolean>;

/** Store in the form in which it is opened. */
export interface Store extends Db {
  /**
   * Runs `admit` for the timeline of the server now, and before the first statement of each further connection. An embedded store has
   * no timelines.
   */
  onTimeline(admit: Admit): Promise<void>;

  /**
   * Resolves when the store responds and accepts writes. After a write failed for lack of space, another one has to
   * succeed.
   * @throws DatabaseUnavailable
   */
  ready(): Promise<void>;
}

/** The store is unavailable now. A statement under way may or may not have been executed. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** Rows as one `json` parameter for `json_to_recordset`, so that one statement executes a batch of any size. */
export function asJson(rows: readonly object[]): string {
  return JSON.stringify(rows);
}

/** Value of JSON in which `storable` was applied to each text and each name of a field. */
export function storableValue<T>(value: T): T {
  if (typeof value === 'string') return storable(value) as T;
  if (Array.isArray(value)) return value.map(storableValue) as T;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [storable(name), storableValue(one)])) as T;
}

/** Text that PostgreSQL accepts. U+FFFD replaces U+0000 and unpaired surrogates. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
