import { describe, expect, test } from 'vitest';
import {
  ACCEPTED,
  FAILED_100,
  MISCONFIGURED,
  REJECTED,
  SUBMISSION,
  setUpGate,
  setUpOpenGate,
  throttled,
  UNKNOWN,
  UNREACHABLE,
} from '../../test/support/gated-link.ts';
import type { SubmitResult } from '../carriers/carrier.ts';

const NOT_NOW = { outcome: 'throttled', retryAfterMs: 1_000 };

describe('States of the link', () => {
  test('A link that is up has its capacity and no problem.', () => {
    const { gate, link, changes } = setUpGate();
    link.window = 7;
    gate.look();
    expect([gate.name, gate.state(), gate.problem(), gate.capacity()]).toEqual(['acme', 'up', undefined, 7]);
    expect(changes).toEqual([]);
  });

  test('Another process has the link of a standby process, which is no problem.', () => {
    const { gate, link, changes } = setUpGate();
    link.current = 'standby';
    link.window = 0;
    gate.look();
    expect([gate.state(), gate.problem(), gate.capacity()]).toEqual(['standby', undefined, 0]);
    expect(changes).toEqual([]);
  });

  test.each([
    ['down' as const, undefined, 'acme is down'],
    ['down' as const, 'connection refused', 'acme is down: connection refused'],
    ['misconfigured' as const, undefined, 'acme is misconfigured'],
    ['misconfigured' as const, 'wrong password', 'acme is misconfigured: wrong password'],
  ])('A link that is %s for the reason %s has the problem "%s".', (state, reason, problem) => {
    const { gate, link, changes } = setUpGate();
    Object.assign(link, { current: state, reason, window: 0 });
    gate.look();
    gate.look();
    expect([gate.state(), gate.problem(), gate.capacity()]).toEqual([state, problem, 0]);
    expect(changes).toEqual([problem]);
    link.current = 'up';
    gate.look();
    expect(changes).toEqual([problem, undefined]);
  });
});

describe('Paused carriers', () => {
  test('A paused carrier submits nothing, and has the problem also on standby or without its link.', async () => {
    const { gate, link, at, changes } = setUpGate();
    at.isPaused = true;
    for (const state of ['up', 'down', 'misconfigured', 'standby'] as const) {
      link.current = state;
      expect([gate.state(), gate.problem(), gate.capacity()]).toEqual(['paused', 'acme is paused', 0]);
      expect(await gate.submit(SUBMISSION)).toEqual(NOT_NOW);
    }
    expect(link.submits).toBe(0);
    link.current = 'up';
    gate.look();
    at.isPaused = false;
    gate.look();
    gate.look();
    expect(changes).toEqual(['acme is paused', undefined]);
    const submit = gate.submit(SUBMISSION);
    link.calls[0]?.answer(ACCEPTED);
    expect(await submit).toEqual(ACCEPTED);
  });

  test('A segment that waits within the carrier does not leave while the carrier is paused.', () => {
    const { gate, link, at } = setUpGate();
    link.sends = false;
    void gate.submit(SUBMISSION);
    at.isPaused = true;
    expect(link.calls[0]?.mayLeave()).toBe(false);
    at.isPaused = false;
    expect(link.calls[0]?.mayLeave()).toBe(true);
  });

  test('A segment does not leave if the caller no longer holds its job.', () => {
    const { gate, link } = setUpGate();
    link.sends = false;
    let isHeld = true;
    void gate.submit(SUBMISSION, () => isHeld);
    expect(link.calls[0]?.mayLeave()).toBe(true);
    isHeld = false;
    expect(link.calls[0]?.mayLeave()).toBe(false);
  });

  test('A response that arrives during the pause is returned.', async () => {
    const { gate, link, at } = setUpGate();
    const submit = gate.submit(SUBMISSION);
    at.isPaused = true;
    link.calls[0]?.answer(ACCEPTED);
    expect(await submit).toEqual(ACCEPTED);
  });

  test('Segments that did not leave because of a pause do not open the breaker.', async () => {
    const { gate, link, at } = setUpGate();
    link.sends = false;
    const submits = Array.from({ length: 150 }, () => gate.submit(SUBMISSION));
    at.isPaused = true;
    for (const call of link.calls) {
      expect(call.mayLeave()).toBe(false);
      call.answer(UNREACHABLE);
    }
    await Promise.all(submits);
    at.isPaused = false;
    expect([gate.state(), gate.failureShare]).toEqual(['up', undefined]);
  });
});

