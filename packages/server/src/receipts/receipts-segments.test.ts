import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { delivered, receiptsParts } from '../../test/support/receipts.ts';
import { createMetrics } from '../app/metrics.ts';
import { createOutcomes } from '../outbound/outcomes.ts';
import { createLog } from '../platform/log.ts';

const { db, clock, receipts, transitions, queue, queued, record, statusOf, eventsOf } = receiptsParts();

describe('Long message', () => {
  const outcomes = () =>
    createOutcomes({
      db: db(),
      queue: queue(),
      transitions: transitions(),
      clock,
      log: createLog('silent'),
      metrics: createMetrics(new Registry()),
    });
  const dueJobs = async (id: string) =>
    (
      await db().query(`select 1 as due from jobs where queue = 'outcomes' and subject = $1 and run_at <= $2`, [
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
    await receipts().take('acme', delivered('one-id'));
    await receipts().take('acme', { ...delivered('bad-id'), state: 'FAILED' });
    expect([await statusOf(good), await statusOf(bad)]).toEqual(['DELIVERED', 'FAILED']);
    await receipts().take('acme', delivered('one-id'));
    expect(await eventsOf(good)).toEqual(['message.sent', 'message.delivery']);
  });

  test('A message with one receipt for all segments is delivered after 30 s without another receipt.', async () => {
    const id = await long('seg-1', 'seg-2', 'seg-3');
    await receipts().take('acme', delivered('seg-3'));
    expect(await statusOf(id)).toBe('SENT');
    await passDeadline(id);
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['DELIVERED', ['message.sent', 'message.delivery']]);
  });

  test('A message with a failed segment fails, and stays failed after the deadline.', async () => {
    const id = await long('mix-1', 'mix-2');
    await receipts().take('acme', delivered('mix-1'));
    await receipts().take('acme', { ...delivered('mix-2'), state: 'FAILED' });
    await passDeadline(id);
    expect([await statusOf(id), await eventsOf(id)]).toEqual(['FAILED', ['message.sent', 'message.failed']]);
  });

  test('A segment with an unknown outcome is not delivered by the receipt of another segment.', async () => {
    const id = await queued(2);
    await record(id, 'known-1', 1);
    await record(id, null, 2);
    await receipts().take('acme', delivered('known-1'));
    clock.advance(60_000);
    expect(await statusOf(id)).toBe('UNKNOWN');
  });

  test('A message without any receipt stays SENT.', async () => {
    const id = await long('none-1', 'none-2');
    clock.advance(60_000);
    expect([await statusOf(id), await dueJobs(id)]).toEqual(['SENT', 0]);
  });
});
