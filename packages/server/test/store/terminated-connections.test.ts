import pg from 'pg';
import { expect, test } from 'vitest';
import { openStore } from '#db/drivers/open.ts';
import { createLog } from '#platform/log.ts';
import { onPostgres } from '../support/on-postgres.ts';
import { testStore } from '../support/store.ts';

const CUTS = 60;
const USERS = 10;

onPostgres(() => {
  // An error event without a listener ends a process, and fails a run of Vitest.
  test('Connections that a server ends while they are opened and checked do not end the process.', {
    timeout: 90_000,
  }, async () => {
    const store = await testStore();
    const db = await openStore(store, createLog('silent'));
    let isOver = false;
    let failed = 0;
    const users = Array.from({ length: USERS }, async () => {
      while (!isOver) await db.query('select 1', []).catch(() => (failed += 1));
    });
    const url = new URL(store.databaseUrl as string);
    const name = url.pathname.slice(1);
    const admin = new pg.Client(Object.assign(url, { pathname: '/postgres' }).href);
    await admin.connect();
    const cut = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1';
    for (let n = 0; n < CUTS; n += 1) await admin.query(cut, [name]);
    await admin.end();
    isOver = true;
    await Promise.all(users);
    expect(failed).toBeGreaterThan(0);
    expect(await db.query('select 1 as one', [])).toEqual([{ one: 1 }]);
    await db.close();
    await store.drop();
  });
});