describe('Results that count for the breaker', () => {
  test.each<[what: string, result: SubmitResult]>([
    ['unknown', UNKNOWN],
    ['unreachable', UNREACHABLE],
    ['misconfigured', MISCONFIGURED],
  ])('The result %s of 51 of 100 submits stops the carrier.', async (_, result) => {
    const { gate, times, changes, link } = setUpGate();
    await times(50, ACCEPTED);
    await times(50, result);
    expect([gate.state(), gate.problem(), gate.failureShare]).toEqual(['up', undefined, 0.5]);
    await times(1, result);
    const problem = 'acme is stopped: 51 of 101 submits of the last minute failed';
    expect([gate.state(), gate.problem(), gate.capacity()]).toEqual(['failing', problem, 0]);
    expect(changes).toEqual([problem]);
    expect(await gate.submit(SUBMISSION)).toEqual(NOT_NOW);
    expect(link.submits).toBe(101);
  });

  test.each<[what: string, result: SubmitResult]>([
    ['rejected', REJECTED],
    ['temporarily rejected', { ...REJECTED, permanent: false } as SubmitResult],
    ['throttled', throttled()],
    ['throttled for the sender', throttled({ scope: 'sender' })],
    ['not sent because of throttling', throttled({ carrierCode: undefined })],
  ])('Segments that are %s do not stop the carrier.', async (_, result) => {
    const { gate, times, changes } = setUpGate();
    await times(1_000, result);
    expect([gate.state(), gate.failureShare, changes]).toEqual(['up', undefined, []]);
  });

  test.each(['down', 'misconfigured', 'standby'] as const)(
    'Segments that could not leave because the link is %s do not count.',
    async (state) => {
      const { gate, link, times } = setUpGate();
      link.current = state;
      await times(200, UNREACHABLE);
      await times(200, MISCONFIGURED);
      link.current = 'up';
      expect([gate.state(), gate.failureShare]).toEqual(['up', undefined]);
    },
  );

  test('Failures of more than a minute ago do not count.', async () => {
    const { gate, times, advance } = setUpGate();
    await times(99, UNKNOWN);
    advance(60_000);
    await times(99, UNKNOWN);
    expect(gate.state()).toBe('up');
    await times(1, UNKNOWN);
    expect(gate.state()).toBe('failing');
  });

  test.each(['down', 'misconfigured', 'standby'] as const)('A link that is %s has this state first.', async (state) => {
    const { gate, link } = await setUpOpenGate();
    link.current = state;
    expect(gate.state()).toBe(state);
  });
});

describe('Tests of a stopped carrier', () => {
  test('One message tests the carrier after ten seconds, and an accepted one ends the problem.', async () => {
    const { gate, link, advance, changes } = await setUpOpenGate();
    advance(9_999);
    expect([gate.capacity(), await gate.submit(SUBMISSION)]).toEqual([0, NOT_NOW]);
    advance(1);
    expect(gate.capacity()).toBe(1);
    const submit = gate.submit(SUBMISSION);
    expect([gate.capacity(), await gate.submit(SUBMISSION)]).toEqual([0, NOT_NOW]);
    expect(link.calls).toHaveLength(1);
    link.calls[0]?.answer(ACCEPTED);
    expect(await submit).toEqual(ACCEPTED);
    expect([gate.state(), gate.capacity()]).toEqual(['up', 1_000]);
    expect(changes).toEqual([`acme is stopped: ${FAILED_100}`, undefined]);
  });

  test('A link without capacity has no test.', async () => {
    const { gate, link, advance } = await setUpOpenGate();
    advance(10_000);
    link.window = 0;
    expect(gate.capacity()).toBe(0);
  });

  test.each<[what: string, result: SubmitResult]>([
    ['unknown', UNKNOWN],
    ['unreachable', UNREACHABLE],
    ['misconfigured', MISCONFIGURED],
    ['rejected', REJECTED],
    ['throttled', throttled()],
  ])('A test that is %s keeps the carrier stopped, with one more test every ten seconds.', async (_, result) => {
    const { gate, link, advance, submitAll, changes } = await setUpOpenGate();
    for (let n = 1; n <= 3; n += 1) {
      advance(10_000);
      await submitAll(result);
      expect(link.submits).toBe(100 + n);
      advance(9_999);
      expect([gate.capacity(), await gate.submit(SUBMISSION)]).toEqual([0, NOT_NOW]);
      expect(gate.problem()).toBe(`acme is stopped: ${FAILED_100}`);
      advance(1);
    }
    await submitAll(ACCEPTED);
    expect(changes).toEqual([`acme is stopped: ${FAILED_100}`, undefined]);
  });

  test('Responses to submits before the opening do not close the breaker and do not allow a second test.', async () => {
    const { gate, link, advance, times } = setUpGate();
    const late = Array.from({ length: 3 }, () => gate.submit(SUBMISSION));
    const [one, two, three] = link.calls.splice(0);
    await times(100, UNKNOWN);
    one?.answer(ACCEPTED);
    await late[0];
    expect(gate.state()).toBe('failing');
    advance(10_000);
    void gate.submit(SUBMISSION);
    advance(10_000);
    two?.answer(UNKNOWN);
    three?.answer(REJECTED);
    await Promise.all(late);
    expect([gate.capacity(), await gate.submit(SUBMISSION)]).toEqual([0, NOT_NOW]);
    expect(link.calls).toHaveLength(1);
  });

  test('A fault of the carrier code during a test does not end the tests.', async () => {
    const { gate, link, advance } = await setUpOpenGate();
    advance(10_000);
    const submit = gate.submit(SUBMISSION);
    link.calls[0]?.fail(new Error('a fault'));
    await expect(submit).rejects.toThrow('a fault');
    advance(10_000);
    expect(gate.capacity()).toBe(1);
  });
});

