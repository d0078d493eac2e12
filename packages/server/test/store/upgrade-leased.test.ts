import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { createMetrics } from '#app/metrics.ts';
import { RELEASE_JOBS } from '#cluster/sql.ts';
import { migrate, readMigrations } from '#db/schema/migrate.ts';
import { run as runStatement } from '#db/statement.ts';
import { createTransitions } from '#messages/lifecycle/transition.ts';
import { createIds } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { Receipts } from '#receipts/receipts.ts';
import { outboundTests } from '../support/outbound.ts';
import { delivered } from '../support/receipts.ts';

/** Version of the schema without carriers of jobs and without attempts. */
const PREVIOUS = 16;

const { db, clock, queue, run } = outboundTests();

beforeEach(async () => {
  await db().query('drop schema public cascade; create schema public');
  await migrate(
    db(),
    readMigrations().filter(({ version }) => version <= PREVIOUS),
  );
});

/** Message whose only submit a process of the previous version has begun. */
async function leasedByPrevious(): Promise<string> {
  const id = createIds(clock).next('msg');
  const now = new Date(clock.now());
  await db().query(
    `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
       delivery_guarantee, parts, status, sequence, created_at)
     values ($1, 'OUTBOUND', 'client', 'num', '+15551234567', '+15550000001', 'SMS', 'x', 'AT_MOST_ONCE', 1, 'QUEUED', 1, $2)`,
    [id, now],
  );
  await db().query(
    `insert into jobs (queue, subject, ordinal, client, lane, attempt, run_at, leased_by, lease)
     values ('outbound:acme', $1, 0, 'client', 'num', 1, $2, 'prc_previous', 1)`,
    [id, now],
  );
  return id;
}

test('A submit that a process of the previous version has begun is unknown under the carrier of its queue, and its report matches.', async () => {
  const id = await leasedByPrevious();
  await migrate(db());
  expect(await db().query('select carrier from jobs')).toEqual([{ carrier: null }]);
  // As another process does for the jobs of a dead one.
  expect(await runStatement(db(), RELEASE_JOBS)).toHaveLength(1);
  const carrier = { name: 'acme', capacity: () => 10, submit: () => Promise.reject(new Error('a second submit')) };
  const took = await run([], id, (status) => status === 'UNKNOWN', 10, { name: 'outbound:acme', carrier });
  expect(took).toEqual([]);
  const segments = () =>
    db().query('select part, state, carrier, attempt from message_parts where message_id = $1', [id]);
  expect(await segments()).toEqual([{ part: 1, state: 'UNKNOWN', carrier: 'acme', attempt: 1 }]);

  const transitions = createTransitions({ db: db(), queue: queue() });
  const receipts = new Receipts({
    ...{ db: db(), transitions, queue: queue(), clock, isAlone: () => false, log: createLog('silent') },
    ...{ inFlight: { messages: 0, settled: async () => undefined }, metrics: createMetrics(new Registry()) },
  });
  // References of the previous version name no attempt.
  expect(await receipts.take('acme', { ...delivered('ref-1', `${id}/1`), attempt: null })).toBe('matched');
  expect(await segments()).toMatchObject([{ state: 'DELIVERED', carrier: 'acme' }]);
  expect(await db().query('select status from messages where id = $1', [id])).toEqual([{ status: 'DELIVERED' }]);
});
