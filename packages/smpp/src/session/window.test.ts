import { Session as Inspector } from 'node:inspector';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Window } from './window.ts';

const TIMEOUT_MS = 1_000;
const LAST = 0x7fffffff;

let late: [tag: string, response: string][];
let window: Window<string, string>;

beforeEach(() => {
  vi.useFakeTimers();
  late = [];
  window = new Window({ timeoutMs: TIMEOUT_MS, onLate: (tag, response) => late.push([tag, response]) });
});
afterEach(() => {
  vi.useRealTimers();
});

function ask(tag: string) {
  const sequence = window.nextSequence();
  return { sequence, answer: window.wait(sequence, tag) };
}

/** Sets the last sequence number, because counting to two thousand million takes too long. */
function skipTo(sequence: number): void {
  const inspector = new Inspector();
  inspector.connect();
  const global = globalThis as { windowUnderTest?: unknown };
  global.windowUnderTest = window;
  try {
    // A debugger has access to private fields. The evaluation is complete when `post` returns.
    inspector.post('Runtime.evaluate', { expression: `windowUnderTest.#sequence = ${sequence}`, replMode: true });
  } finally {
    delete global.windowUnderTest;
    inspector.disconnect();
  }
}

describe('Request', () => {
  test('A request gets the response with its number, in any order, and its timer is cleared.', async () => {
    const [one, two] = [ask('one'), ask('two')];
    expect([one.sequence, two.sequence, window.size]).toEqual([1, 2, 2]);
    expect(window.answer(2, 'second')).toBe(true);
    expect(window.answer(1, 'first')).toBe(true);
    expect(await one.answer).toEqual({ kind: 'answered', response: 'first' });
    expect(await two.answer).toEqual({ kind: 'answered', response: 'second' });
    expect([window.size, vi.getTimerCount(), late]).toEqual([0, 0, []]);
  });

  test('A request times out after its timeout, and not before.', async () => {
    const { answer } = ask('one');
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(window.size).toBe(1);
    vi.advanceTimersByTime(1);
    expect(await answer).toEqual({ kind: 'timeout' });
    expect(window.size).toBe(0);
  });

  test('Each request has its own timeout.', async () => {
    const one = ask('one');
    vi.advanceTimersByTime(600);
    const two = ask('two');
    vi.advanceTimersByTime(600);
    expect(window.size).toBe(1);
    window.answer(two.sequence, 'in time');
    expect(await Promise.all([one.answer, two.answer])).toEqual([
      { kind: 'timeout' },
      { kind: 'answered', response: 'in time' },
    ]);
  });

  test('A response to no request, or a second response, is not accepted.', async () => {
    expect(window.answer(1, 'who?')).toBe(false);
    const { sequence, answer } = ask('one');
    expect([window.answer(sequence, 'first'), window.answer(sequence, 'again')]).toEqual([true, false]);
    expect(await answer).toEqual({ kind: 'answered', response: 'first' });
    expect(late).toEqual([]);
  });
});

describe('Late response', () => {
  test('A late response is reported once, with the tag of its request.', async () => {
    const { sequence, answer } = ask('one');
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect([window.answer(sequence, 'late'), window.answer(sequence, 'later')]).toEqual([true, false]);
    expect(late).toEqual([['one', 'late']]);
    expect(await answer).toEqual({ kind: 'timeout' });
  });

  test('A response is not late when a newer request with the same number waits for one.', async () => {
    const { sequence } = ask('old');
    vi.advanceTimersByTime(TIMEOUT_MS);
    const newer = window.wait(sequence, 'new');
    expect(window.answer(sequence, 'answer')).toBe(true);
    expect(await newer).toEqual({ kind: 'answered', response: 'answer' });
    expect([window.answer(sequence, 'late'), late]).toEqual([false, []]);
  });

  test('A late response is dropped only for the oldest of more than 10,000 requests.', () => {
    const sequences = Array.from({ length: 10_002 }, (_, i) => ask(`${i}`).sequence);
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect(sequences.slice(0, 3).map((sequence) => window.answer(sequence, 'late'))).toEqual([false, false, true]);
    expect(window.answer(sequences.at(-1) as number, 'late')).toBe(true);
    expect(late).toEqual([
      ['2', 'late'],
      ['10001', 'late'],
    ]);
  });
});

describe('End of a session', () => {
  test('The end of a session loses pending requests at once, and later responses are ignored.', async () => {
    const old = ask('old');
    vi.advanceTimersByTime(TIMEOUT_MS);
    const [one, two] = [ask('one'), ask('two')];
    window.lose();
    expect([window.size, vi.getTimerCount()]).toEqual([0, 0]);
    expect(await Promise.all([old.answer, one.answer, two.answer])).toEqual([
      { kind: 'timeout' },
      { kind: 'lost' },
      { kind: 'lost' },
    ]);
    expect([old, one, two].map(({ sequence }) => window.answer(sequence, 'too late'))).toEqual([false, false, false]);
    expect(late).toEqual([]);
  });
});

describe('Sequence numbers', () => {
  test('Sequence numbers begin with 1, and increase by one.', () => {
    expect([window.nextSequence(), window.nextSequence(), window.nextSequence()]).toEqual([1, 2, 3]);
  });

  test('Sequence numbers begin again with 1 after 0x7fffffff, and skip pending ones.', async () => {
    const [one, two] = [ask('one'), ask('two')];
    skipTo(LAST - 2);
    const last = ask('last but one');
    expect(last.sequence).toBe(LAST - 1);
    expect([window.nextSequence(), window.nextSequence(), window.nextSequence()]).toEqual([LAST, 3, 4]);
    window.answer(one.sequence, 'one');
    window.answer(last.sequence, 'last');
    skipTo(LAST - 2);
    // Numbers without a pending request are free.
    expect([1, 2, 3, 4].map(() => window.nextSequence())).toEqual([LAST - 1, LAST, 1, 3]);
    window.answer(two.sequence, 'two');
    expect(await Promise.all([one.answer, two.answer, last.answer])).toEqual(
      ['one', 'two', 'last'].map((response) => ({ kind: 'answered', response })),
    );
  });

  test('Sequence numbers skip any number of pending ones in a row, including the last one.', () => {
    for (const sequence of [LAST, 1, 2, 3]) void window.wait(sequence, 'waits');
    skipTo(LAST - 1);
    expect(window.nextSequence()).toBe(4);
  });
});
