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

/** Measured time: 30 s, after 5 s in which the link finds the rate. */
const [FROM, TO] = [5, 35] as const;
/** Places within a second of the carrier's at which a link starts. */
const PHASES = [0, 370, 740];
/** What a link can send at a latency of 1 ms, in submits per second. */
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

describe.each([5, 50, 300, 1_000])('a carrier that allows %d/s', (allowed) => {
  // The fewer answers there are, the more of them it takes to find out whether more is allowed.
  const mostThrottled = allowed === 5 ? 0.2 : 0.1;

  test.each([
    ['counts by the second', 'window', undefined],
    ['counts the last second', 'log', undefined],
    ['has a bucket for one second', 'bucket', allowed],
    ['has a bucket for a tenth of a second', 'bucket', Math.max(2, allowed / 10)],
    ['has a bucket for five seconds, full at first', 'bucket', 5 * allowed],
  ] as const)('and %s is used at 90 % or more, and throttles few', (_, limiter, burst) => {
    const options = burst === undefined ? {} : { burst };
    const { rate, share } = worstOf((phaseMs) => limitedTo(allowed, limiter, { ...options, phaseMs }));
    expect(rate).toBeGreaterThanOrEqual(0.9 * allowed);
    expect(share).toBeLessThanOrEqual(mostThrottled);
  });

  test.each([50, 500])('and answers after %d ms is used at 90 % or more of that, or of the window', (latencyMs) => {
    const most = Math.min(allowed, (32 * 1_000) / latencyMs);
    const { rate, share } = worstOf((phaseMs) => limitedTo(allowed, 'window', { phaseMs }), { latencyMs });
    expect(rate).toBeGreaterThanOrEqual(0.9 * most);
    expect(share).toBeLessThanOrEqual(mostThrottled);
  });

  test('and counts what it throttles as well is hardly ever sent too much', () => {
    const { rate, share } = worstOf((phaseMs) => limitedTo(allowed, 'strict-log', { phaseMs }));
    expect(rate).toBeGreaterThanOrEqual(0.75 * allowed);
    expect(share).toBeLessThanOrEqual(0.2);
  });

  test('is used at 90 % or more by timers that are late', () => {
    const late = { lateMs: 80, latencyMs: 2 };
    const { rate } = worstOf((phaseMs) => limitedTo(allowed, 'window', { phaseMs }), late);
    expect(rate).toBeGreaterThanOrEqual(0.9 * allowed);
  });

  test('is used at 80 % or more when every 200th submit is never answered', () => {
    const { rate } = worstOf((phaseMs) => limitedTo(allowed, 'window', { phaseMs }), {
      unansweredEvery: 200,
      window: 100,
    });
    expect(rate).toBeGreaterThanOrEqual(0.8 * allowed);
  });

  test.each([2, 3])('of %d processes together is used at 90 % or more', (links) => {
    for (const limiter of ['window', 'bucket'] as const) {
      const books = run(limitedTo(allowed, limiter), { links });
      expect(books.rate(FROM, TO)).toBeGreaterThanOrEqual(0.9 * allowed);
      expect(books.share(FROM, TO)).toBeLessThanOrEqual(allowed === 5 ? 0.5 : 0.25);
    }
  });
});

describe('a carrier that throttles whatever the rate', () => {
  test.each([
    ['every 20th submit', () => throttlingEvery(20), 1, 0.95 * FASTEST],
    ['every 20th submit, and answers after 50 ms', () => throttlingEvery(20), 50, 0.95 * 640],
    ['every 20th submit, and answers after 500 ms', () => throttlingEvery(20), 500, 0.95 * 64],
    ['5 % of the submits', () => throttlingShare(0.05), 1, 0.95 * FASTEST],
    ['5 % of the submits, and answers after 50 ms', () => throttlingShare(0.05), 50, 0.95 * 640],
    ['10 % of the submits', () => throttlingShare(0.1), 1, 0.9 * FASTEST],
    ['10 % of the submits, and answers after 50 ms', () => throttlingShare(0.1), 50, 0.9 * 640],
  ] as const)('%s is sent as much as the link can: 90 % or more of that', (_, carrier, latencyMs, most) => {
    expect(run(carrier(), { latencyMs }).rate(FROM, TO)).toBeGreaterThanOrEqual(0.9 * most);
  });

  test('and every third submit does not bring the link down', () => {
    expect(run(throttlingEvery(3), { latencyMs: 50 }).rate(FROM, TO)).toBeGreaterThanOrEqual(200);
  });

  test.each([
    [300, 0.75, () => throttlingEvery(20)],
    [1_000, 0.75, () => throttlingShare(0.05)],
    [50, 0.6, () => throttlingShare(0.1)],
  ] as const)('and beyond %d/s as well is used at %d or more of that', (allowed, used, independent) => {
    const { rate } = worstOf((phaseMs) => both(independent(), limitedTo(allowed, 'window', { phaseMs })));
    expect(rate).toBeGreaterThanOrEqual(used * allowed);
  });
});

