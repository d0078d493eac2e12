import { expect, test } from 'vitest';
import { ownStore } from '../../test/support/own-store.ts';
import { vacuumJobs } from './vacuum-jobs.ts';

const db = ownStore();

test('A vacuum after all jobs are done shrinks their table to zero bytes.', async () => {
  await db().query(
    `insert into jobs (queue, subject, ordinal, client, lane, run_at)
     select 'outbound', 'msg_' || n, 1, 'client', 'lane', now() from generate_series(1, 5000) as n`,
  );
  await db().query('delete from jobs');
  const size = async () =>
    (await db().query<{ size: string }>(`select pg_relation_size('jobs')::text as size`, []))[0]?.size;
  expect(await size()).not.toBe('0');
  await vacuumJobs(db()).run();
  expect(await size()).toBe('0');
});
