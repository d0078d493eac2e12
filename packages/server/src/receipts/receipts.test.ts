import { describe, expect, test } from 'vitest';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';
import type { Report } from '../carriers/carrier.ts';
import type { PartReport } from '../messages/lifecycle/transition.ts';

const { db, clock, receipts, transitions, listen, queued, record, statusOf, eventsOf } = receiptsParts();

describe('Receipt', () => {
  test('A receipt is matched by the carrier message id.', async () => {
    const id = await queued();
    await record(id, 'ref-1');
    await receipts().take('acme', delivered('ref-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('Receipts that arrived together are committed together or not at all, and others are not affected.', async () => {
    const ids = await Promise.all([queued(), queued(), queued()]);
    await Promise.all(ids.map((id, n) => record(id, `together-${n}`)));
    // The store rejects the number of the attempt.
    const impossible = { ...delivered('together-1'), attempt: 2 ** 40 };
    const together = [delivered('together-0'), impossible];
    const results = await Promise.allSettled([
      receipts().takeTogether('acme', together),
      receipts().take('acme', delivered('together-2')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await Promise.all(ids.map(statusOf))).toEqual(['SENT', 'SENT', 'DELIVERED']);
    await receipts().takeTogether('acme', [delivered('together-0'), delivered('together-1'), delivered('none')]);
    expect(await Promise.all(ids.map(statusOf))).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED']);
  });

  test('A receipt of another carrier with the same id does not match.', async () => {
    const id = await queued();
    await record(id, 'ref-2');
    await receipts().take('other', delivered('ref-2'));
    expect(await statusOf(id)).toBe('SENT');
  });

  test.each([false, true])(
    'A receipt that arrives before the response is parked, and matched when the segment is recorded (alone: %s).',
    async (alone) => {
      listen({ alone });
      const id = await queued();
      await receipts().take('acme', delivered(`ref-3 ${alone}`));
      expect(await statusOf(id)).toBe('QUEUED');
      await record(id, `ref-3 ${alone}`);
      expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    },
  );

  test.each([false, true])(
    'A receipt that arrives while the response is being recorded is matched, whichever commits first (alone: %s).',
    async (alone) => {
      listen({ alone });
      const pairs = await Promise.all(
        Array.from({ length: 60 }, async (_, i) => [await queued(), `race-${alone}-${i}`] as const),
      );
      await Promise.all(pairs.flatMap(([id, ref]) => [record(id, ref), receipts().take('acme', delivered(ref))]));
      expect(await Promise.all(pairs.map(([id]) => statusOf(id)))).toEqual(pairs.map(() => 'DELIVERED'));
    },
  );

  test('A receipt that an earlier process parked is matched by the first sweep of the next process.', async () => {
    const id = await queued();
    await receipts().take('acme', delivered('ref-before'));
    listen({ alone: true });
    await record(id, 'ref-before');
    expect(await statusOf(id)).toBe('SENT');
    receipts().start();
    await expect.poll(() => statusOf(id)).toBe('DELIVERED');
    await receipts().stop();
  });

  test('A receipt with our reference resolves a segment whose outcome is unknown.', async () => {
    const id = await queued();
    await record(id, null);
    expect(await statusOf(id)).toBe('UNKNOWN');
    await receipts().take('acme', delivered('ref-late', `${id}/1`));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A repeated receipt is stored and changes nothing, whether it arrives concurrently or later.', async () => {
    const id = await queued();
    await record(id, 'ref-4');
    await Promise.all([receipts().take('acme', delivered('ref-4')), receipts().take('acme', delivered('ref-4'))]);
    await receipts().take('acme', { ...delivered('ref-4'), state: 'FAILED' });
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    expect(await db().query('select 1 as kept from receipts where message_id = $1', [id])).toHaveLength(3);
  });

  test('A message is delivered when each segment has its receipt, and failed when one segment fails.', async () => {
    const [whole, broken] = [await queued(2), await queued(2)];
    for (const part of [1, 2]) {
      await record(whole, `whole-${part}`, part);
      await record(broken, `broken-${part}`, part);
    }
    await receipts().take('acme', delivered('whole-2'));
    expect(await statusOf(whole)).toBe('SENT');
    await Promise.all([
      receipts().take('acme', delivered('whole-1')),
      receipts().take('acme', delivered('broken-1')),
      receipts().take('acme', { ...delivered('broken-2'), state: 'FAILED' }),
    ]);
    expect([await statusOf(whole), await statusOf(broken)]).toEqual(['DELIVERED', 'FAILED']);
    expect(await eventsOf(broken)).toEqual(['message.sent', 'message.failed']);
  });

  test('A receipt with characters that the store does not accept is stored, and its batch succeeds.', async () => {
    const id = await queued();
    await record(id, 'ref-5');
    const garbage: Report = { ...delivered('nul-\0'), raw: 'half \ud83d and \0', reference: 'msg_x/999999999999' };
    await Promise.all([receipts().take('acme', garbage), receipts().take('acme', delivered('ref-5'))]);
    expect(await statusOf(id)).toBe('DELIVERED');
    const [kept] = await db().query<{ raw: string }>(`select raw from receipts where carrier_ref = $1`, ['nul-\ufffd']);
    expect(kept?.raw).toBe('half \ufffd and \ufffd');
  });

  test('A failure with characters that the store does not accept, in any text, fails its message.', async () => {
    const ids = await Promise.all([queued(), queued(), queued()]);
    await Promise.all(ids.map((id, n) => record(id, `odd-${n}`)));
    const odd = 'a\0b \ud83d';
    const failed = (n: number, error: Report['error']): Report => ({
      ...delivered(`odd-${n}`),
      state: 'FAILED',
      error,
    });
    const details = { carrierCode: odd, reason: odd, [odd]: [{ text: odd }, 1, null] };
    await receipts().take('acme', failed(0, { code: 'UNDELIVERABLE', message: 'x', details }));
    await receipts().takeTogether('acme', [
      failed(1, { code: odd, message: odd, details: {} }),
      failed(2, { code: 'UNDELIVERABLE', message: 'x', details: { carrierCode: odd } }),
    ]);
    expect(await Promise.all(ids.map(statusOf))).toEqual(['FAILED', 'FAILED', 'FAILED']);
    const [kept] = await db().query(`select error from receipts where carrier_ref = 'odd-0'`, []);
    const good = 'a\ufffdb \ufffd';
    const cleaned = { carrierCode: good, reason: good, [good]: [{ text: good }, 1, null] };
    expect(kept).toEqual({ error: { code: 'UNDELIVERABLE', message: 'x', details: cleaned } });
  });

  test('A receipt after the final status of its message is stored and changes nothing.', async () => {
    const id = await queued();
    await record(id, null);
    const error = { code: 'OUTCOME_UNKNOWN', message: 'x', details: {} };
    await transitions().transact((_tx, advance) =>
      advance(new Date(clock.now()), [
        { messageId: id, part: 1, state: 'FAILED', onlyFrom: 'UNKNOWN', carrier: 'acme', carrierRef: null, error },
      ]),
    );
    await receipts().take('acme', delivered('too-late', `${id}/1`));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['FAILED', ['message.failed']]);
  });
});

test('The sweep matches receipts that a crash left parked, also behind many receipts that match nothing.', async () => {
  const id = await queued();
  await db().query(`insert into receipts (carrier, carrier_ref, state, raw, received_at)
    select 'acme', 'before-' || n, 'DELIVERED', '', date_trunc('milliseconds', now()) from generate_series(1, 1200) n`);
  await receipts().take('acme', delivered('ref-crash'));
  const report: PartReport = {
    messageId: id,
    part: 1,
    state: 'SENT',
    carrier: 'acme',
    carrierRef: 'ref-crash',
    error: null,
  };
  await transitions().transact((_tx, advance) => advance(new Date(clock.now()), [report]));
  expect(await statusOf(id)).toBe('SENT');
  receipts().start();
  await expect.poll(() => statusOf(id)).toBe('DELIVERED');
  await receipts().stop();
});

test('A deadline fails only segments that are still unknown.', async () => {
  const id = await queued();
  await record(id, 'ref-known');
  const error = { code: 'OUTCOME_UNKNOWN', message: 'x', details: {} };
  await transitions().transact((_tx, advance) =>
    advance(new Date(clock.now()), [
      { messageId: id, part: 1, state: 'FAILED', onlyFrom: 'UNKNOWN', carrier: 'acme', carrierRef: null, error },
    ]),
  );
  expect(await statusOf(id)).toBe('SENT');
});
