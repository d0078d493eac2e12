import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { testHolder } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import type { Report } from '../carriers/carrier.ts';
import type { Db } from '../db/db.ts';
import { createTransitions, type PartReport, type Transitions } from '../messages/lifecycle/transition.ts';
import { createOutcomes } from '../outbound/outcomes.ts';
import { createIds } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { createMetrics } from '../platform/metrics.ts';
import { Queue } from '../queue/queue.ts';
import { createReceipts, type ReceiptsParts } from './receipts.ts';

let store: TestStore;
let db: Db;
let transitions: Transitions;
let queue: Queue;
let receipts: ReturnType<typeof createReceipts>;
const clock = new TestClock();
const ids = createIds(clock);

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
beforeEach(() => {
  queue = new Queue({ db, clock, holder: testHolder });
  transitions = createTransitions({ db, queue });
  receipts = hearing({ alone: false });
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

const hearing = ({
  alone,
  inFlight = { messages: 0, settled: async () => undefined },
}: Pick<ReceiptsParts, 'alone'> & Partial<ReceiptsParts>) =>
  createReceipts({
    ...{ transitions, queue, clock, alone, inFlight },
    ...{ log: createLog('silent'), metrics: createMetrics() },
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

/** Records a segment, like the outbound module after a submit. */
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

describe('Receipt', () => {
  test('A receipt is matched by the carrier message id.', async () => {
    const id = await queued();
    await record(id, 'ref-1');
    await receipts.take('acme', delivered('ref-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A receipt of another carrier with the same id does not match.', async () => {
    const id = await queued();
    await record(id, 'ref-2');
    await receipts.take('other', delivered('ref-2'));
    expect(await statusOf(id)).toBe('SENT');
  });

  test.each([false, true])(
    'A receipt that arrives before the response is parked, and matched when the segment is recorded (alone: %s).',
    async (alone) => {
      receipts = hearing({ alone });
      const id = await queued();
      await receipts.take('acme', delivered(`ref-3 ${alone}`));
      expect(await statusOf(id)).toBe('QUEUED');
      await record(id, `ref-3 ${alone}`);
      expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    },
  );

  test.each([false, true])(
    'A receipt that arrives while the response is being recorded is matched, whichever commits first (alone: %s).',
    async (alone) => {
      receipts = hearing({ alone });
      const pairs = await Promise.all(
        Array.from({ length: 60 }, async (_, i) => [await queued(), `race-${alone}-${i}`] as const),
      );
      await Promise.all(pairs.flatMap(([id, ref]) => [record(id, ref), receipts.take('acme', delivered(ref))]));
      expect(await Promise.all(pairs.map(([id]) => statusOf(id)))).toEqual(pairs.map(() => 'DELIVERED'));
    },
  );

  test('A receipt that an earlier process parked is matched by the first sweep of the next process.', async () => {
    const id = await queued();
    await receipts.take('acme', delivered('ref-before'));
    receipts = hearing({ alone: true });
    await record(id, 'ref-before');
    expect(await statusOf(id)).toBe('SENT');
    receipts.startSweeping();
    await expect.poll(() => statusOf(id)).toBe('DELIVERED');
    await receipts.stopSweeping();
  });

  test('A receipt with our reference resolves a segment whose outcome is unknown.', async () => {
    const id = await queued();
    await record(id, null);
    expect(await statusOf(id)).toBe('UNKNOWN');
    await receipts.take('acme', delivered('ref-late', `${id}/1`));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A repeated receipt is stored and changes nothing, whether it arrives concurrently or later.', async () => {
    const id = await queued();
    await record(id, 'ref-4');
    await Promise.all([receipts.take('acme', delivered('ref-4')), receipts.take('acme', delivered('ref-4'))]);
    await receipts.take('acme', { ...delivered('ref-4'), state: 'FAILED' });
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    expect(await db.query('select 1 as kept from receipts where message_id = $1', [id])).toHaveLength(3);
  });

  test('A message is delivered when each segment has its receipt, and failed when one segment fails.', async () => {
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

  test('A receipt with characters that the store does not accept is stored, and its batch succeeds.', async () => {
    const id = await queued();
    await record(id, 'ref-5');
    const garbage: Report = { ...delivered('nul-\0'), raw: 'half \ud83d and \0', reference: 'msg_x/999999999999' };
    await Promise.all([receipts.take('acme', garbage), receipts.take('acme', delivered('ref-5'))]);
    expect(await statusOf(id)).toBe('DELIVERED');
    const [kept] = await db.query<{ raw: string }>(`select raw from receipts where carrier_ref = $1`, ['nul-\ufffd']);
    expect(kept?.raw).toBe('half \ufffd and \ufffd');
  });

  test('A receipt after the final status of its message is stored and changes nothing.', async () => {
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

test('The sweep matches receipts that a crash left parked, also behind many receipts that match nothing.', async () => {
  const id = await queued();
  await db.query(`insert into receipts (carrier, carrier_ref, state, raw, received_at)
    select 'acme', 'before-' || n, 'DELIVERED', '', date_trunc('milliseconds', now()) from generate_series(1, 1200) n`);
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
  await receipts.stopSweeping();
});

describe('Receipt that spells the id otherwise than the submit response', () => {
  const refOf = async (id: string) =>
    (
      await db.query<{ ref: string | null }>('select carrier_ref as ref from message_parts where message_id = $1', [id])
    )[0]?.ref;
  const parkedOf = async (ref: string) =>
    (await db.query('select 1 as parked from receipts where carrier_ref = $1 and message_id is null', [ref])).length;

  beforeEach(() => {
    receipts = hearing({ alone: true });
  });

  test.each([
    ['04062581461644390515927', '4062581461644390515927'],
    ['F4241', '1000001'],
    ['1000002', 'F4242'],
    ['000f4243', 'F4243'],
    ['0001000004', '0x0F4244'],
    ['7F3E-aB', '07f3e-Ab'],
    ['6BA7B810-9DAD-11D1-80B4-00C04FD430C8', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
    [' 1000005 ', '1000005'],
    ['000', '0'],
    ['DEADBEEFDEADBEEFDEADBEEF', BigInt('0xDEADBEEFDEADBEEFDEADBEEF').toString()],
  ])('A receipt matches at once if no submit is in progress: response %s, receipt %s.', async (response, receipt) => {
    const id = await queued();
    await record(id, response);
    expect(await receipts.take('acme', delivered(receipt))).toBe('matched');
    expect([await statusOf(id), await refOf(id)]).toEqual(['DELIVERED', response]);
  });

  test('A receipt does not match a message of another carrier.', async () => {
    const id = await queued();
    await record(id, 'A0001');
    expect(await receipts.take('other', delivered('a0001'))).toBe('parked');
    expect(await statusOf(id)).toBe('SENT');
  });

  test('A receipt in another spelling still matches after any number of identical spellings.', async () => {
    for (let n = 0; n < 25; n += 1) {
      const id = await queued();
      await record(id, `${5_000_000 + n}`);
      await receipts.take('acme', delivered(`${5_000_000 + n}`));
    }
    const id = await queued();
    await record(id, `${6_000_000}`);
    await receipts.take('acme', delivered((6_000_000).toString(16)));
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test('The exact id has precedence over case and zeros, and these over the other notation.', async () => {
    const [decimal, hexadecimal, padded] = [await queued(), await queued(), await queued()];
    await record(decimal, '7010');
    await record(hexadecimal, '28688'); // 0x7010
    await record(padded, '0028688');
    await receipts.take('acme', delivered('7010'));
    expect([await statusOf(decimal), await statusOf(hexadecimal)]).toEqual(['DELIVERED', 'SENT']);
    await receipts.take('acme', delivered('28688'));
    expect([await statusOf(hexadecimal), await statusOf(padded)]).toEqual(['DELIVERED', 'SENT']);
  });

  test('A receipt is parked when two messages fit equally well, and no sweep matches it later.', async () => {
    const [upper, mixed] = [await queued(), await queued()];
    await record(upper, 'AB77');
    await record(mixed, 'Ab77');
    expect(await receipts.take('acme', delivered('aB77'))).toBe('parked');
    clock.advance(30_000);
    await receipts.sweep();
    expect([await statusOf(upper), await statusOf(mixed), await parkedOf('aB77')]).toEqual(['SENT', 'SENT', 1]);
    await receipts.take('acme', delivered('AB77'));
    // The other message would still be a guess, because the carrier may have repeated its receipt.
    expect(await receipts.take('acme', delivered('ab77'))).toBe('parked');
    expect([await statusOf(upper), await statusOf(mixed)]).toEqual(['DELIVERED', 'SENT']);
  });

  test('A receipt of a reused id is parked while both messages are open, and matches a single open one.', async () => {
    const [earlier, later] = [await queued(), await queued()];
    await record(earlier, 'twice-1');
    await record(later, 'twice-1');
    expect(await receipts.take('acme', delivered('twice-1'))).toBe('parked');
    await receipts.take('acme', delivered(null, `${earlier}/1`));
    await receipts.take('acme', delivered('twice-1'));
    expect([await statusOf(earlier), await statusOf(later)]).toEqual(['DELIVERED', 'DELIVERED']);
  });

  test('A receipt that arrives before its response does not match another message by another spelling.', async () => {
    const [other, own] = [await queued(), await queued()];
    await record(other, '16');
    const recorded = Promise.withResolvers<void>();
    receipts = hearing({ alone: true, inFlight: { messages: 1, settled: () => recorded.promise } });
    // 16 is 0x10. In hexadecimal, this receipt would belong to the other message.
    expect(await receipts.take('acme', delivered('10'))).toBe('parked');
    await record(own, '10');
    recorded.resolve();
    await receipts.stopSweeping();
    expect([await statusOf(other), await statusOf(own)]).toEqual(['SENT', 'DELIVERED']);
  });

  test('A receipt waits for the submits in progress, regardless of earlier spellings of the carrier.', async () => {
    const [first, second, own] = [await queued(), await queued(), await queued()];
    await record(first, '255001');
    await record(second, '1715005');
    const recorded = Promise.withResolvers<void>();
    receipts = hearing({ alone: true, inFlight: { messages: 1, settled: () => recorded.promise } });
    expect(await receipts.take('acme', delivered('3e419'))).toBe('parked');
    // The response of this receipt's own message has not arrived. In hexadecimal, the id would be the second message's.
    expect(await receipts.take('acme', delivered('1a2b3d'))).toBe('parked');
    await record(own, '1a2b3d');
    recorded.resolve();
    await receipts.stopSweeping();
    expect(await Promise.all([first, second, own].map(statusOf))).toEqual(['DELIVERED', 'SENT', 'DELIVERED']);
  });

  test('A receipt whose response another process may have is matched by a later sweep.', async () => {
    receipts = hearing({ alone: false });
    const id = await queued();
    await record(id, '00e7ef01');
    expect(await receipts.take('acme', delivered('15200001'))).toBe('parked');
    await receipts.sweep();
    expect(await statusOf(id)).toBe('SENT');
    clock.advance(16_000);
    await receipts.sweep();
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('Each of many concurrent receipts matches its message.', async () => {
    const numbers = Array.from({ length: 50 }, (_, i) => 3_000_000 + i);
    const made = await Promise.all(
      numbers.map(async (n) => {
        const id = await queued();
        await record(id, n.toString(16));
        return id;
      }),
    );
    await Promise.all(numbers.map((n) => receipts.take('acme', delivered(`${n}`))));
    expect(await Promise.all(made.map(statusOf))).toEqual(made.map(() => 'DELIVERED'));
  });

  test('A receipt matches a message recorded by an earlier version.', async () => {
    const id = await queued();
    await record(id, '0000ABCDE1');
    await receipts.take('acme', delivered('abcde1'));
    expect(await statusOf(id)).toBe('DELIVERED');
  });
});

describe('Long message', () => {
  const outcomes = () =>
    createOutcomes({ db, queue, transitions, clock, log: createLog('silent'), metrics: createMetrics() });
  const dueJobs = async (id: string) =>
    (
      await db.query(`select 1 as due from jobs where queue = 'outcomes' and subject = $1 and run_at <= $2`, [
        id,
        new Date(clock.now()),
      ])
    ).length;
  /** Runs the deadlines until none is due for the message. */
  async function passDeadline(id: string): Promise<void> {
    clock.advance(31_000);
    const worker = outcomes();
    worker.start();
    await expect.poll(() => dueJobs(id)).toBe(0);
    await worker.stop();
  }
  async function long(...refs: string[]): Promise<string> {
    const id = await queued(refs.length);
    for (const [i, ref] of refs.entries()) await record(id, ref, i + 1);
    return id;
  }

  test('A message with one id for all segments is delivered or failed by one receipt.', async () => {
    const [good, bad] = [await long('one-id', 'one-id', 'one-id'), await long('bad-id', 'bad-id')];
    await receipts.take('acme', delivered('one-id'));
    await receipts.take('acme', { ...delivered('bad-id'), state: 'FAILED' });
    expect([await statusOf(good), await statusOf(bad)]).toEqual(['DELIVERED', 'FAILED']);
    await receipts.take('acme', delivered('one-id'));
    expect(await eventsOf(good)).toEqual(['message.sent', 'message.delivery']);
  });

  test('A message with one receipt for all segments is delivered after 30 s without another receipt.', async () => {
    const id = await long('seg-1', 'seg-2', 'seg-3');
    await receipts.take('acme', delivered('seg-3'));
    expect(await statusOf(id)).toBe('SENT');
    await passDeadline(id);
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A message with a failed segment fails, and stays failed after the deadline.', async () => {
    const id = await long('mix-1', 'mix-2');
    await receipts.take('acme', delivered('mix-1'));
    await receipts.take('acme', { ...delivered('mix-2'), state: 'FAILED' });
    await passDeadline(id);
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['FAILED', ['message.sent', 'message.failed']]);
  });

  test('A segment with an unknown outcome is not delivered by the receipt of another segment.', async () => {
    const id = await queued(2);
    await record(id, 'known-1', 1);
    await record(id, null, 2);
    await receipts.take('acme', delivered('known-1'));
    clock.advance(60_000);
    expect(await statusOf(id)).toBe('UNKNOWN');
  });

  test('A message without any receipt stays SENT.', async () => {
    const id = await long('none-1', 'none-2');
    clock.advance(60_000);
    expect([await statusOf(id), await dueJobs(id)]).toEqual(['SENT', 0]);
  });
});

describe('Receipt with an intermediate state', () => {
  const pending = (carrierRef: string | null, reference: string | null = null): Report => ({
    ...delivered(carrierRef, reference),
    state: 'PENDING',
    raw: 'stat:ACCEPTD',
  });

  test('The receipt is stored without effect, before and after a final receipt.', async () => {
    const id = await queued();
    await record(id, 'pending-1');
    expect(await receipts.take('acme', pending('pending-1'))).toBe('matched');
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['SENT', ['message.sent']]);
    expect(await db.query('select state from receipts where message_id = $1', [id])).toEqual([{ state: 'PENDING' }]);
    await receipts.take('acme', delivered('pending-1'));
    await receipts.take('acme', pending('pending-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('The receipt does not resolve a segment whose outcome is unknown.', async () => {
    const id = await queued();
    await record(id, null);
    await receipts.take('acme', pending('pending-2', `${id}/1`));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['UNKNOWN', []]);
  });

  test('A receipt that arrives before the response is matched with its segment, without effect.', async () => {
    const id = await queued();
    await receipts.take('acme', pending('pending-3'));
    await record(id, 'pending-3');
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['SENT', ['message.sent']]);
    expect(await db.query('select state from receipts where message_id = $1', [id])).toEqual([{ state: 'PENDING' }]);
  });

  test('A receipt without any reference is stored.', async () => {
    expect(await receipts.take('acme', { ...pending(null), raw: 'what is this?' })).toBe('parked');
    expect(await db.query(`select message_id from receipts where raw = 'what is this?'`)).toEqual([
      { message_id: null },
    ]);
  });
});

describe('Response after the submit timed out', () => {
  const late = (id: string, carrierRef: string, state: 'SENT' | 'FAILED' = 'SENT'): Report => ({
    ...delivered(carrierRef, `${id}/1`),
    state,
    raw: 'late submit_sm_resp ESME_ROK',
  });
  const refsOf = (id: string) =>
    db.query(
      `select m.provider_message_ref as message, p.carrier_ref as part
       from messages m join message_parts p on p.message_id = m.id where m.id = $1`,
      [id],
    );

  test('The response marks an unknown segment as SENT, and its id matches a later receipt.', async () => {
    const id = await queued();
    await record(id, null);
    await receipts.take('acme', late(id, 'late-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['SENT', ['message.sent']]);
    expect(await refsOf(id)).toEqual([{ message: 'late-1', part: 'late-1' }]);
    expect(await receipts.take('acme', delivered('late-1'))).toBe('matched');
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A receipt that arrived before the late response delivers the message too.', async () => {
    const id = await queued();
    await record(id, null);
    expect(await receipts.take('acme', delivered('late-2'))).toBe('parked');
    await receipts.take('acme', late(id, 'late-2'));
    receipts.startSweeping();
    await expect.poll(() => statusOf(id)).toBe('DELIVERED');
    await receipts.stopSweeping();
  });

  test('A late response and its receipt deliver the message in any order.', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => queued()));
    for (const id of all) await record(id, null);
    await Promise.all(
      all.flatMap((id) => [
        receipts.take('acme', late(id, `at-once-${id}`)),
        receipts.take('acme', delivered(`at-once-${id}`)),
      ]),
    );
    receipts.startSweeping();
    await expect.poll(() => Promise.all(all.map(statusOf))).toEqual(all.map(() => 'DELIVERED'));
    await receipts.stopSweeping();
  });

  test('A late response that arrives before the segment is recorded as unknown is applied afterwards.', async () => {
    const id = await queued();
    await receipts.take('acme', late(id, 'late-3'));
    await record(id, null);
    expect([await statusOf(id), await refsOf(id)]).toEqual(['SENT', [{ message: 'late-3', part: 'late-3' }]]);
  });

  test('A late response does not change a delivered message, and a late rejection fails an unknown one.', async () => {
    const [done, refused] = [await queued(), await queued()];
    await record(done, null);
    await receipts.take('acme', delivered(null, `${done}/1`));
    await receipts.take('acme', late(done, 'late-4'));
    expect([await statusOf(done), await eventsOf(done)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    await record(refused, null);
    await receipts.take('acme', late(refused, 'late-5', 'FAILED'));
    expect([await statusOf(refused), await eventsOf(refused)]).toEqual(['FAILED', ['message.failed']]);
  });

  test('The carrier is notified that the response matched a segment.', async () => {
    const id = await queued();
    await record(id, null);
    expect(await receipts.take('acme', late(id, 'late-6'))).toBe('matched');
  });
});

test('A deadline fails only segments that are still unknown.', async () => {
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
