import { describe, expect, test } from 'vitest';
import {
  ACCEPTED,
  REJECTED,
  SUBMISSION,
  setUpGate,
  throttled,
  UNKNOWN,
  UNREACHABLE,
} from '../../test/support/gated-link.ts';

const NOT_NOW = { outcome: 'throttled', retryAfterMs: 1_000 };

describe('Silent carriers', () => {
  test('A carrier is silent if it has not responded for longer than the failover time.', () => {
    const { gate, advance, changes } = setUpGate();
    void gate.submit(SUBMISSION);
    advance(3_000);
    gate.look();
    expect([gate.state(), gate.problem(), gate.capacity()]).toEqual(['up', undefined, 1_000]);
    advance(1);
    gate.look();
    expect([gate.state(), gate.capacity()]).toEqual(['silent', 0]);
    expect(gate.problem()).toBe('acme has not responded for 3 s');
    advance(8_600);
    gate.look();
    expect(gate.problem()).toBe('acme has not responded for 12 s');
    expect(changes).toEqual(['acme has not responded for 3 s']);
  });

  test('Without alternatives, a silent carrier gets more messages.', async () => {
    const { gate, link, at, advance, changes } = setUpGate();
    at.hasAlternatives = false;
    const submit = gate.submit(SUBMISSION);
    advance(60_000);
    gate.look();
    expect([gate.state(), gate.problem(), gate.capacity()]).toEqual(['up', undefined, 1_000]);
    link.calls[0]?.answer(UNKNOWN);
    await submit;
    expect([gate.state(), changes]).toEqual(['up', []]);
  });

  test('A carrier without submits is not silent.', async () => {
    const { gate, submitAll, advance } = setUpGate();
    await submitAll(ACCEPTED);
    advance(600_000);
    expect(gate.state()).toBe('up');
  });

  test.each([
    ['accepted', ACCEPTED],
    ['rejected', REJECTED],
    ['throttled', throttled()],
  ])('A response that another segment is %s ends the silence for the failover time.', async (_, result) => {
    const { gate, link, advance, changes } = setUpGate();
    void gate.submit(SUBMISSION);
    const other = gate.submit(SUBMISSION);
    advance(5_000);
    expect(gate.state()).toBe('silent');
    gate.look();
    link.calls[1]?.answer(result);
    await other;
    expect(gate.state()).toBe('up');
    advance(3_000);
    expect(gate.state()).toBe('up');
    advance(1);
    expect(gate.state()).not.toBe('up');
    expect(changes).toEqual(['acme has not responded for 5 s', undefined]);
  });

  test.each([
    ['not sent', throttled({ carrierCode: undefined })],
    ['throttled for its sender without a response', throttled({ carrierCode: undefined, scope: 'sender' })],
    ['unreachable', UNREACHABLE],
  ])('Another segment that is %s does not end the silence.', async (_, result) => {
    const { gate, link, advance } = setUpGate();
    void gate.submit(SUBMISSION);
    const other = gate.submit(SUBMISSION);
    advance(5_000);
    link.calls[1]?.answer(result);
    await other;
    expect(gate.state()).toBe('silent');
  });

  test('The late response ends the silence.', async () => {
    const { gate, link, advance, changes } = setUpGate();
    const submit = gate.submit(SUBMISSION);
    advance(4_000);
    gate.look();
    link.calls[0]?.answer(ACCEPTED);
    await submit;
    expect([gate.state(), changes]).toEqual(['up', ['acme has not responded for 4 s', undefined]]);
  });

  test('Silent submits that end as unknown stop the carrier, and a later test ends the problem.', async () => {
    const { gate, link, advance, changes, submitAll } = setUpGate();
    const submits = [gate.submit(SUBMISSION), gate.submit(SUBMISSION)];
    advance(10_000);
    gate.look();
    link.calls.shift()?.answer(UNKNOWN);
    await submits[0];
    expect([gate.state(), gate.capacity()]).toEqual(['failing', 0]);
    expect(gate.problem()).toBe('acme is stopped: no response for 3 s');
    link.calls.shift()?.answer(UNKNOWN);
    await submits[1];
    expect(await gate.submit(SUBMISSION)).toEqual(NOT_NOW);
    advance(10_000);
    await submitAll(ACCEPTED);
    const stopped = 'acme is stopped: no response for 3 s';
    expect(changes).toEqual(['acme has not responded for 10 s', stopped, undefined]);
  });

  test('As many unknown submits in a row as the window allows stop the carrier, if messages have alternatives.', async () => {
    const { gate, link, times } = setUpGate();
    link.window = 8;
    await times(7, UNKNOWN);
    await times(1, ACCEPTED);
    await times(7, UNKNOWN);
    expect(gate.state()).toBe('up');
    await times(1, UNKNOWN);
    expect([gate.state(), gate.problem()]).toEqual(['failing', 'acme is stopped: the last 8 submits are unknown']);
  });

  test('Without alternatives, unknown submits stop the carrier only by their share.', async () => {
    const { gate, link, times } = setUpGate({ hasAlternatives: () => false });
    link.window = 8;
    await times(99, UNKNOWN);
    expect(gate.state()).toBe('up');
    await times(1, UNKNOWN);
    expect(gate.state()).toBe('failing');
  });

  test('An unknown result of a carrier that responds to others does not stop the carrier.', async () => {
    const { gate, link, advance, submitAll } = setUpGate();
    const submit = gate.submit(SUBMISSION);
    advance(10_000);
    await submitAll(ACCEPTED);
    link.calls[0]?.answer(UNKNOWN);
    await submit;
    expect(gate.state()).toBe('up');
  });

  test('The wait of a segment within the carrier is no silence.', () => {
    const { gate, link, advance } = setUpGate();
    link.sends = false;
    void gate.submit(SUBMISSION);
    advance(10_000);
    expect(gate.state()).toBe('up');
    expect(link.calls[0]?.mayLeave()).toBe(true);
    advance(3_000);
    expect(gate.state()).toBe('up');
    advance(1);
    expect(gate.state()).toBe('silent');
  });

  test('A segment that the link sends again has no response since the last time.', () => {
    const { gate, link, advance } = setUpGate();
    void gate.submit(SUBMISSION);
    advance(2_000);
    link.calls[0]?.throttle();
    expect(link.calls[0]?.mayLeave()).toBe(true);
    advance(3_000);
    expect(gate.state()).not.toBe('silent');
    advance(1);
    expect(gate.state()).toBe('silent');
  });

  test('Segments that wait within a silent carrier return to the queue.', async () => {
    const { gate, link, advance } = setUpGate();
    void gate.submit(SUBMISSION);
    link.sends = false;
    void gate.submit(SUBMISSION);
    advance(3_000);
    gate.look();
    expect(link.givenBack).toEqual([]);
    advance(1);
    gate.look();
    expect(link.givenBack).toEqual(['all']);
    expect(link.calls[1]?.mayLeave()).toBe(false);
  });

  test('The failover time has the value of the settings.', () => {
    const { gate, advance } = setUpGate({ failoverAfterMs: 60_000 });
    void gate.submit(SUBMISSION);
    advance(60_000);
    expect(gate.state()).toBe('up');
    advance(1);
    expect(gate.problem()).toBe('acme has not responded for 60 s');
  });
});

