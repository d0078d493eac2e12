import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/db.ts';
import { createIds } from '#platform/ids.ts';
import { nameOf } from '#queue/job.ts';
import { Queue } from '#queue/queue.ts';
import { TestClock } from '../../../test/support/clock.ts';
import { testHolder } from '../../../test/support/holder.ts';
import { type TestStore, testStore } from '../../../test/support/store.ts';
import { createTransitions } from './transition.ts';

let store: TestStore;
let db: Db;
const clock = new TestClock();
const ids = createIds(clock);

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

/** State of the previous event's job: its claims, its holder, and whether an earlier holder was evicted. */
type Before = { attempt: number; leasedBy: string | null; interrupted?: boolean } | undefined;

/** A queued message, with the job of its first event. */
async function queued(before: Before): Promise<string> {
  const id = ids.next('msg');
  await db.query(
    `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
       delivery_guarantee, parts, status, sequence, created_at)
     values ($1, 'OUTBOUND', 'client', 'num', '+15551234567', '+15550000001', 'SMS', 'x', 'AT_MOST_ONCE', 1, 'QUEUED',
       1, now())`,
    [id],
  );
  if (!before) return id;
  const { attempt, leasedBy, interrupted = false } = before;
  await db.query(
    `insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt, leased_by, lease, interrupted)
     values ('webhooks', $1, 1, 'client', 'num', now(), $2, $3, $4, $5)`,
    [id, attempt, leasedBy, leasedBy && 1, interrupted],
  );
  return id;
}

const own = testHolder.id;

test.each<[string, Before, 'direct' | 'in the queue']>([
  ['whose event before was delivered', undefined, 'direct'],
  ['whose event before is being delivered here', { attempt: 1, leasedBy: own }, 'direct'],
  ['whose event before failed and is tried again', { attempt: 1, leasedBy: null }, 'direct'],
  ['whose event before is tried again elsewhere', { attempt: 2, leasedBy: 'prc_other' }, 'direct'],
  ['whose event before waits', { attempt: 0, leasedBy: null }, 'in the queue'],
  ['whose event before is being delivered elsewhere', { attempt: 1, leasedBy: 'prc_other' }, 'in the queue'],
  ['whose event before nobody finished', { attempt: 1, leasedBy: null, interrupted: true }, 'in the queue'],
])('Both events of a status change of a message %s go %s.', async (_, before, way) => {
  const queue = new Queue({ db, clock, holder: testHolder });
  const begun: string[] = [];
  queue.offer('webhooks', {
    reserve: (count) => ({ count, isShort: false }),
    overflow: () => undefined,
    begin: (claimed) => void begun.push(...claimed.map(({ job }) => nameOf(job))),
  });
  const { transact } = createTransitions({ db, queue });
  const id = await queued(before);
  const report = { messageId: id, part: 1, carrier: 'acme', carrierRef: 'ref', error: null };
  await transact((_tx, advance) =>
    advance(new Date(clock.now()), [
      { ...report, state: 'SENT' },
      { ...report, state: 'DELIVERED' },
    ]),
  );
  expect(begun).toEqual(way === 'direct' ? [`${id}/2`, `${id}/3`] : []);
  const jobs = await db.query<{ leasedBy: string | null; attempt: number }>(
    `select leased_by as "leasedBy", attempt from jobs where subject = $1 and ordinal > 1 order by ordinal`,
    [id],
  );
  const expected = way === 'direct' ? { leasedBy: own, attempt: 1 } : { leasedBy: null, attempt: 0 };
  expect(jobs).toEqual([expected, expected]);
});
