import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ApiError } from '#platform/errors.ts';
import { createShedding, type Shedding } from './shedding.ts';

let delays: { client: string; lane: string; seconds: number }[];
let shedding: Shedding;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  delays = [];
  shedding = createShedding({ delays: () => delays, maxSeconds: 300 });
});
afterEach(() => {
  shedding.stop();
  vi.useRealTimers();
});

const is = (client: string, seconds: number, lane = 'lane') => ({ client, lane, seconds });

/** Rejection of a send after its pause, or undefined if the send is accepted. */
async function refusal(client: string, lane = 'lane'): Promise<ApiError | undefined> {
  const checked = shedding.check({ client, lane });
  vi.advanceTimersByTime(250);
  return checked;
}

const look = () => vi.advanceTimersByTime(500);

test('Only a sender whose messages would wait longer than the limit is rejected.', async () => {
  delays = [is('campaign', 301), is('shop', 299), is('campaign', 0.1, 'another number')];
  look();
  expect(await refusal('campaign')).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
  expect(await refusal('shop')).toBeUndefined();
  expect(await refusal('new')).toBeUndefined();
  expect(await refusal('campaign', 'another number')).toBeUndefined();
  expect(shedding.longestSeconds()).toBe(301);
});

test('Retry-After is the time until the delay is below nine tenths of the limit, from two seconds to an hour.', async () => {
  delays = [is('a', 350), is('b', 300.5), is('c', 50_000)];
  look();
  const retryAfter = async (client: string) => (await refusal(client))?.retryAfterSeconds;
  expect([await retryAfter('a'), await retryAfter('b'), await retryAfter('c')]).toEqual([80, 31, 3_600]);
});

test('A rejected sender is accepted again below nine tenths of the limit.', async () => {
  for (const [seconds, isRefused] of [
    [301, true],
    [271, true],
    [269, false],
    [299, false],
  ] as const) {
    delays = [is('campaign', seconds)];
    look();
    expect((await refusal('campaign')) !== undefined).toBe(isRefused);
  }
  delays = [];
  look();
  expect(shedding.longestSeconds()).toBe(0);
});

test('A rejection is delayed to make immediate repeats cheap, for at most 2,000 requests at a time.', async () => {
  delays = [is('campaign', 1_000)];
  look();
  const refusals: unknown[] = [];
  const sent = Array.from({ length: 2_100 }, () =>
    (shedding.check({ client: 'campaign', lane: 'lane' }) as Promise<unknown>).then((one) => refusals.push(one)),
  );
  await Promise.all(sent.slice(2_000));
  expect(refusals).toHaveLength(100);
  vi.advanceTimersByTime(250);
  await Promise.all(sent);
  expect(refusals).toHaveLength(2_100);
});
