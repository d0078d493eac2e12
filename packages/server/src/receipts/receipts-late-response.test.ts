import { describe, expect, test } from 'vitest';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';
import type { Report } from '../carriers/carrier.ts';

const { db, receipts, queued, record, statusOf, eventsOf } = receiptsParts();

describe('Response after the submit timed out', () => {
  const late = (id: string, carrierRef: string, state: 'SENT' | 'FAILED' = 'SENT'): Report => ({
    ...delivered(carrierRef, `${id}/1`),
    state,
    raw: 'late submit_sm_resp ESME_ROK',
  });
  const refsOf = (id: string) =>
    db().query(
      `select m.provider_message_ref as message, p.carrier_ref as part
       from messages m join message_parts p on p.message_id = m.id where m.id = $1`,
      [id],
    );

  test('The response marks an unknown segment as SENT, and its id matches a later receipt.', async () => {
    const id = await queued();
    await record(id, null);
    await receipts().take('acme', late(id, 'late-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['SENT', ['message.sent']]);
    expect(await refsOf(id)).toEqual([{ message: 'late-1', part: 'late-1' }]);
    expect(await receipts().take('acme', delivered('late-1'))).toBe('matched');
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A receipt that arrived before the late response delivers the message too.', async () => {
    const id = await queued();
    await record(id, null);
    expect(await receipts().take('acme', delivered('late-2'))).toBe('parked');
    await receipts().take('acme', late(id, 'late-2'));
    receipts().start();
    await expect.poll(() => statusOf(id)).toBe('DELIVERED');
    await receipts().stop();
  });

  test('A late response and its receipt deliver the message in any order.', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => queued()));
    for (const id of all) await record(id, null);
    await Promise.all(
      all.flatMap((id) => [
        receipts().take('acme', late(id, `at-once-${id}`)),
        receipts().take('acme', delivered(`at-once-${id}`)),
      ]),
    );
    receipts().start();
    await expect.poll(() => Promise.all(all.map(statusOf))).toEqual(all.map(() => 'DELIVERED'));
    await receipts().stop();
  });

  test('A late response that arrives before the segment is recorded as unknown is applied afterwards.', async () => {
    const id = await queued();
    await receipts().take('acme', late(id, 'late-3'));
    await record(id, null);
    expect([await statusOf(id), await refsOf(id)]).toEqual(['SENT', [{ message: 'late-3', part: 'late-3' }]]);
  });

  test('A late response does not change a delivered message, and a late rejection fails an unknown one.', async () => {
    const [done, refused] = [await queued(), await queued()];
    await record(done, null);
    await receipts().take('acme', delivered(null, `${done}/1`));
    await receipts().take('acme', late(done, 'late-4'));
    expect([await statusOf(done), await eventsOf(done)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
    await record(refused, null);
    await receipts().take('acme', late(refused, 'late-5', 'FAILED'));
    expect([await statusOf(refused), await eventsOf(refused)]).toEqual(['FAILED', ['message.failed']]);
  });

  test('The carrier is notified that the response matched a segment.', async () => {
    const id = await queued();
    await record(id, null);
    expect(await receipts().take('acme', late(id, 'late-6'))).toBe('matched');
  });
});