describe('Check before a test', () => {
  /** @returns an open gate, of which each check waits for its answer. */
  async function setUpCheck() {
    const all = await setUpOpenGate();
    const checks: PromiseWithResolvers<string | undefined>[] = [];
    all.link.check = () => {
      const answer = Promise.withResolvers<string | undefined>();
      checks.push(answer);
      return answer.promise;
    };
    return { ...all, checks };
  }
  const settled = () => new Promise(setImmediate);

  test('A message tests the carrier only after the check has found no problem.', async () => {
    const { gate, link, advance, checks, submitAll } = await setUpCheck();
    advance(10_000);
    expect([gate.capacity(), await gate.submit(SUBMISSION)]).toEqual([0, NOT_NOW]);
    gate.look();
    expect([gate.capacity(), await gate.submit(SUBMISSION)]).toEqual([0, NOT_NOW]);
    checks[0]?.resolve(undefined);
    await settled();
    expect([gate.capacity(), link.submits]).toEqual([1, 100]);
    await submitAll(ACCEPTED);
    expect([gate.state(), checks.length]).toEqual(['up', 1]);
  });

  test('One check precedes each test, although the state is looked at often.', async () => {
    const { gate, advance, checks, submitAll } = await setUpCheck();
    for (let n = 1; n <= 3; n += 1) {
      advance(9_999);
      gate.look();
      expect(checks).toHaveLength(n - 1);
      advance(1);
      gate.look();
      gate.look();
      checks[n - 1]?.resolve(undefined);
      await settled();
      gate.look();
      advance(5_000);
      gate.look();
      expect([checks.length, gate.capacity()]).toEqual([n, 1]);
      await submitAll(UNKNOWN);
    }
  });

  test('A check that finds a problem or fails postpones the test by ten seconds.', async () => {
    const { gate, advance, checks, link } = await setUpCheck();
    advance(10_000);
    gate.look();
    checks[0]?.resolve('the credentials are wrong');
    await settled();
    for (let n = 1; n <= 2; n += 1) {
      advance(9_999);
      gate.look();
      expect([gate.capacity(), checks.length]).toEqual([0, n]);
      advance(1);
      gate.look();
      expect([gate.capacity(), checks.length]).toEqual([0, n + 1]);
      checks[n]?.reject(new Error('connection refused'));
      await settled();
      expect(gate.capacity()).toBe(0);
    }
    expect([link.submits, gate.problem()]).toEqual([100, `acme is stopped: ${FAILED_100}`]);
  });

  test.each(['paused', 'closed', 'down'])('A gate that is %s checks nothing.', async (what) => {
    const { gate, at, link, advance, checks } = await setUpCheck();
    advance(10_000);
    if (what === 'paused') at.isPaused = true;
    if (what === 'down') link.current = 'down';
    const { gate: closed, link: other } = setUpGate();
    other.check = link.check as () => Promise<undefined>;
    (what === 'closed' ? closed : gate).look();
    expect(checks).toHaveLength(0);
  });

  test('Without a breaker, unknown submits never stop the carrier.', async () => {
    const { gate, times } = setUpGate({ hasBreaker: false });
    await times(200, UNKNOWN);
    expect([gate.state(), gate.capacity()]).toEqual(['up', 1_000]);
  });
});
