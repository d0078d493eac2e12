import { afterAll, beforeAll, expect, test } from 'vitest';
import { withReceiver } from '../support/exchange.ts';
import { timesTaken } from '../support/ledger.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { sized } from '../support/thorough.ts';

const MESSAGES = sized(600);

let redcloud: TestRedCloud;
let receiver: Receiver;

beforeAll(async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
});
afterAll(async () => {
  await redcloud.stop();
  await receiver.stop();
});

test('A burst is accepted, and each message of it is submitted once and reported in order.', async () => {
  const answers = await Promise.all(
    Array.from({ length: MESSAGES }, (_, i) => redcloud.send(`burst-${i}`, { to: [`+1555${2_000_000 + i}`] })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const ids = answers.map(({ json }) => json.results[0].messageId as string);
  await receiver.until(
    (deliveries) => deliveries.filter(({ body }) => body.type === 'message.delivery').length >= MESSAGES,
  );
  for (const id of ids) expect(receiver.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  const taken = timesTaken(redcloud.store.dataDir);
  expect(ids.every((id) => taken.get(id) === 1)).toBe(true);
  const metrics = await (await fetch(`${redcloud.url}/metrics`)).text();
  expect(metrics).toMatch(/^redcloud_worker_share (0\.\d+|1)$/m);
  expect(metrics).toMatch(/^redcloud_estimated_delay_seconds \d/m);
});
