// @module-tag slow
import { afterEach, expect, test } from 'vitest';
import { sendTo, withReceiver } from '../support/exchange.ts';
import { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const MINUTE = 60_000;

let redcloud: TestRedCloud;
let receiver: Receiver;

afterEach(async () => {
  await redcloud.stop();
  await receiver.stop();
});

const attemptsOf = (id: string, type: string) =>
  receiver.deliveries.filter(({ body }) => body.messageId === id && body.type === type);

/** Value of a metric, which shows whether every attempt so far is recorded. */
async function metric(line: RegExp): Promise<number> {
  const { text } = await redcloud.call('/metrics', { token: null });
  return Number(line.exec(text)?.[1] ?? 0);
}

async function untilMetric(line: RegExp, value: number): Promise<void> {
  while ((await metric(line)) < value) await redcloud.running.look();
}

test('Failed attempts are repeated after 1, 5, 15 and 60 minutes, and then the failure is recorded.', async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  receiver.answer = () => 500;
  const id = await sendTo(redcloud, '+15550000003');
  const times: number[] = [];
  for (const [i, wait] of [0, 1, 5, 15, 60].entries()) {
    if (wait > 0) {
      redcloud.clock.advance(wait * MINUTE - 2_000);
      await redcloud.running.look();
      await metric(/x/);
      expect(attemptsOf(id, 'message.queued')).toHaveLength(i);
      redcloud.clock.advance(4_000);
      await redcloud.running.look();
    }
    await receiver.until(
      () => attemptsOf(id, 'message.queued').length === i + 1 && attemptsOf(id, 'message.sent').length === i + 1,
    );
    const outcome = i === 4 ? /outcome="given_up"\} (\d+)/ : /outcome="retry"\} (\d+)/;
    await untilMetric(outcome, i === 4 ? 2 : 2 * (i + 1));
    times.push(Number(attemptsOf(id, 'message.queued').at(-1)?.headers['x-redcloud-timestamp']));
  }
  // Each attempt has a new signature with its own time.
  const gaps = times.slice(1).map((time, i) => Math.round((time - (times[i] as number)) / 60));
  expect(gaps).toEqual([1, 5, 15, 60]);
  expect(new Set(attemptsOf(id, 'message.queued').map(({ rawBody }) => rawBody)).size).toBe(1);

  redcloud.clock.advance(24 * 60 * MINUTE);
  await redcloud.running.look();
  await untilMetric(/redcloud_queue_depth\{queue="webhooks"\} (\d+)/, 0);
  expect(attemptsOf(id, 'message.queued')).toHaveLength(5);
  expect(redcloud.logged()).toContain('"outcome":"GIVEN_UP"');
});

test('The retry schedule is configurable.', { tags: 'slow' }, async () => {
  redcloud = await startRedCloud({ env: { RC_WEBHOOK_RETRY_SCHEDULE: '2' } });
  receiver = await withReceiver(redcloud);
  receiver.answer = () => 503;
  const id = await sendTo(redcloud, '+15550000003');
  await untilMetric(/outcome="retry"\} (\d+)/, 2);
  redcloud.clock.advance(3_000);
  await redcloud.running.look();
  await untilMetric(/outcome="given_up"\} (\d+)/, 2);
  expect(attemptsOf(id, 'message.queued')).toHaveLength(2);
});

test('An endpoint that was down gets its event at the next attempt, and redirects count as failures.', {
  tags: 'slow',
}, async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
  receiver.answer = () => 302;
  const id = await sendTo(redcloud, '+15550000003');
  await untilMetric(/outcome="retry"\} (\d+)/, 2);
  receiver.answer = () => 200;
  redcloud.clock.advance(MINUTE + 1_000);
  await redcloud.running.look();
  await untilMetric(/outcome="delivered"\} (\d+)/, 2);
  expect(attemptsOf(id, 'message.sent')).toHaveLength(2);
});

test('An event without a URL is not sent and delays no other job.', { tags: 'slow' }, async () => {
  redcloud = await startRedCloud();
  receiver = await Receiver.start();
  const nowhere = { deliveryWebhookUrl: null, inboundWebhookUrl: null };
  await redcloud.admin('PATCH', '/clients/rc_test_client_123', nowhere);
  await sendTo(redcloud, '+15550000001');
  await untilMetric(/redcloud_messages_finished_total\{status="DELIVERED"\} (\d+)/, 1);
  while ((await metric(/redcloud_queue_depth\{queue="webhooks"\} (\d+)/)) > 0) await redcloud.running.look();
  expect(receiver.deliveries).toEqual([]);
});
