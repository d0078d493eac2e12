import type { Queryable } from '../db.ts';

type Ask = <R extends object>(sql: string, params?: readonly unknown[]) => Promise<R[]>;

/**
 * Queryable for the work of a transaction. Records whether a statement was rejected. PostgreSQL then responds to COMMIT
 * with a rollback and without an error, and the work would seem to be committed.
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

  /** @throws when the transaction can no longer be committed. */
  check(): void {
    if (this.#refused) throw new Error('A statement of the transaction failed, so the transaction cannot be committed');
  }
}
