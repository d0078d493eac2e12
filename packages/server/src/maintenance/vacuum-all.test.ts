import { expect, test } from 'vitest';
import { ownStore } from '../../test/support/own-store.ts';
import { vacuumAll } from './vacuum-all.ts';

const db = ownStore();

test('A table whose rows are updated does not grow when it is vacuumed.', async () => {
  await db().query(
    `insert into numbers (id, e164, status, sms_enabled, mms_enabled, city, created_at, updated_at)
     select 'num_' || n, '+1555' || n, 'ACTIVE', true, true, repeat('x', 200), now(), now()
     from generate_series(1, 2000) as n`,
  );
  const changeAll = async () => {
    await db().query('update numbers set updated_at = now()');
    await vacuumAll(db()).run();
  };
  const size = async () =>
    Number((await db().query<{ size: string }>(`select pg_relation_size('numbers')::text as size`, []))[0]?.size);
  await changeAll();
  const once = await size();
  for (let i = 0; i < 5; i += 1) await changeAll();
  expect(await size()).toBeLessThanOrEqual(once);
});
