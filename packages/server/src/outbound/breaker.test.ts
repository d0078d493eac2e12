import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Breaker } from './breaker.ts';

/** Beginning of a slice of the window. */
const START = 600_000;

function setUp() {
  let ms = START;
  const breaker = new Breaker(() => ms);
  const times = (count: number, outcome: 'succeeded' | 'failed' | 'undecided') => {
    for (let n = 0; n < count; n += 1) breaker[outcome](breaker.begin());
  };
  return { breaker, times, advance: (by: number) => (ms += by) };
}

/** @returns a breaker that has just opened. */
function setUpOpen() {
  const all = setUp();
  all.times(100, 'failed');
  expect(all.breaker.reason).toBe('100 of 100 submits of the last minute failed');
  return all;
}

describe('Opening of the breaker', () => {
  test.each<[succeeded: number, failed: number, reason: string | undefined]>([
    [0, 99, undefined],
    [0, 100, '100 of 100 submits of the last minute failed'],
    [50, 50, undefined],
    [49, 51, '51 of 100 submits of the last minute failed'],
    [48, 51, undefined],
    [100, 100, undefined],
    [100, 101, '101 of 201 submits of the last minute failed'],
    [1_000, 999, undefined],
    [1_000, 0, undefined],
  ])('After %d accepted and %d failed submits, the reason is %s.', (succeeded, failed, reason) => {
    const { breaker, times } = setUp();
    times(succeeded, 'succeeded');
    times(failed, 'failed');
    expect(breaker.reason).toBe(reason);
    expect(breaker.mayBegin()).toBe(reason === undefined);
  });

  test('The breaker opens with the submit that exceeds the limit, and its reason does not change.', () => {
    const { breaker, times } = setUp();
    times(60, 'succeeded');
    times(60, 'failed');
    expect(breaker.reason).toBeUndefined();
    times(1, 'failed');
    expect(breaker.reason).toBe('61 of 121 submits of the last minute failed');
    breaker.failed(false);
    breaker.open('another reason');
    expect(breaker.reason).toBe('61 of 121 submits of the last minute failed');
  });

  test('Refusals of single recipients do not count.', () => {
    const { breaker, times } = setUp();
    times(99, 'failed');
    times(1_000, 'undecided');
    expect(breaker.reason).toBeUndefined();
    expect(breaker.failureShare).toBe(1);
    times(1, 'failed');
    expect(breaker.reason).toBe('100 of 100 submits of the last minute failed');
  });

  test('Another reason may open the breaker at once.', () => {
    const { breaker } = setUp();
    breaker.open('no response for 3 s');
    expect(breaker.reason).toBe('no response for 3 s');
    expect(breaker.mayBegin()).toBe(false);
  });
});

describe('Window of the breaker', () => {
  test('Submits of more than a minute ago do not count.', () => {
    const { breaker, times, advance } = setUp();
    times(99, 'failed');
    advance(59_999);
    expect(breaker.failureShare).toBe(1);
    advance(1);
    expect(breaker.failureShare).toBeUndefined();
    times(99, 'failed');
    expect(breaker.reason).toBeUndefined();
    times(1, 'failed');
    expect(breaker.reason).toBe('100 of 100 submits of the last minute failed');
  });

  test('The window slides in steps of ten seconds.', () => {
    const { breaker, times, advance } = setUp();
    times(40, 'failed');
    advance(30_000);
    times(40, 'succeeded');
    expect(breaker.failureShare).toBe(0.5);
    advance(30_000);
    expect(breaker.failureShare).toBe(0);
    times(40, 'failed');
    advance(29_999);
    expect(breaker.failureShare).toBe(0.5);
    advance(1);
    expect(breaker.failureShare).toBe(1);
  });

  test('Submits within a slice of ten seconds count together.', () => {
    const { breaker, times, advance } = setUp();
    for (let n = 0; n < 100; n += 1) {
      expect(breaker.reason).toBeUndefined();
      times(1, 'failed');
      advance(500);
    }
    expect(breaker.reason).toBe('100 of 100 submits of the last minute failed');
  });

  test('Failures at a rate of less than 100 per minute never open the breaker.', () => {
    const { breaker, times, advance } = setUp();
    for (let n = 0; n < 1_000; n += 1) {
      times(1, 'failed');
      advance(610);
    }
    expect(breaker.reason).toBeUndefined();
  });

  test('Without submits, there is no share of failed submits.', () => {
    const { breaker, times } = setUp();
    expect(breaker.failureShare).toBeUndefined();
    times(3, 'succeeded');
    times(1, 'failed');
    expect(breaker.failureShare).toBe(0.25);
  });

  test('Successes of an earlier minute do not prevent the opening.', () => {
    const { breaker, times, advance } = setUp();
    times(10_000, 'succeeded');
    advance(60_000);
    times(100, 'failed');
    expect(breaker.reason).toBe('100 of 100 submits of the last minute failed');
  });
});

