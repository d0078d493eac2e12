import type { Queryable } from './db.ts';

type Ask = <R extends object>(sql: string, params?: readonly unknown[]) => Promise<R[]>;

/**
 * What a transaction's work is given. It remembers whether a statement was refused: PostgreSQL then answers COMMIT with
 * a rollback and no error, and the work would seem to be done.
 */
export class Transaction implements Queryable {
  readonly #ask: Ask;
  #refused = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]> {
    try {
      return await this.#ask<R>(sql, params);
    } catch (error) {
      this.#refused = true;
      throw error;
    }
  }

  /** @throws when the transaction can't be committed any more. */
  check(): void {
    if (this.#refused) throw new Error('A statement of the transaction was refused; nothing of it can be committed');
  }
}
