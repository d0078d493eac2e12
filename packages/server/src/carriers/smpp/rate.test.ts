import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CarrierModel,
  type LinkOptions,
  limitedTo,
  outOfOrder,
  simulateLinks,
  throttlingEvery,
  throttlingShare,
} from '../../../test/support/throttled-link.ts';
import { Rate, type Ticket } from './rate.ts';

/** Measured period: 30 s, after 5 s in which the link finds the rate. */
const [FROM, TO] = [5, 35] as const;
/** Offsets within a second of the carrier at which a link starts, in milliseconds. */
const PHASES = [0, 370, 740];
/** Highest rate of a link at a latency of 1 ms, in submits per second. */
const FASTEST = 5_000;

function run(carrier: CarrierModel, more: Partial<LinkOptions> = {}) {
  return simulateLinks({ rate: (now) => new Rate(now), carrier, seconds: TO, ...more });
}

/** Runs a model at each phase. @returns the worst rate, and the mean throttled share. */
function worstOf(model: (phaseMs: number) => CarrierModel, more: Partial<LinkOptions> = {}) {
  const books = PHASES.map((phaseMs) => run(model(phaseMs), more));
  const shares = books.map((one) => one.share(FROM, TO));
  return {
    rate: Math.min(...books.map((one) => one.rate(FROM, TO))),
    share: shares.reduce((all, one) => all + one, 0) / shares.length,
  };
}

describe.each([5, 50, 300, 1_000])('Carrier that allows %d/s', (allowed) => {
  // With fewer responses, a larger share of them is needed to find out whether more is allowed.
  const mostThrottled = allowed === 5 ? 0.2 : 0.1;

  test.each([
    ['counts by the second', 'window', undefined],
    ['counts the last second', 'log', undefined],
    ['has a bucket for one second', 'bucket', allowed],
    ['has a bucket for a tenth of a second', 'bucket', Math.max(2, allowed / 10)],
    ['has a bucket for five seconds, full at first', 'bucket', 5 * allowed],
  ] as const)('A carrier that %s is used at 90 percent or more, and throttles few submits.', (_, limiter, burst) => {
    const options = burst === undefined ? {} : { burst };
    const { rate, share } = worstOf((phaseMs) => limitedTo(allowed, limiter, { ...options, phaseMs }));
    expect(rate).toBeGreaterThanOrEqual(0.9 * allowed);
    expect(share).toBeLessThanOrEqual(mostThrottled);
  });

  test.each([50, 500])('At %d ms latency, 90 percent or more of the limit or the window is used.', (latencyMs) => {
    const most = Math.min(allowed, (32 * 1_000) / latencyMs);
    const { rate, share } = worstOf((phaseMs) => limitedTo(allowed, 'window', { phaseMs }), { latencyMs });
    expect(rate).toBeGreaterThanOrEqual(0.9 * most);
    expect(share).toBeLessThanOrEqual(mostThrottled);
  });

  test('A carrier that also counts throttled submits is used at 75 percent or more, and throttles few.', () => {
    const { rate, share } = worstOf((phaseMs) => limitedTo(allowed, 'strict-log', { phaseMs }));
    expect(rate).toBeGreaterThanOrEqual(0.75 * allowed);
    expect(share).toBeLessThanOrEqual(0.2);
  });

  test('A carrier is used at 90 percent or more even with late timers.', () => {
    const late = { lateMs: 80, latencyMs: 2 };
    const { rate } = worstOf((phaseMs) => limitedTo(allowed, 'window', { phaseMs }), late);
    expect(rate).toBeGreaterThanOrEqual(0.9 * allowed);
  });

  test('A carrier is used at 80 percent or more when every 200th submit has no response.', () => {
    const { rate } = worstOf((phaseMs) => limitedTo(allowed, 'window', { phaseMs }), {
      unansweredEvery: 200,
      window: 100,
    });
    expect(rate).toBeGreaterThanOrEqual(0.8 * allowed);
  });

  test.each([2, 3])('%d processes together use 90 percent or more of the limit of a carrier.', (links) => {
    for (const limiter of ['window', 'bucket'] as const) {
      const books = run(limitedTo(allowed, limiter), { links });
      expect(books.rate(FROM, TO)).toBeGreaterThanOrEqual(0.9 * allowed);
      expect(books.share(FROM, TO)).toBeLessThanOrEqual(allowed === 5 ? 0.5 : 0.25);
    }
  });
});

describe('Carrier that throttles at any rate', () => {
  test.each([
    ['every 20th submit', () => throttlingEvery(20), 1, 0.95 * FASTEST],
    ['every 20th submit, and answers after 50 ms', () => throttlingEvery(20), 50, 0.95 * 640],
    ['every 20th submit, and answers after 500 ms', () => throttlingEvery(20), 500, 0.95 * 64],
    ['5 % of the submits', () => throttlingShare(0.05), 1, 0.95 * FASTEST],
    ['5 % of the submits, and answers after 50 ms', () => throttlingShare(0.05), 50, 0.95 * 640],
    ['10 % of the submits', () => throttlingShare(0.1), 1, 0.9 * FASTEST],
    ['10 % of the submits, and answers after 50 ms', () => throttlingShare(0.1), 50, 0.9 * 640],
  ] as const)('Throttling of %s leaves 90 percent or more of the highest rate.', (_, carrier, latencyMs, most) => {
    expect(run(carrier(), { latencyMs }).rate(FROM, TO)).toBeGreaterThanOrEqual(0.9 * most);
  });

  test('A carrier that throttles every third submit does not stop the link.', () => {
    expect(run(throttlingEvery(3), { latencyMs: 50 }).rate(FROM, TO)).toBeGreaterThanOrEqual(200);
  });

  test.each([
    [300, 0.75, () => throttlingEvery(20)],
    [1_000, 0.75, () => throttlingShare(0.05)],
    [50, 0.6, () => throttlingShare(0.1)],
  ] as const)('With a limit of %d/s in addition, %d or more of the limit is used.', (allowed, used, independent) => {
    const { rate } = worstOf((phaseMs) => both(independent(), limitedTo(allowed, 'window', { phaseMs })));
    expect(rate).toBeGreaterThanOrEqual(used * allowed);
  });
});

