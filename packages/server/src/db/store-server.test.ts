// Conditions that occur only with a server: other processes and broken connections.
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onPostgres } from '../../test/support/on-postgres.ts';
import { testStore } from '../../test/support/store.ts';
import { createLog } from '../platform/log.ts';
import { DatabaseUnavailable, type Db } from './db.ts';
import { openStore } from './drivers/open.ts';

onPostgres(() => {
  let store: Awaited<ReturnType<typeof testStore>>;
  let db: Db;
  let other: Db;

  beforeAll(async () => {
    store = await testStore();
    [db, other] = await Promise.all([store.open(), store.open()]);
  });
  afterAll(async () => {
    await Promise.all([db.close(), other.close()]);
    await store.drop();
  });

  test('A wake-up reaches other processes.', async () => {
    let heard = 0;
    const stop = other.onWake('outbound', () => {
      heard += 1;
    });
    // A hint may be lost while the other process still connects, so the test repeats it until it arrives.
    while (heard === 0) {
      db.wake('outbound');
      await db.query('select pg_sleep(0.005)', []);
    }
    stop();
    expect(heard).toBeGreaterThan(0);
  });

  test('A broken connection causes DatabaseUnavailable, and the next query uses another connection.', async () => {
    const lost = db.query(`select pg_terminate_backend(pg_backend_pid()), pg_sleep(10)`, []);
    await expect(lost).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await db.query('select 1 as i', [])).toEqual([{ i: 1 }]);
  });

  test('A read-only server, as after a failover, causes DatabaseUnavailable.', async () => {
    const reading = db.transaction(async (tx) => {
      await tx.query('set transaction read only', []);
      await tx.query(`insert into days (day) values ('2000-01-01')`, []);
    });
    await expect(reading).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  test('A missing database is reported with its name and a fix.', async () => {
    const databaseUrl = (store.databaseUrl as string).replace(/[^/]+$/, 'redcloud_nowhere');
    const opening = openStore({ databaseUrl, dataDir: tmpdir() }, createLog('silent'));
    await expect(opening).rejects.toThrow(/redcloud_nowhere: .* does not exist\. Create it/);
  });

  test('A server that accepts no connections causes DatabaseUnavailable until it accepts them again.', async () => {
    const closed = await testStore();
    const inside = await closed.open();
    const name = new URL(closed.databaseUrl as string).pathname.slice(1);
    const letIn = (whether: boolean) => db.query(`alter database ${name} with allow_connections ${whether}`);
    await letIn(false);
    await inside.query('select pg_terminate_backend(pg_backend_pid())', []).catch(() => undefined);
    const refused = await inside.query('select 1', []).catch((error) => error);
    await letIn(true);
    expect(refused).toMatchObject({ name: 'DatabaseUnavailable', message: expect.stringContaining('not currently') });
    expect(await inside.query('select 1 as i', [])).toEqual([{ i: 1 }]);
    await inside.close();
    await closed.drop();
  });

  // Runs in a separate process, because a broken connection could end it.
  test.each([
    ['during a statement', `await Promise.all([tx.query('select pg_sleep(10)', []), breakIt()])`],
    // The other queries let the end of the connection arrive.
    ['between two', `await breakIt(); for (let i = 0; i < 20; i += 1) await db.query('select 1', [])`],
  ])('A connection that breaks within a transaction, %s, fails only this transaction.', async (_, work) => {
    const script = `
      import { openServer } from ${JSON.stringify(new URL('./drivers/server.ts', import.meta.url).href)};
      import { createLog } from ${JSON.stringify(new URL('../platform/log.ts', import.meta.url).href)};
      const db = await openServer(process.argv[1], createLog('silent'));
      const outcome = await db.transaction(async (tx) => {
        const [{ pid }] = await tx.query('select pg_backend_pid() as pid', []);
        const breakIt = () => db.query('select pg_terminate_backend($1::int, 5000)', [pid]);
        ${work};
        await tx.query('select 1', []);
      }).then(() => 'committed', (error) => error.name);
      const [{ i }] = await db.query('select 7 as i', []);
      console.log(JSON.stringify({ outcome, i }));
      await db.close();`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '--eval', script, '--', store.databaseUrl ?? ''],
      { env: { ...process.env, NODE_OPTIONS: '' } },
    );
    expect(JSON.parse(stdout)).toEqual({ outcome: 'DatabaseUnavailable', i: 7 });
  });
});

test('An unreachable server is reported with its address and a fix.', async () => {
  // No process listens on port 1 of the loopback interface.
  const config = { databaseUrl: 'postgresql://nobody@127.0.0.1:1/none', dataDir: tmpdir() };
  await expect(openStore(config, createLog('silent'))).rejects.toThrow(
    /^DATABASE_URL: 127\.0\.0\.1:1\/none cannot be reached \(.*\)\. Start PostgreSQL, or correct the URL\.$/,
  );
});
