import { afterEach, expect, test } from 'vitest';
import { sendTo, withReceiver } from '../support/exchange.ts';
import { timesTaken } from '../support/ledger.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

/** The simulator accepts the segment without a response, and sends a receipt later. */
const UNKNOWN = '+15550000006';

let redcloud: TestRedCloud;
let receiver: Receiver;

afterEach(async () => {
  await redcloud.stop();
  await receiver.stop();
});

const timesHandedOver = (id: string) => timesTaken(redcloud.store.dataDir).get(id) ?? 0;

test('A submit without a response is not repeated, and a later receipt resolves it.', async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  const id = await sendTo(redcloud, UNKNOWN);
  await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
  expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  expect(timesHandedOver(id)).toBe(1);
});

test('Without a receipt the message fails with OUTCOME_UNKNOWN at the deadline and is never resubmitted.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud({ overrides: { simulatorPace: 30 }, env: { RC_OUTCOME_DEADLINE: '3600' } });
  receiver = await withReceiver(redcloud);
  const id = await sendTo(redcloud, UNKNOWN);
  while (!redcloud.logged().includes('"outcome":"unknown"')) await redcloud.call('/health/live', { token: null });
  while (!/outcome_unknown_total 1/.test((await redcloud.call('/metrics', { token: null })).text));
  redcloud.clock.advance(3_601_000);
  await redcloud.running.look();
  await receiver.until(() => receiver.typesOf(id).includes('message.failed'));
  const failed = receiver.deliveries.find(({ body }) => body.type === 'message.failed')?.body;
  expect(failed?.error?.code).toBe('OUTCOME_UNKNOWN');
  expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.failed']);
  expect(timesHandedOver(id)).toBe(1);
});

test('With AT_LEAST_ONCE a receipt before the next attempt prevents another submit.', { tags: 'slow' }, async () => {
  redcloud = await startRedCloud({ overrides: { simulatorPace: 0.05 } });
  receiver = await withReceiver(redcloud);
  const id = await sendTo(redcloud, UNKNOWN, { deliveryGuarantee: 'AT_LEAST_ONCE' });
  await receiver.until(() => receiver.typesOf(id).includes('message.delivery'));
  redcloud.clock.advance(120_000);
  await redcloud.running.look();
  const next = await sendTo(redcloud, '+15550000001');
  await receiver.until(() => receiver.typesOf(next).includes('message.delivery'));
  expect(timesHandedOver(id)).toBe(1);
  expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
});

test('With AT_LEAST_ONCE an unknown segment is submitted again.', { tags: 'slow' }, async () => {
  redcloud = await startRedCloud({ overrides: { simulatorPace: 0.5 } });
  receiver = await withReceiver(redcloud);
  const id = await sendTo(redcloud, UNKNOWN, { deliveryGuarantee: 'AT_LEAST_ONCE' });
  while (timesHandedOver(id) < 2) {
    redcloud.clock.advance(1_000);
    await redcloud.running.look();
    await redcloud.call('/health/live', { token: null });
  }
  expect(timesHandedOver(id)).toBeGreaterThanOrEqual(2);
});