describe('Changing limit', () => {
  const changing = (ms: number) => (ms < 20_000 || ms >= 40_000 ? 300 : 50);

  test.each(['window', 'bucket'] as const)('A changed limit is found again within seconds (%s).', (limiter) => {
    const books = run(limitedTo(changing, limiter), { seconds: 65 });
    expect(books.rate(5, 20)).toBeGreaterThanOrEqual(0.9 * 300);
    expect(books.rate(25, 40)).toBeGreaterThanOrEqual(0.9 * 50);
    expect(books.share(30, 40)).toBeLessThanOrEqual(0.15);
    expect(books.rate(55, 65)).toBeGreaterThanOrEqual(0.9 * 300);
  });

  test.each([0, 2])('A limit is dropped when the link sends only %d/s for ten minutes.', (perSecond) => {
    const carrier = limitedTo((ms) => (ms < 20_000 ? 50 : 100_000), 'window');
    const little = (ms: number) => 1_000 + (perSecond * (ms - 20_000)) / 1_000;
    const demand = (ms: number) => (ms < 20_000 || ms > 620_000 ? Number.POSITIVE_INFINITY : little(ms));
    const books = run(carrier, { seconds: 623, demand });
    expect(books.rate(621, 623)).toBeGreaterThanOrEqual(0.9 * FASTEST);
  });
});

describe('Carrier that throttles everything for a while', () => {
  test.each([
    ['allows 300/s', () => limitedTo(300, 'bucket'), 300],
    ['has no limit', () => () => true, FASTEST],
    ['throttles every 20th', () => throttlingEvery(20), 0.95 * FASTEST],
  ] as const)('A carrier that %s gets few submits in an outage, and is used soon afterwards.', (_, carrier, most) => {
    const books = run(outOfOrder(15, 45, carrier()), { seconds: 60 });
    expect(books.throttled(16, 45)).toBeLessThanOrEqual(60);
    expect(books.throttled(25, 45)).toBeLessThanOrEqual(10);
    expect(books.rate(49, 60)).toBeGreaterThanOrEqual(0.9 * most);
  });
});

describe('Rate of a link', () => {
  test('A link has no limit, and never waits, while nothing is throttled.', () => {
    const rate = new Rate(() => 1_000);
    for (let i = 0; i < 10_000; i += 1) {
      expect([rate.waitMs(), rate.current()]).toEqual([0, Number.POSITIVE_INFINITY]);
      rate.accepted(rate.sent());
    }
  });

  test('A link that sends little is not limited by single throttled submits.', () => {
    const books = run(
      both(throttlingEvery(7), () => true),
      { demand: (ms) => ms / 200, seconds: 20 },
    );
    expect(books.rate(0, 20)).toBeGreaterThanOrEqual(4.9);
  });

  test('A long message that is submitted whole counts as all of its segments.', () => {
    let ms = 0;
    // Limit of twenty submits per second, with five segments each.
    const carrier = limitedTo(20, 'bucket');
    const rate = new Rate(() => ms);
    let accepted = 0;
    for (; ms < 35_000; ms += 1) {
      if (rate.waitMs() > 0) continue;
      const ticket = rate.sent(5);
      if (carrier(ms)) {
        rate.accepted(ticket);
        if (ms >= 5_000) accepted += 5;
      } else rate.throttled(ticket);
    }
    expect(accepted / 30).toBeGreaterThanOrEqual(90);
    expect(rate.current()).toBeLessThanOrEqual(130);
  });

  test('A link counts the segments that were accepted in about the last second.', () => {
    let ms = 10_000;
    const rate = new Rate(() => ms);
    for (let i = 0; i < 40; i += 1, ms += 25) rate.accepted(rate.sent());
    expect(rate.lately()).toBeGreaterThanOrEqual(39);
    ms += 5_000;
    expect(rate.lately()).toBe(0);
  });

  test('A link can send again after at most 6 s, regardless of the responses.', () => {
    const what = fc.constantFrom('send', 'accept', 'throttle', 'lose', 'wait');
    const steps = fc.array(fc.tuple(what, fc.nat(700), fc.nat(40)), { maxLength: 400 });
    fc.assert(
      fc.property(steps, (all) => {
        let ms = 50_000;
        const rate = new Rate(() => ms);
        const underWay: Ticket[] = [];
        for (const [does, wait, which] of all) {
          const [ticket] = does === 'send' || does === 'wait' ? [] : underWay.splice(which % (underWay.length || 1), 1);
          if (does === 'send' && rate.waitMs() === 0) underWay.push(rate.sent(1 + (which % 3)));
          if (does === 'wait') ms += wait;
          if (ticket && does === 'accept') rate.accepted(ticket);
          if (ticket && does === 'throttle') rate.throttled(ticket);
          if (ticket && does === 'lose') rate.unanswered(ticket);
          expect(rate.waitMs()).toBeLessThanOrEqual(6_000);
          expect(rate.current()).toSatisfy((perSecond: number) => perSecond === 0 || perSecond >= 0.5);
        }
      }),
    );
  });
});

function both(...carriers: CarrierModel[]): CarrierModel {
  return (ms) => carriers.every((carrier) => carrier(ms));
}
