import { describe, expect, test } from 'vitest';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';
import type { Report } from '../carriers/carrier.ts';
import { addAttempts, attemptsOf, type EndedAttempt, reportAttempts } from '../messages/attempts/attempts.ts';

const { db, clock, metrics, receipts, queued, record, statusOf, eventsOf } = receiptsParts();

const FAILURE = { code: 'UNDELIVERABLE', message: 'The carrier could not deliver the message', details: {} };

/** Report about one attempt, from a carrier that returns our reference. */
function about(id: string, attempt: number | null, state: Report['state'], carrierRef = `ref-${attempt}`): Report {
  const error = state === 'FAILED' ? FAILURE : null;
  return { ...delivered(carrierRef, `${id}/1`), attempt, state, error };
}

async function ended(messageId: string, fields: Partial<EndedAttempt> = {}): Promise<void> {
  const unknown = { outcome: 'UNKNOWN', proof: null, carrierCode: null, reason: 'no response' } as const;
  await addAttempts(db(), [{ messageId, part: 1, attempt: 1, carrier: 'acme', ...unknown, ...fields }], new Date());
}

/** Message whose first attempt through `acme` was unknown, and whose second one was recorded. */
async function sentTwice(second: string | null, carrier = 'acme'): Promise<string> {
  const id = await queued();
  await record(id, null, 1, { attempt: 1 });
  await ended(id);
  await record(id, second, 1, { attempt: 2, carrier });
  return id;
}

async function duplicates(): Promise<number> {
  const { values } = await metrics().possibleDuplicates.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}

