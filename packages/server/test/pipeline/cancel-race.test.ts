import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

/** Messages whose cancel races with their submit. CANCELS=20000 for the full size. */
const CANCELS = Number(process.env['CANCELS'] ?? 500);
const PER_REQUEST = 100;
/** Cancels at the same time, below the limit of concurrent requests of a client. */
const AT_ONCE = 32;

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const statusOf = async (id: string) => (await redcloud.call(`/api/core/messages/${id}`)).json.status as string;

async function cancel(id: string): Promise<number> {
  return (await redcloud.call(`/api/core/messages/${id}/cancel`, { method: 'POST' })).status;
}

test('Each message whose cancel races with its submit is either canceled or submitted, never both.', {
  tags: 'slow',
  timeout: 600_000,
}, async () => {
  const ids: string[] = [];
  const answers = new Map<string, number>();
  const waiting: string[] = [];
  const cancelSome = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) answers.set(id, await cancel(id));
  };
  let running: Promise<void>[] = [];
  for (let n = 0; n < CANCELS; n += PER_REQUEST) {
    const to = Array.from({ length: PER_REQUEST }, (_, i) => `+1555${String(6_000_000 + n + i)}`);
    // The first is due at once, and the others one after the other.
    const { json } = await redcloud.send(`race-${n}`, { to, maxPerMinute: 3_000 });
    const made: string[] = json.results.map(({ messageId }: { messageId: string }) => messageId);
    ids.push(...made);
    waiting.push(...made);
    await Promise.all(running.splice(0));
    running = Array.from({ length: AT_ONCE }, cancelSome);
  }
  await Promise.all(running);
  expect([...answers.values()].filter((status) => status !== 200 && status !== 409)).toEqual([]);
  const canceled = ids.filter((id) => answers.get(id) === 200);
  const late = ids.filter((id) => answers.get(id) === 409);
  // Both outcomes occur, otherwise there was no race.
  expect(canceled.length).toBeGreaterThan(0);
  expect(late.length).toBeGreaterThan(0);
  await vi.waitFor(
    async () => {
      const list = (await redcloud.call('/api/core/messages?status=QUEUED&limit=1')).json;
      expect(list.messages).toEqual([]);
    },
    { timeout: 60_000, interval: 200 },
  );
  const submitted = new Set(
    redcloud
      .logged()
      .split('\n')
      .filter((line) => line.includes('"event":"submit"'))
      .map((line) => JSON.parse(line).messageId as string),
  );
  expect(canceled.filter((id) => submitted.has(id))).toEqual([]);
  expect(late.filter((id) => !submitted.has(id))).toEqual([]);
  const sample = [...canceled.slice(0, 50), ...late.slice(0, 50)];
  const states = await Promise.all(sample.slice(0, 8).map(statusOf));
  expect(states.every((state) => state !== 'QUEUED')).toBe(true);
  console.info(`${ids.length} messages: ${canceled.length} canceled, ${late.length} submitted`);
});
