import { expect, inject, test } from 'vitest';
import { ownStore } from '../../test/support/own-store.ts';
import { checkpoint } from './checkpoint.ts';

const db = ownStore();

/** Bytes of the write-ahead log that a start after a crash would replay, and that cannot be removed. */
async function needed(): Promise<number> {
  const [row] = await db().query<{ bytes: number }>(
    'select (pg_current_wal_lsn() - (pg_control_checkpoint()).redo_lsn)::float8 as bytes',
    [],
  );
  return row?.bytes ?? 0;
}

test.skipIf(inject('template').databaseUrl)(
  'After a checkpoint, a start of the embedded store replays none of the earlier write-ahead log.',
  async () => {
    await db().query(`create table filler as select repeat('x', 1000) from generate_series(1, 5000)`);
    expect(await needed()).toBeGreaterThan(5_000_000);
    await checkpoint(db()).run();
    expect(await needed()).toBeLessThan(10_000);
  },
);