describe('Tests of an open breaker', () => {
  test('The first test is due ten seconds after the opening.', () => {
    const { breaker, advance } = setUpOpen();
    advance(9_999);
    expect([breaker.mayBegin(), breaker.isTestDue()]).toEqual([false, false]);
    advance(1);
    expect([breaker.mayBegin(), breaker.isTestDue()]).toEqual([true, true]);
  });

  test('A closed breaker has no test that is due.', () => {
    const { breaker, advance } = setUp();
    advance(10_000);
    expect(breaker.isTestDue()).toBe(false);
    expect(breaker.begin()).toBe(false);
  });

  test('Only one message tests the carrier at a time, even if its response takes long.', () => {
    const { breaker, advance } = setUpOpen();
    advance(10_000);
    expect(breaker.begin()).toBe(true);
    advance(100_000);
    expect(breaker.mayBegin()).toBe(false);
    breaker.undecided(true);
    expect(breaker.mayBegin()).toBe(true);
  });

  test('An accepted test closes the breaker, and the count begins again.', () => {
    const { breaker, times, advance } = setUpOpen();
    advance(10_000);
    times(1, 'succeeded');
    expect(breaker.reason).toBeUndefined();
    expect(breaker.failureShare).toBe(0);
    times(98, 'failed');
    expect(breaker.reason).toBeUndefined();
    times(1, 'failed');
    expect(breaker.reason).toBe('99 of 100 submits of the last minute failed');
  });

  test.each(['failed', 'undecided'] as const)(
    'A test that is %s keeps the breaker open for ten seconds.',
    (outcome) => {
      const { breaker, times, advance } = setUpOpen();
      for (let n = 0; n < 3; n += 1) {
        advance(10_000);
        times(1, outcome);
        expect(breaker.reason).toBe('100 of 100 submits of the last minute failed');
        expect(breaker.mayBegin()).toBe(false);
        advance(9_999);
        expect(breaker.mayBegin()).toBe(false);
        advance(1);
      }
      times(1, 'succeeded');
      expect(breaker.reason).toBeUndefined();
    },
  );

  test('A postponed test is due ten seconds later.', () => {
    const { breaker, advance } = setUpOpen();
    advance(12_000);
    breaker.postpone();
    advance(9_999);
    expect(breaker.mayBegin()).toBe(false);
    advance(1);
    expect(breaker.mayBegin()).toBe(true);
  });

  test('Submits that began before the opening neither close the breaker nor end a test.', () => {
    const { breaker, advance } = setUp();
    const begun = Array.from({ length: 110 }, () => breaker.begin());
    for (const isTest of begun.splice(0, 100)) breaker.failed(isTest);
    breaker.succeeded(begun.pop() === true);
    expect(breaker.reason).toBe('100 of 100 submits of the last minute failed');
    advance(10_000);
    expect(breaker.begin()).toBe(true);
    advance(10_000);
    breaker.failed(begun.pop() === true);
    breaker.undecided(begun.pop() === true);
    breaker.open('no response for 3 s');
    expect(breaker.mayBegin()).toBe(false);
    breaker.succeeded(true);
    expect(breaker.reason).toBeUndefined();
  });
});

describe('Any sequence of submits', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom('begin' as const) }),
    fc.record({
      kind: fc.constantFrom('succeeded' as const, 'failed' as const, 'failed' as const, 'undecided' as const),
      at: fc.nat(),
    }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 500, 5_000, 10_000, 70_000) }),
    fc.record({ kind: fc.constantFrom('open' as const, 'postpone' as const) }),
  );

  test('At most one test runs, tests begin at least ten seconds apart, and only an accepted test closes.', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 120 }), (steps, failures) => {
        let ms = START;
        const breaker = new Breaker(() => ms);
        const running: boolean[] = [];
        let testedAt = Number.NEGATIVE_INFINITY;
        for (let n = 0; n < failures; n += 1) running.push(breaker.begin());
        for (const one of steps) {
          const wasOpen = breaker.reason !== undefined;
          let isAcceptedTest = false;
          if ('ms' in one) ms += one.ms;
          else if (one.kind === 'open') breaker.open('test');
          else if (one.kind === 'postpone') breaker.postpone();
          else if (one.kind === 'begin') {
            if (!breaker.mayBegin()) continue;
            const isTest = breaker.begin();
            expect(isTest).toBe(wasOpen);
            if (isTest) expect(ms - testedAt).toBeGreaterThanOrEqual(10_000);
            if (isTest) testedAt = ms;
            running.push(isTest);
          } else if ('at' in one && running.length > 0) {
            const [isTest = false] = running.splice(one.at % running.length, 1);
            breaker[one.kind](isTest);
            isAcceptedTest = isTest && one.kind === 'succeeded';
          }
          expect(running.filter((isTest) => isTest).length).toBeLessThanOrEqual(1);
          if (wasOpen) expect(breaker.reason === undefined).toBe(isAcceptedTest);
          expect(breaker.failureShare ?? 0).toBeGreaterThanOrEqual(0);
          expect(breaker.failureShare ?? 0).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
