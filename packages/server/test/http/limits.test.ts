import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const LIMIT = 1_000;
let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud({
    env: { RC_MAX_QUEUED_PER_NUMBER: String(LIMIT) },
    // Without a link, queued messages stay queued.
    overrides: { simulatorLinks: 0 },
  });
});
afterAll(async () => redcloud.stop());

const recipients = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `+1555${String(3_000_000 + from + i)}`);

async function queued(): Promise<number> {
  const { text } = await redcloud.call('/metrics');
  return Number(/redcloud_queue_depth\{queue="outbound"\} (\d+)/.exec(text)?.[1]);
}

test('A full queue rejects a send as a whole with Retry-After, and still returns idempotent responses.', async () => {
  const first = await redcloud.send('first', { to: recipients(LIMIT - 1) });
  expect(first.status).toBe(202);

  const two = { to: recipients(2, LIMIT) };
  const refused: Answer = await redcloud.send('second', two);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  // Messages that are added during a count of the queue may be counted twice until the next count.
  await expect
    .poll(async () => (await redcloud.send('second', two)).json.error)
    .toEqual({
      code: 'RATE_LIMITED',
      message: 'Too many messages of sendFrom are waiting to be sent',
      details: { scope: 'number', limit: LIMIT, queued: LIMIT - 1 },
    });
  // The count of the queue may be a second old.
  await expect.poll(queued).toBe(LIMIT - 1);

  const last = await redcloud.send('third', { to: recipients(1, LIMIT) });
  expect(last.status).toBe(202);
  expect((await redcloud.send('fourth', { to: recipients(1, LIMIT + 1) })).status).toBe(429);

  const replay = await redcloud.send('first', { to: recipients(LIMIT - 1) });
  expect([replay.status, replay.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
  expect(replay.text).toBe(first.text);
});

test('Concurrent sends are counted together, so that the limit holds, and each send is atomic.', {
  tags: 'slow',
}, async () => {
  const crowd = await startRedCloud({
    env: { RC_MAX_QUEUED_PER_NUMBER: String(LIMIT) },
    overrides: { simulatorLinks: 0 },
  });
  const send = (i: number) => crowd.send(`crowd-${i}`, { to: recipients(50, i * 50) });
  const accepted = new Set<number>();
  const round = async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => send(i)));
    expect(answers.filter(({ status }) => status !== 202 && status !== 429)).toEqual([]);
    for (const [i, { status, json }] of answers.entries()) {
      if (status !== 202) continue;
      expect(json.results).toHaveLength(50);
      accepted.add(i);
    }
    return accepted.size;
  };
  // Messages that are added during a count of the queue may be counted twice until the next count. A retry succeeds
  // then.
  await expect.poll(round).toBe(LIMIT / 50);
  expect(await round()).toBe(LIMIT / 50);
  await crowd.stop();
});
