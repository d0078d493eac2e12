import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type PaceSettings, Paces, type Sender } from './pace.ts';

const RUNNING = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const settings = (given: Partial<PaceSettings>): PaceSettings => ({ numbers: {}, campaigns: {}, ...given });
const sender = (number: number, campaignId: string | null = null): Sender => ({
  numberId: `num_${number}`,
  from: `+1555000000${number}`,
  campaignId,
});

/** Requests all segments at once. @returns a list that fills with the sender and time (ms from now) of each. */
function ask(paces: Paces, senders: readonly Sender[], signal = RUNNING) {
  const begun = performance.now();
  const went: { numberId: string; n: number; ms: number }[] = [];
  const asked = senders.map(async (one, n) => {
    if (await paces.turn(one, signal)) went.push({ numberId: one.numberId, n, ms: performance.now() - begun });
  });
  return { went, asked: Promise.all(asked) };
}

const times = (count: number, one: Sender) => Array.from({ length: count }, () => one);

/** @returns the maximum number of these moments within one second. */
function busiestSecond(moments: readonly number[]): number {
  return Math.max(0, ...moments.map((from) => moments.filter((ms) => ms >= from && ms < from + 999.9).length));
}

describe('Pace of a number', () => {
  test('A number sends one segment after the other at its pace, from the first segment on.', async () => {
    const { went } = ask(new Paces(settings({ perNumber: 10 }), 1), times(4, sender(1)));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(went.map(({ ms }) => ms)).toEqual([0, 100, 200, 300]);
  });

  test('A number does not wait for another number.', async () => {
    const { went } = ask(new Paces(settings({ perNumber: 1 }), 1), [sender(1), sender(1), sender(2)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(went.map(({ numberId }) => numberId)).toEqual(['num_1', 'num_2']);
  });

  test('A number may have its own pace.', async () => {
    const paces = new Paces(settings({ perNumber: 1, numbers: { '+15550000001': 100 } }), 1);
    const { went } = ask(paces, [...times(3, sender(1)), ...times(3, sender(2))]);
    await vi.advanceTimersByTimeAsync(500);
    expect(went.map(({ numberId }) => numberId)).toEqual(['num_1', 'num_2', 'num_1', 'num_1']);
  });

  test('A number without a configured pace has no limit.', async () => {
    const { went } = ask(new Paces(settings({ numbers: { '+15550000001': 1 } }), 1), times(50, sender(2)));
    await vi.advanceTimersByTimeAsync(0);
    expect(went).toHaveLength(50);
  });

  test('A number does not save up unused time.', async () => {
    const paces = new Paces(settings({ perNumber: 10 }), 1);
    await ask(paces, [sender(1)]).asked;
    await vi.advanceTimersByTimeAsync(30_000);
    const { went } = ask(paces, times(3, sender(1)));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(went.map(({ ms }) => ms)).toEqual([0, 90, 190]);
  });
});

describe('Pace of a campaign', () => {
  test('The numbers of a campaign share one pace.', async () => {
    const paces = new Paces(settings({ perCampaign: 10 }), 1);
    const { went } = ask(paces, [sender(1, 'C1'), sender(2, 'C1'), sender(3, 'C1'), sender(4, 'C2')]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(went.map(({ n, ms }) => [n, ms])).toEqual([
      [0, 0],
      [3, 0],
      [1, 100],
      [2, 200],
    ]);
  });

  test('All paces hold in any mixture of senders, and each number keeps the order of its segments.', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ perNumber: fc.integer({ min: 1, max: 50 }), perCampaign: fc.integer({ min: 1, max: 50 }) }),
        fc.array(fc.tuple(fc.nat(3), fc.nat(1)), { minLength: 1, maxLength: 60 }),
        async (limits, who) => {
          const senders = who.map(([number, campaign]) => sender(number * 2 + campaign, `C${campaign}`));
          const { went, asked } = ask(new Paces(settings(limits), 1), senders);
          await vi.advanceTimersByTimeAsync(130_000);
          await asked;
          expect(went).toHaveLength(senders.length);
          const by = (key: (sender: Sender) => string | null) => [
            ...Map.groupBy(went, ({ n }) => key(senders[n] as Sender)).values(),
          ];
          for (const one of by(({ numberId }) => numberId)) {
            expect(one.map(({ n }) => n)).toEqual(one.map(({ n }) => n).toSorted((a, b) => a - b));
            // Allows for one more segment, because late timers are made up for.
            expect(busiestSecond(one.map(({ ms }) => ms))).toBeLessThanOrEqual(limits.perNumber + 1);
          }
          for (const all of by(({ campaignId }) => campaignId)) {
            expect(busiestSecond(all.map(({ ms }) => ms))).toBeLessThanOrEqual(limits.perCampaign + 1);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

test('Several processes get a share each, so that the sum keeps to the pace.', async () => {
  const { went } = ask(new Paces(settings({ perNumber: 10, perCampaign: 20 }), 2), times(3, sender(1, 'C1')));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(went.map(({ ms }) => ms)).toEqual([0, 200, 400]);
});

test('A stop ends each wait at once, and the waiting segments are not sent.', async () => {
  const ending = new AbortController();
  const paces = new Paces(settings({ perNumber: 0.1, perCampaign: 0.1 }), 1);
  const { went, asked } = ask(paces, [sender(1, 'C1'), sender(1, 'C1'), sender(2, 'C1')], ending.signal);
  await vi.advanceTimersByTimeAsync(50);
  ending.abort();
  await asked;
  expect(went).toHaveLength(1);
  expect(paces.waiting).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

describe('Allowance of a claim', () => {
  test('The allowance of a number without cached state is one message.', () => {
    expect(new Paces(settings({ perNumber: 100 }), 1).allowance()).toEqual({ lanes: {}, others: 1 });
  });

  test('The allowance covers the segments until the next poll, less the waiting ones.', async () => {
    const paces = new Paces(settings({ perNumber: 100 }), 1);
    const { asked } = ask(paces, times(6, sender(1)));
    await vi.advanceTimersByTimeAsync(0);
    // Fifteen segments can go after the first one within 150 ms. Five are waiting already.
    expect(paces.allowance().lanes).toEqual({ num_1: 10 });
    await vi.advanceTimersByTimeAsync(50);
    await asked;
    expect(paces.allowance().lanes['num_1']).toBeGreaterThanOrEqual(15);
  });

  test('The allowance is zero while the next segment is not due soon.', async () => {
    const paces = new Paces(settings({ perNumber: 1, perCampaign: 0.5 }), 1);
    ask(paces, [sender(1), sender(2, 'C1')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(paces.allowance().lanes).toEqual({ num_1: 0, num_2: 0 });
    await vi.advanceTimersByTimeAsync(900);
    expect(paces.allowance().lanes).toEqual({ num_1: 1, num_2: 0 });
  });

  test('The allowance of a cached number without a limit is unlimited. Idle numbers are dropped.', async () => {
    const paces = new Paces(settings({ perCampaign: 1 }), 1);
    await ask(paces, [sender(1)]).asked;
    expect(paces.allowance().lanes['num_1']).toBeGreaterThan(1_000);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(paces.allowance().lanes).toEqual({});
  });
});
