// @module-tag slow
import { expect, test } from 'vitest';
import { createPool, sendFrom } from '../support/pool.ts';
import { startRedCloud } from '../support/redcloud.ts';

const AREAS = ['206', '305', '415', '503', '702', '312', '404', '617'];
const ROUNDS = 3;

/** Sends to `count` recipients in each of three processes, and compares the numbers that have sent. */
async function keepsNumbers(count: number): Promise<void> {
  let redcloud = await startRedCloud({
    env: { RC_MAX_QUEUED_PER_CLIENT: '1000000', RC_MAX_QUEUED_PER_NUMBER: '1000000' },
  });
  const { poolId } = await createPool(redcloud, AREAS);
  const all = Array.from({ length: count }, (_, n) => `+1646${String(2_000_000 + n)}`);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round > 0) redcloud = await redcloud.restart();
    for (let at = 0; at < count; at += 1_000) {
      const to = all.slice(at, at + 1_000);
      expect((await sendFrom(redcloud, poolId, to)).json.results).toHaveLength(to.length);
    }
  }
  await redcloud.running.stop();
  const db = await redcloud.store.open();
  const [found] = await db.query<Record<string, number>>(
    `select count(*)::int as recipients, min(messages)::int as least, max(numbers)::int as numbers,
      (select count(distinct number_id)::int from messages where pool_id = $1) as used
    from (
      select count(*) as messages, count(distinct (number_id, from_address)) as numbers from messages
      where pool_id = $1 group by to_address
    ) as conversation`,
    [poolId],
  );
  await db.close();
  await redcloud.store.drop();
  expect(found).toEqual({ recipients: count, least: ROUNDS, numbers: 1, used: AREAS.length });
}

test('100 conversations keep their number over restarts.', () => keepsNumbers(100));

test('10,000 conversations keep their number over restarts.', { tags: 'slow', timeout: 300_000 }, () =>
  keepsNumbers(10_000),
);