describe('Throttling carriers', () => {
  test('A segment that the link sends again and again leaves by another carrier after the failover time.', () => {
    const { gate, link, advance } = setUpGate();
    void gate.submit(SUBMISSION);
    for (let n = 0; n < 4; n += 1) {
      link.calls[0]?.throttle();
      expect([gate.state(), link.calls[0]?.mayLeave()]).toEqual(['up', true]);
      advance(1_000);
    }
    gate.look();
    expect([gate.state(), gate.problem()]).toEqual(['throttled', 'acme has been throttling for 4 s']);
    expect(link.calls[0]?.mayLeave()).toBe(false);
    gate.look();
    expect(link.givenBack).toEqual(['all', 'throttled']);
  });

  test('A throttling carrier gets segments that it has not throttled, since they may have no other carrier.', async () => {
    const { gate, link, advance } = setUpGate();
    void gate.submit(SUBMISSION);
    link.calls[0]?.throttle();
    advance(3_001);
    expect(gate.state()).toBe('throttled');
    void gate.submit(SUBMISSION);
    expect(link.calls[1]?.mayLeave()).toBe(true);
  });

  test('Without alternatives, the link sends a throttled segment again.', () => {
    const { gate, link, at, advance } = setUpGate();
    at.hasAlternatives = false;
    void gate.submit(SUBMISSION);
    link.calls[0]?.throttle();
    advance(60_000);
    gate.look();
    expect(link.calls[0]?.mayLeave()).toBe(true);
    expect(link.givenBack).toEqual([]);
  });

  /** Throttles one segment every second. */
  async function throttle(all: ReturnType<typeof setUpGate>, seconds: number, result = throttled()) {
    for (let n = 0; n < seconds; n += 1) {
      await all.submitAll(result);
      all.advance(1_000);
    }
  }

  test('A carrier that throttles for longer than the failover time has a problem, but keeps its capacity.', async () => {
    const all = setUpGate();
    await throttle(all, 3);
    expect([all.gate.state(), all.gate.problem()]).toEqual(['up', undefined]);
    all.advance(1);
    all.gate.look();
    expect([all.gate.state(), all.gate.capacity()]).toEqual(['throttled', 1_000]);
    expect(all.gate.problem()).toBe('acme has been throttling for 3 s');
    await throttle(all, 4);
    expect(all.gate.problem()).toBe('acme has been throttling for 7 s');
    expect(all.changes).toEqual(['acme has been throttling for 3 s']);
  });

  test('The problem ends ten seconds after the last throttling.', async () => {
    const all = setUpGate();
    await throttle(all, 4);
    all.gate.look();
    all.advance(9_000);
    expect(all.gate.state()).toBe('throttled');
    all.advance(1);
    all.gate.look();
    expect([all.gate.state(), all.gate.problem()]).toEqual(['up', undefined]);
    expect(all.changes).toEqual(['acme has been throttling for 4 s', undefined]);
    // The next throttling is counted from its own begin.
    await throttle(all, 3);
    expect(all.gate.state()).toBe('up');
  });

  test('The pause that the carrier requests does not count for these ten seconds.', async () => {
    const all = setUpGate();
    await all.submitAll(throttled({ retryAfterMs: 30_000 }));
    all.advance(40_000);
    expect(all.gate.problem()).toBe('acme has been throttling for 40 s');
    all.advance(1);
    expect(all.gate.problem()).toBeUndefined();
  });

  test('An accepted segment ends the throttling.', async () => {
    const all = setUpGate();
    await throttle(all, 5);
    await all.submitAll(ACCEPTED);
    expect(all.gate.state()).toBe('up');
    await throttle(all, 3);
    expect(all.gate.state()).toBe('up');
    expect(all.changes).toEqual(['acme has been throttling for 4 s', undefined]);
  });

  test.each([
    ['of a sender', throttled({ scope: 'sender' })],
    ['without a response of the carrier', throttled({ carrierCode: undefined })],
  ])('Throttling %s is no problem of the carrier.', async (_, result) => {
    const all = setUpGate();
    await throttle(all, 20, result);
    expect([all.gate.state(), all.changes]).toEqual(['up', []]);
  });

  test('Without alternatives, throttling is no problem.', async () => {
    const all = setUpGate();
    all.at.hasAlternatives = false;
    await throttle(all, 20);
    expect([all.gate.state(), all.gate.problem(), all.changes]).toEqual(['up', undefined, []]);
  });
});

describe('Reports of changes', () => {
  test('Each change of the kind of problem is reported once, with the text at that time.', async () => {
    const { gate, link, at, changes, times, advance } = setUpGate();
    const lookTwice = () => {
      gate.look();
      gate.look();
    };
    lookTwice();
    at.isPaused = true;
    lookTwice();
    at.isPaused = false;
    Object.assign(link, { current: 'down', reason: 'connection refused' });
    lookTwice();
    Object.assign(link, { current: 'misconfigured', reason: 'wrong password' });
    lookTwice();
    link.current = 'standby';
    lookTwice();
    link.current = 'up';
    lookTwice();
    await times(100, UNKNOWN);
    lookTwice();
    at.isPaused = true;
    lookTwice();
    at.isPaused = false;
    lookTwice();
    advance(10_000);
    await times(1, ACCEPTED);
    lookTwice();
    const stopped = 'acme is stopped: 100 of 100 submits of the last minute failed';
    expect(changes).toEqual([
      'acme is paused',
      'acme is down: connection refused',
      'acme is misconfigured: wrong password',
      undefined,
      stopped,
      'acme is paused',
      stopped,
      undefined,
    ]);
  });
});