describe('Report about an earlier attempt', () => {
  test.each([
    ['the same carrier', 'acme'],
    ['another carrier', 'other'],
  ])(
    'A delivery delivers the message and raises POSSIBLE_DUPLICATE, with a later attempt at %s.',
    async (_, carrier) => {
      const id = await sentTwice('ref-2', carrier);
      expect(await receipts().take('acme', about(id, 1, 'DELIVERED'))).toBe('matched');
      expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
      expect(await attemptsOf(db(), id)).toMatchObject([{ reported: 'DELIVERED', providerMessageRef: 'ref-1' }]);
      expect(await duplicates()).toBe(1);
      const [segment] = await db().query(
        'select carrier, carrier_ref, attempt from message_parts where message_id = $1',
        [id],
      );
      expect(segment).toEqual({ carrier, carrier_ref: 'ref-2', attempt: 2 });
    },
  );

  test('A failure does not fail the message, because the later attempt decides.', async () => {
    const id = await sentTwice('ref-2');
    expect(await receipts().take('acme', about(id, 1, 'FAILED'))).toBe('matched');
    expect(await statusOf(id)).toBe('SENT');
    expect(await attemptsOf(db(), id)).toMatchObject([{ reported: 'FAILED' }]);
    await receipts().take('acme', about(id, 2, 'DELIVERED'));
    expect([await statusOf(id), await duplicates()]).toEqual(['DELIVERED', 0]);
  });

  test('A delivery after a failure of the same attempt is stored, and a failure after the delivery is not.', async () => {
    const id = await sentTwice('ref-2');
    for (const state of ['SENT', 'FAILED', 'SENT'] as const) await receipts().take('acme', about(id, 1, state));
    expect(await attemptsOf(db(), id)).toMatchObject([{ reported: 'FAILED' }]);
    for (const state of ['DELIVERED', 'FAILED', 'SENT'] as const) await receipts().take('acme', about(id, 1, state));
    expect(await attemptsOf(db(), id)).toMatchObject([{ reported: 'DELIVERED' }]);
  });

  test('Reports of one attempt that are stored together leave the last state, in any order.', async () => {
    const id = await sentTwice('ref-2');
    const of = (state: 'SENT' | 'DELIVERED' | 'FAILED', carrierRef: string | null) => {
      return { messageId: id, part: 1, attempt: 1, carrier: 'acme', state, carrierRef };
    };
    await reportAttempts(db(), [of('DELIVERED', null), of('FAILED', 'ref-1'), of('SENT', null)]);
    expect(await attemptsOf(db(), id)).toMatchObject([{ reported: 'DELIVERED', providerMessageRef: 'ref-1' }]);
  });

  test('A delivery delivers a message whose later attempt is unknown as well.', async () => {
    const id = await sentTwice(null);
    await receipts().take('acme', about(id, 1, 'SENT'));
    await receipts().take('acme', about(id, 1, 'DELIVERED'));
    expect([await statusOf(id), await duplicates()]).toEqual(['DELIVERED', 2]);
  });

  test('A delivery delivers a message although the carrier had refused that attempt.', async () => {
    const id = await queued();
    await ended(id, { outcome: 'REJECTED', proof: 'REFUSED', carrierCode: '88' });
    expect(await receipts().take('acme', about(id, 1, 'DELIVERED'))).toBe('matched');
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test('A receipt that has only the id of an earlier attempt is matched by the next sweep.', async () => {
    const id = await sentTwice('ref-2');
    await receipts().take('acme', about(id, 1, 'SENT', 'late'));
    await receipts().take('acme', delivered('late'));
    clock.advance(16_000);
    await receipts().sweep();
    expect(await statusOf(id)).toBe('DELIVERED');
  });
});

describe('Report about the latest attempt', () => {
  test('A delivery after the failure that failed the message is stored with the attempt.', async () => {
    const id = await queued();
    await record(id, null, 1, { attempt: 1 });
    await ended(id);
    await receipts().take('acme', about(id, 1, 'FAILED'));
    expect([await statusOf(id), await attemptsOf(db(), id)]).toMatchObject(['FAILED', [{ reported: 'FAILED' }]]);
    await receipts().take('acme', about(id, 1, 'DELIVERED'));
    expect(await attemptsOf(db(), id)).toMatchObject([{ reported: 'DELIVERED' }]);
  });

  test('A report before the next attempt is no duplicate, and is stored with the unknown attempt.', async () => {
    const id = await queued();
    await record(id, null, 1, { attempt: 1 });
    await ended(id);
    await receipts().take('acme', about(id, 1, 'DELIVERED'));
    expect([await statusOf(id), await duplicates()]).toEqual(['DELIVERED', 0]);
    expect(await attemptsOf(db(), id)).toMatchObject([{ reported: 'DELIVERED' }]);
  });

  test('A failure of an attempt does not fail the message while the next attempt is in progress.', async () => {
    const id = await queued();
    await record(id, null, 1, { attempt: 1 });
    await ended(id);
    await db().query(
      `insert into jobs (queue, subject, ordinal, client, lane, attempt, run_at, leased_by, lease, carrier)
       values ('outbound', $1, 0, 'client', 'num', 2, now(), 'prc_other', 1, 'acme')`,
      [id],
    );
    await receipts().take('acme', about(id, 1, 'FAILED'));
    expect(await statusOf(id)).toBe('UNKNOWN');
    await db().query('update jobs set leased_by = null, lease = null, attempt = 1 where subject = $1', [id]);
    await receipts().take('acme', about(id, 1, 'FAILED'));
    expect(await statusOf(id)).toBe('FAILED');
  });

  test('A report about an attempt in progress changes the segment, and its result is no duplicate.', async () => {
    const id = await queued();
    await record(id, null, 1, { attempt: 1 });
    await ended(id);
    await receipts().take('acme', about(id, 2, 'DELIVERED'));
    expect([await statusOf(id), await duplicates()]).toEqual(['DELIVERED', 0]);
  });

  test('A report with our reference and a second message id changes no status. A positive one raises POSSIBLE_DUPLICATE.', async () => {
    const id = await queued();
    await record(id, 'ref-1', 1, { attempt: 1 });
    await receipts().take('acme', about(id, 1, 'FAILED', 'ref-other'));
    expect([await statusOf(id), await duplicates()]).toEqual(['SENT', 0]);
    await receipts().take('acme', about(id, 1, 'DELIVERED', 'ref-other'));
    expect([await statusOf(id), await duplicates()]).toEqual(['SENT', 1]);
    await receipts().take('acme', about(id, 1, 'DELIVERED', 'ref-1'));
    expect(await statusOf(id)).toBe('DELIVERED');
  });

  test('Reports of an earlier version name no attempt and match the segment.', async () => {
    const id = await queued();
    await record(id, 'ref-1');
    await receipts().take('acme', about(id, null, 'DELIVERED', 'ref-1'));
    expect([await statusOf(id), await duplicates()]).toEqual(['DELIVERED', 0]);
  });
});
