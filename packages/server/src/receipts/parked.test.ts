import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { testHolder } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { createMetrics } from '../app/metrics.ts';
import type { Report } from '../carriers/carrier.ts';
import type { Db } from '../db/db.ts';
import { createTransitions, type PartReport } from '../messages/lifecycle/transition.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { Queue } from '../queue/queue.ts';
import { Receipts } from './receipts.ts';

let store: TestStore;
let db: Db;
let transitions: ReturnType<typeof createTransitions>;
let receipts: Receipts;
const clock = new TestClock();
const ids = createIds(clock);

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
  const queue = new Queue({ db, clock, holder: testHolder });
  transitions = createTransitions({ db, queue });
  receipts = new Receipts({
    ...{
      db,
      transitions,
      queue,
      clock,
      isAlone: () => false,
      inFlight: { messages: 0, settled: async () => undefined },
    },
    ...{ log: createLog('silent'), metrics: createMetrics(new Registry()) },
  });
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

/** A submitted message with one segment per carrier message id. null: the outcome of the segment is unknown. */
async function handedOver(...refs: (string | null)[]): Promise<string> {
  const id = ids.next('msg');
  await db.query(
    `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
       delivery_guarantee, parts, status, sequence, created_at)
     values ($1, 'OUTBOUND', 'client', 'num', '+15551234567', '+15550000001', 'SMS', 'x', 'AT_MOST_ONCE', $2, 'QUEUED',
       1, now())`,
    [id, refs.length],
  );
  const reports = refs.map(
    (carrierRef, i): PartReport => ({
      messageId: id,
      part: i + 1,
      state: carrierRef === null ? 'UNKNOWN' : 'SENT',
      carrier: 'acme',
      carrierRef,
      error: null,
    }),
  );
  await transitions.transact((_tx, advance) => advance(new Date(clock.now()), reports));
  return id;
}

const report = (state: Report['state'], carrierRef: string | null, reference: string | null = null): Report => ({
  carrierRef,
  reference,
  state,
  error: null,
  raw: state,
});

async function look(id: string) {
  const [row] = await db.query<{ status: string; code: string | null; finishedAt: Date | null }>(
    `select status, error ->> 'code' as code, finished_at as "finishedAt" from messages where id = $1`,
    [id],
  );
  return row;
}

describe('Receipt after a final status', () => {
  test('A receipt with a new carrier message id is stored, and the final status and its error stay.', async () => {
    const id = await handedOver(null, null);
    await receipts.take('acme', report('FAILED', 'late-2', `${id}/2`));
    const end = await look(id);
    expect(end).toMatchObject({ status: 'FAILED', code: 'UNDELIVERABLE' });
    clock.advance(60_000);
    expect(await receipts.take('acme', report('DELIVERED', 'late-1', `${id}/1`))).toBe('matched');
    expect(await look(id)).toEqual(end);
  });
});

describe('Receipt with our reference', () => {
  test('The receipt belongs to the referenced segment, even if its carrier message id was reused.', async () => {
    const ours = await handedOver('42');
    clock.advance(1_000);
    const other = await handedOver('42');
    await receipts.take('acme', report('DELIVERED', '42', `${ours}/1`));
    expect([(await look(ours))?.status, (await look(other))?.status]).toEqual(['DELIVERED', 'SENT']);
  });
});

describe('Parked receipts', () => {
  test('The sweep matches a parked receipt exactly once, and leaves unknown ones parked.', async () => {
    await receipts.take('acme', report('DELIVERED', 'stranger'));
    await receipts.take('acme', report('DELIVERED', 'parked-1'));
    const id = await handedOver('parked-1');
    receipts.start();
    await expect.poll(async () => (await look(id))?.status).toBe('DELIVERED');
    await receipts.stop();
    const rows = await db.query<{ ref: string; messageId: string | null }>(
      `select carrier_ref as ref, message_id as "messageId" from receipts where carrier_ref in ('stranger', 'parked-1')
       order by carrier_ref`,
      [],
    );
    expect(rows).toEqual([
      { ref: 'parked-1', messageId: id },
      { ref: 'stranger', messageId: null },
    ]);
  });

  test('The sweep matches a parked receipt with another spelling of the id than in the submit response.', async () => {
    await receipts.take('acme', report('DELIVERED', '1000001'));
    const id = await handedOver('000f4241');
    clock.advance(20_000);
    receipts.start();
    await expect.poll(async () => (await look(id))?.status).toBe('DELIVERED');
    await receipts.stop();
    const [part] = await db.query('select carrier_ref as ref from message_parts where message_id = $1', [id]);
    expect(part).toEqual({ ref: '000f4241' });
  });
});
