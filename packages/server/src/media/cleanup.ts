import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Clock } from '#platform/clock.ts';
import { DELETE_FILE, DELETE_RENDITIONS, EXPIRE, UNUSED } from './sql.ts';
import type { Storage } from './storage/storage.ts';

const DAY_MS = 86_400_000;
/** Time in which an upload must refer to its file, in milliseconds. */
const UNUSED_MS = DAY_MS;

export interface CleanUpParts {
  db: Db;
  clock: Clock;
  storage: Storage;
  /** Retention of media after their last use, in days. */
  days: number;
  /** Whether nothing is deleted, because the store may be restored again to another state. */
  isPaused(): boolean;
}

/** Deletes expired media, and then the files that nothing refers to. */
export function cleanUpMedia({ db, clock, storage, days, isPaused }: CleanUpParts): Janitor {
  async function expire(now: number): Promise<number> {
    let sum = 0;
    for (;;) {
      const [{ count } = { count: 0 }] = await run(db, EXPIRE, new Date(now - days * DAY_MS), new Date(now));
      sum += count;
      if (count === 0) return sum;
    }
  }

  /** The row is locked until the file is deleted, so an upload of the same content waits and then stores it again. */
  async function deleteFile(hash: string, before: Date): Promise<void> {
    await db.transaction(async (tx) => {
      await run(tx, DELETE_RENDITIONS, hash, before);
      const gone = await run(tx, DELETE_FILE, hash, before);
      if (gone.length > 0) await storage.delete(hash);
    });
  }

  async function deleteFiles(now: number): Promise<void> {
    const before = new Date(now - UNUSED_MS);
    for (let after = ''; ; ) {
      const files = await run(db, UNUSED, after, before);
      for (const { hash } of files) await deleteFile(hash, before);
      const last = files.at(-1);
      if (!last) return;
      after = last.hash;
    }
  }

  return {
    name: 'clean up media',
    everyMs: 3_600_000,
    async run() {
      if (isPaused()) return 0;
      const now = clock.now();
      const count = await expire(now);
      await deleteFiles(now);
      return count;
    },
  };
}
