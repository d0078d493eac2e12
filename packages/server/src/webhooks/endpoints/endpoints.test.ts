import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Endpoints, type Target } from './endpoints.ts';

const at = (n: number, client = 'client'): Target => ({
  client,
  lane: `num_${n}`,
  origin: `https://host-${n}.example`,
});

/** Enters `count` times at once. @returns counters of attempts under way, rejected and waiting, as of now. */
function crowd(endpoints: Endpoints, target: Target, count: number, isDirect = false) {
  const seen = { underWay: 0, away: 0, waiting: () => count - seen.underWay - seen.away };
  for (let i = 0; i < count; i += 1) {
    void endpoints.enter(target, isDirect).then((granted) => {
      if (granted) seen.underWay += 1;
      else seen.away += 1;
    });
  }
  return seen;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('An endpoint begins with 16 slots, three attempts wait for each, and further attempts are rejected.', async () => {
  const seen = crowd(new Endpoints(), at(1), 100);
  await settle();
  expect([seen.underWay, seen.waiting(), seen.away]).toEqual([16, 48, 36]);
});

test('An endpoint that never responds soon has a single slot, and its waiting attempts are rejected.', async () => {
  const endpoints = new Endpoints();
  const seen = crowd(endpoints, at(1), 64);
  await settle();
  for (let i = 0; i < 16; i += 1) endpoints.leave(at(1), undefined);
  await settle();
  expect(seen.away).toBeGreaterThanOrEqual(44);
  expect(endpoints.allowance().lanes['num_1']).toBeLessThanOrEqual(4);
});

test('Each quick response adds a slot, up to 128, and a slow response adds none.', async () => {
  const endpoints = new Endpoints();
  for (let i = 0; i < 500; i += 1) {
    expect(await endpoints.enter(at(1), false)).toBe(true);
    endpoints.leave(at(1), 20);
    expect(await endpoints.enter(at(2), false)).toBe(true);
    endpoints.leave(at(2), 5_000);
  }
  const [quick, slow] = [crowd(endpoints, at(1, 'client'), 200), crowd(endpoints, at(2, 'client'), 200)];
  await settle();
  expect([quick.underWay, slow.underWay]).toEqual([128, 16]);
});

test('A client has a limited share of all slots, regardless of its number of endpoints, and another client is served.', async () => {
  const endpoints = new Endpoints();
  const all = Array.from({ length: 100 }, (_, n) => crowd(endpoints, at(n), 64));
  await settle();
  expect(all.reduce((sum, { underWay, waiting }) => sum + underWay + waiting(), 0)).toBe(512);
  expect(await endpoints.enter(at(1, 'other'), false)).toBe(true);
});

test('Direct dispatch is rejected after an overflow until the queue is empty.', async () => {
  const endpoints = new Endpoints();
  crowd(endpoints, at(1), 65);
  await settle();
  for (let i = 0; i < 64; i += 1) endpoints.leave(at(1), 1);
  await settle();
  expect(await endpoints.enter(at(1), true)).toBe(false);
  expect(await endpoints.enter(at(1), false)).toBe(true);
  endpoints.drained();
  expect(await endpoints.enter(at(1), true)).toBe(true);
});

test('A number may claim as many jobs as its endpoint with the most free slots takes, and other numbers have no limit.', async () => {
  const endpoints = new Endpoints();
  crowd(endpoints, at(1), 60);
  await settle();
  expect(endpoints.allowance()).toEqual({ lanes: { num_1: 4 }, others: null });
  await endpoints.enter({ ...at(1), origin: 'https://inbound.example' }, false);
  expect(endpoints.allowance()).toEqual({ lanes: { num_1: 63 }, others: null });
});

test('A stop rejects waiting and new attempts.', async () => {
  const endpoints = new Endpoints();
  const seen = crowd(endpoints, at(1), 64);
  await settle();
  endpoints.stop();
  await settle();
  expect([seen.underWay, seen.away]).toEqual([16, 48]);
  expect(await endpoints.enter(at(2), false)).toBe(false);
});

test('In any sequence of attempts, no endpoint exceeds its limit and no attempt waits forever.', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2), fc.option(fc.nat(3_000), { nil: undefined })), { minLength: 1, maxLength: 300 }),
      async (visits) => {
        const endpoints = new Endpoints();
        const underWay = new Map<number, number>();
        let most = 0;
        const all = visits.map(async ([n, ms]) => {
          if (!(await endpoints.enter(at(n), false))) return;
          underWay.set(n, (underWay.get(n) ?? 0) + 1);
          most = Math.max(most, underWay.get(n) ?? 0);
          await settle();
          underWay.set(n, (underWay.get(n) ?? 0) - 1);
          endpoints.leave(at(n), ms);
        });
        await Promise.all(all);
        expect(most).toBeLessThanOrEqual(16 + visits.length);
        expect([...underWay.values()].every((count) => count === 0)).toBe(true);
        for (let n = 0; n < 3; n += 1) expect(await endpoints.enter(at(n), false)).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test('A paused endpoint gets no attempts for at most five minutes, and direct dispatch resumes after claimed events.', () => {
  const endpoints = new Endpoints();
  endpoints.pause(at(1), 1_000, 60_000);
  expect(endpoints.pausedUntil(at(1), 2_000, false)).toBe(61_000);
  expect(endpoints.pausedUntil(at(2), 2_000, true)).toBe(undefined);
  endpoints.pause(at(1), 2_000, 10);
  expect(endpoints.pausedUntil(at(1), 60_999, false)).toBe(61_000);
  expect(endpoints.pausedUntil(at(1), 61_000, false)).toBe(undefined);
  expect(endpoints.pausedUntil(at(1), 61_000, true)).toBe(61_000);
  expect(endpoints.pausedUntil(at(1), 63_000, true)).toBe(undefined);
  endpoints.pause(at(1), 100_000, 1e12);
  expect(endpoints.pausedUntil(at(1), 100_000, false)).toBe(400_000);
});

test('A number whose URL changes 50,000 times does not slow down claims.', async () => {
  const endpoints = new Endpoints();
  crowd(endpoints, at(1), 60);
  await settle();
  for (let i = 0; i < 50_000; i += 1) {
    const target = { ...at(1), origin: `https://${i}.example` };
    await endpoints.enter(target, false);
    endpoints.leave(target, 5_000);
  }
  const startedAt = performance.now();
  for (let i = 0; i < 1_000; i += 1) endpoints.allowance();
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