describe('a limit that changes', () => {
  const changing = (ms: number) => (ms < 20_000 || ms >= 40_000 ? 300 : 50);

  test.each(['window', 'bucket'] as const)('is found again within seconds (%s)', (limiter) => {
    const books = run(limitedTo(changing, limiter), { seconds: 65 });
    expect(books.rate(5, 20)).toBeGreaterThanOrEqual(0.9 * 300);
    expect(books.rate(25, 40)).toBeGreaterThanOrEqual(0.9 * 50);
    expect(books.share(30, 40)).toBeLessThanOrEqual(0.15);
    expect(books.rate(55, 65)).toBeGreaterThanOrEqual(0.9 * 300);
  });

  test.each([0, 2])('is dropped when the link sends only %d/s for ten minutes', (perSecond) => {
    const carrier = limitedTo((ms) => (ms < 20_000 ? 50 : 100_000), 'window');
    const little = (ms: number) => 1_000 + (perSecond * (ms - 20_000)) / 1_000;
    const demand = (ms: number) => (ms < 20_000 || ms > 620_000 ? Number.POSITIVE_INFINITY : little(ms));
    const books = run(carrier, { seconds: 623, demand });
    expect(books.rate(621, 623)).toBeGreaterThanOrEqual(0.9 * FASTEST);
  });
});

describe('a carrier that throttles everything for a while', () => {
  test.each([
    ['allows 300/s', () => limitedTo(300, 'bucket'), 300],
    ['has no limit', () => () => true, FASTEST],
    ['throttles every 20th', () => throttlingEvery(20), 0.95 * FASTEST],
  ] as const)('and %s otherwise is asked again gently, and is used again within seconds', (_, carrier, most) => {
    const books = run(outOfOrder(15, 45, carrier()), { seconds: 60 });
    expect(books.throttled(16, 45)).toBeLessThanOrEqual(60);
    expect(books.throttled(25, 45)).toBeLessThanOrEqual(10);
    expect(books.rate(49, 60)).toBeGreaterThanOrEqual(0.9 * most);
  });
});

describe('a link', () => {
  test('has no limit, and never waits, while nothing is throttled', () => {
    const rate = new Rate(() => 1_000);
    for (let i = 0; i < 10_000; i += 1) {
      expect([rate.waitMs(), rate.current()]).toEqual([0, Number.POSITIVE_INFINITY]);
      rate.accepted(rate.sent());
    }
  });

  test('that sends little is not limited by a single throttled submit', () => {
    const books = run(
      both(throttlingEvery(7), () => true),
      { demand: (ms) => ms / 200, seconds: 20 },
    );
    expect(books.rate(0, 20)).toBeGreaterThanOrEqual(4.9);
  });

  test('counts a long message that goes whole as the segments that it is', () => {
    let ms = 0;
    // Twenty submits of five segments each.
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

  test('tells how much was accepted lately', () => {
    let ms = 10_000;
    const rate = new Rate(() => ms);
    for (let i = 0; i < 40; i += 1, ms += 25) rate.accepted(rate.sent());
    expect(rate.lately()).toBeGreaterThanOrEqual(39);
    ms += 5_000;
    expect(rate.lately()).toBe(0);
  });

  test('can send again after at most 6 s, whatever happens', () => {
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
