/** A row as the driver gives it: timestamps as Date, json parsed, numbers as number (cast int8 in SQL). */
export type Row = Record<string, unknown>;

export interface Queryable {
  /**
   * Runs one statement with `$1` parameters. Without `params` the text may hold several statements.
   * @throws DatabaseUnavailable when the store is out of reach; the driver's error for anything else.
   */
  query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
}

/** The whole of what rooms may ask of a store, embedded or server: one SQL dialect (PostgreSQL 15+) behind it. */
export interface Db extends Queryable {
  readonly kind: 'embedded' | 'server';

  /** @param priority `urgent`: before the statements that wait for the embedded store's single connection. */
  query<R extends object = Row>(sql: string, params?: readonly unknown[], priority?: 'urgent'): Promise<R[]>;

  /**
   * Commits when `work` resolves, rolls back when it rejects. READ COMMITTED. `work` must ask `tx` only: on the embedded
   * store's one connection, a query of the store itself would wait for the transaction's end, which waits for it.
   * @param patience how long a statement may take is bounded, unless there is none to be lost: `endless`.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, patience?: 'endless'): Promise<T>;

  /**
   * Tells every process that something waits under `topic`. Call it after the commit. A hint and no more: it can be
   * lost, so a poll always stands behind it.
   */
  wake(topic: string): void;

  /** @returns a function that ends the listening. */
  onWake(topic: string, listener: () => void): () => void;

  close(): Promise<void>;
}

/** A store as it is opened. */
export interface Store extends Db {
  /**
   * Resolves when the store answers and takes writes: after a write failed for want of room, another one has to succeed.
   * @throws DatabaseUnavailable
   */
  ready(): Promise<void>;
}

/** The store cannot be reached now. Whether a statement under way was carried out is not known. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/** Rows as one `json` parameter, for `json_to_recordset`: one statement for a batch, whatever its size. */
export function asJson(rows: readonly object[]): string {
  return JSON.stringify(rows);
}

/** A text that PostgreSQL takes: without U+0000 and unpaired surrogates, which give way to U+FFFD. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
