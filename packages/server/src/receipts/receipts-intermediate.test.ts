import { describe, expect, test } from 'vitest';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';
import type { Report } from '../carriers/carrier.ts';

const { db, receipts, queued, record, statusOf, eventsOf } = receiptsParts();

describe('Receipt with an intermediate state', () => {
  const pending = (carrierRef: string | null, reference: string | null = null): Report => ({
    ...delivered(carrierRef, reference),
    state: 'PENDING',
    raw: 'stat:ACCEPTD',
  });

  test('The receipt is stored without effect, before and after a final receipt.', async () => {
    const id = await queued();
    await record(id, 'pending-1');
    expect(await receipts().take('acme', pending('pending-1'))).toBe('matched');
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['SENT', ['message.sent']]);
    expect(await db().query('select state from receipts where message_id = $1', [id])).toEqual([{ state: 'PENDING' }]);
    await receipts().take('acme', delivered('pending-1'));
    await receipts().take('acme', pending('pending-1'));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('The receipt does not resolve a segment whose outcome is unknown.', async () => {
    const id = await queued();
    await record(id, null);
    await receipts().take('acme', pending('pending-2', `${id}/1`));
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['UNKNOWN', []]);
  });

  test('A receipt that arrives before the response is matched with its segment, without effect.', async () => {
    const id = await queued();
    await receipts().take('acme', pending('pending-3'));
    await record(id, 'pending-3');
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['SENT', ['message.sent']]);
    expect(await db().query('select state from receipts where message_id = $1', [id])).toEqual([{ state: 'PENDING' }]);
  });

  test('A receipt without any reference is stored.', async () => {
    expect(await receipts().take('acme', { ...pending(null), raw: 'what is this?' })).toBe('parked');
    expect(await db().query(`select message_id from receipts where raw = 'what is this?'`)).toEqual([
      { message_id: null },
    ]);
  });
});
