import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { testHolder } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import type { Report } from '../carriers/carrier.ts';
import type { Db } from '../db/db.ts';
import { createIds } from '../ids.ts';
import { createLog } from '../log.ts';
import { createTransitions, type PartReport, type Transitions } from '../messages/transition.ts';
import { createMetrics } from '../metrics.ts';
import { createQueue } from '../queue/queue.ts';
import { createReceipts } from './receipts.ts';

let store: TestStore;
let db: Db;
let transitions: Transitions;
let receipts: ReturnType<typeof createReceipts>;
const clock = new TestClock();
const ids = createIds(clock);

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
beforeEach(() => {
  transitions = createTransitions({ db, queue: createQueue({ db, clock, holder: testHolder }) });
  receipts = createReceipts({ transitions, clock, log: createLog('silent'), metrics: createMetrics() });
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

async function queued(parts = 1): Promise<string> {
  const id = ids.next('msg');
  await db.query(
    `insert into messages (id, direction, api_client_id, number_id, from_address, to_address, message_type, text,
       delivery_guarantee, parts, status, sequence, created_at)
     values ($1, 'OUTBOUND', 'client', 'num', '+15551234567', '+15550000001', 'SMS', 'x', 'AT_MOST_ONCE', $2, 'QUEUED',
       1, now())`,
    [id, parts],
  );
  return id;
}

/** What outbound does after a submit. */
async function record(messageId: string, carrierRef: string | null, part = 1): Promise<void> {
  const report: PartReport = {
    messageId,
    part,
    state: carrierRef === null ? 'UNKNOWN' : 'SENT',
    carrier: 'acme',
    carrierRef,
    error: null,
  };
  await transitions.transact((_tx, advance) => advance(new Date(clock.now()), [report]));
  await receipts.joinRecorded(report);
}

const delivered = (carrierRef: string | null, reference: string | null = null): Report => ({
  carrierRef,
  reference,
  state: 'DELIVERED',
  error: null,
  raw: 'stat:DELIVRD',
});

async function eventsOf(id: string): Promise<string[]> {
  const rows = await db.query<{ type: string }>('select type from events where message_id = $1 order by sequence', [
    id,
  ]);
  return rows.map(({ type }) => type);
}

async function statusOf(id: string): Promise<string | undefined> {
  const [row] = await db.query<{ status: string }>('select status from messages where id = $1', [id]);
  return row?.status;
}

describe('a receipt', () => {
  test("is matched by the carrier's reference", async () => {
    const id = await queued();
    await record(id, 'ref-1');
    await receipts.take('acme', delivered('ref-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test("of another carrier with the same reference is not this one's", async () => {
    const id = await queued();
    await record(id, 'ref-2');
    await receipts.take('other', delivered('ref-2'));
    expect(await statusOf(id)).toBe('SENT');
  });

  test('that comes before the answer is parked, and joined when the part is recorded', async () => {
    const id = await queued();
    await receipts.take('acme', delivered('ref-3'));
    expect(await statusOf(id)).toBe('QUEUED');
    await record(id, 'ref-3');
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('that comes while the answer is being recorded is joined, whichever commits first', async () => {
    const pairs = await Promise.all(Array.from({ length: 30 }, async (_, i) => [await queued(), `race-${i}`] as const));
    await Promise.all(pairs.flatMap(([id, ref]) => [record(id, ref), receipts.take('acme', delivered(ref))]));
    expect(await Promise.all(pairs.map(([id]) => statusOf(id)))).toEqual(pairs.map(() => 'DELIVERED'));
  });

  test('resolves a part whose outcome is unknown, by our reference', async () => {
    const id = await queued();
    await record(id, null);
    expect(await statusOf(id)).toBe('UNKNOWN');
    await receipts.take('acme', delivered('ref-late', `${id}/1`));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('that comes twice, at once or later, changes nothing and is kept', async () => {
    const id = await queued();
    await record(id, 'ref-4');
    await Promise.all([receipts.take('acme', delivered('ref-4')), receipts.take('acme', delivered('ref-4'))]);
    await receipts.take('acme', { ...delivered('ref-4'), state: 'FAILED' });
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    expect(await db.query('select 1 as kept from receipts where message_id = $1', [id])).toHaveLength(3);
  });

  test('of each part is needed for the message to be delivered; one failure fails it', async () => {
    const [whole, broken] = [await queued(2), await queued(2)];
    for (const part of [1, 2]) {
      await record(whole, `whole-${part}`, part);
      await record(broken, `broken-${part}`, part);
    }
    await receipts.take('acme', delivered('whole-2'));
    expect(await statusOf(whole)).toBe('SENT');
    await Promise.all([
      receipts.take('acme', delivered('whole-1')),
      receipts.take('acme', delivered('broken-1')),
      receipts.take('acme', { ...delivered('broken-2'), state: 'FAILED' }),
    ]);
    expect([await statusOf(whole), await statusOf(broken)]).toEqual(['DELIVERED', 'FAILED']);
    expect(await eventsOf(broken)).toEqual(['message.sent', 'message.failed']);
  });

  test('with text that the store cannot take is kept all the same, and fails no neighbour', async () => {
    const id = await queued();
    await record(id, 'ref-5');
    const garbage: Report = { ...delivered('nul-\0'), raw: 'half \ud83d and \0', reference: 'msg_x/999999999999' };
    await Promise.all([receipts.take('acme', garbage), receipts.take('acme', delivered('ref-5'))]);
    expect(await statusOf(id)).toBe('DELIVERED');
    const [kept] = await db.query<{ raw: string }>(`select raw from receipts where carrier_ref = $1`, ['nul-\ufffd']);
    expect(kept?.raw).toBe('half \ufffd and \ufffd');
  });

  test('after the end of its message is kept, and changes nothing', async () => {
    const id = await queued();
    await record(id, null);
    const error = { code: 'OUTCOME_UNKNOWN', message: 'x', details: {} };
    await transitions.transact((_tx, advance) =>
      advance(new Date(clock.now()), [
        { messageId: id, part: 1, state: 'FAILED', onlyFrom: 'UNKNOWN', carrier: 'acme', carrierRef: null, error },
      ]),
    );
    await receipts.take('acme', delivered('too-late', `${id}/1`));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['FAILED', ['message.failed']]);
  });
});

test('the sweep joins what a crash between two commits left apart, behind however many that match nothing', async () => {
  const id = await queued();
  await db.query(`insert into receipts (carrier, carrier_ref, state, raw, received_at)
    select 'acme', 'before-' || n, 'DELIVERED', '', now() from generate_series(1, 1200) n`);
  await receipts.take('acme', delivered('ref-crash'));
  const report: PartReport = {
    messageId: id,
    part: 1,
    state: 'SENT',
    carrier: 'acme',
    carrierRef: 'ref-crash',
    error: null,
  };
  await transitions.transact((_tx, advance) => advance(new Date(clock.now()), [report]));
  expect(await statusOf(id)).toBe('SENT');
  receipts.startSweeping();
  await expect.poll(() => statusOf(id)).toBe('DELIVERED');
  receipts.stopSweeping();
});

test('a deadline fails only what is unknown still', async () => {
  const id = await queued();
  await record(id, 'ref-known');
  const error = { code: 'OUTCOME_UNKNOWN', message: 'x', details: {} };
  await transitions.transact((_tx, advance) =>
    advance(new Date(clock.now()), [
      { messageId: id, part: 1, state: 'FAILED', onlyFrom: 'UNKNOWN', carrier: 'acme', carrierRef: null, error },
    ]),
  );
  expect(await statusOf(id)).toBe('SENT');
});
