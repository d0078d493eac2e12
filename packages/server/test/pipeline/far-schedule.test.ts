// @module-tag slow
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const DAY_MS = 86_400_000;

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const find = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json;

test('A message that was scheduled 100 days ahead is delivered once, and its key still gets the first response.', {
  timeout: 120_000,
}, async () => {
  const sendAt = redcloud.clock.now() + 100 * DAY_MS;
  const body = { sendAt: new Date(sendAt).toISOString(), text: 'In 100 days' };
  const first = await redcloud.send('far', body);
  const id = first.json.results[0].messageId;
  for (const days of [40, 50, 10 - 1 / 24]) {
    redcloud.clock.advance(days * DAY_MS);
    redcloud = await redcloud.restart();
    expect(await find(id)).toMatchObject({ status: 'QUEUED', text: 'In 100 days' });
  }
  redcloud.clock.advance(DAY_MS / 24);
  await vi.waitFor(
    async () => {
      await redcloud.running.look();
      expect((await find(id)).status).toBe('DELIVERED');
    },
    { timeout: 30_000, interval: 100 },
  );
  const message = await find(id);
  expect(message).toMatchObject({ text: 'In 100 days', sendAt: body.sendAt, parts: [{ state: 'DELIVERED' }] });
  expect(message.events.map(({ type }: { type: string }) => type)).toEqual([
    'message.queued',
    'message.sent',
    'message.delivery',
  ]);
  const again = await redcloud.send('far', body);
  expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
});
