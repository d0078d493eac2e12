import { cached } from '../db/batching/cache.ts';
import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import { QUIET_HOURS, SET_QUIET_HOURS } from './sql.ts';

/** Quiet hours as a client has set them. The module `policies` defines their meaning. */
export interface StoredQuietHours {
  enabled: boolean;
  start: string;
  end: string;
  days: string[];
}

/** Quiet hours of each API client. */
export class QuietHoursSettings {
  readonly #parts: { db: Db; clock: Clock };
  /** Quiet hours of a client. Null: never set. */
  readonly of: (apiClientId: string) => Promise<StoredQuietHours | null>;
  /** Invalidates cached settings. Must be called after every commit that may have changed them. */
  readonly invalidate: () => void;

  constructor(parts: { db: Db; clock: Clock }) {
    this.#parts = parts;
    const read = cached(parts.db, async (apiClientId) => {
      const [row] = await run(parts.db, QUIET_HOURS, apiClientId);
      return row?.settings ?? null;
    });
    this.of = read;
    this.invalidate = () => read.invalidate();
  }

  /** @throws ApiError NOT_FOUND */
  async set(apiClientId: string, settings: StoredQuietHours): Promise<void> {
    const { db, clock } = this.#parts;
    const changed = await run(db, SET_QUIET_HOURS, apiClientId, JSON.stringify(settings), new Date(clock.now()));
    if (changed.length === 0) throw notFound('No such API client');
    this.invalidate();
  }
}
