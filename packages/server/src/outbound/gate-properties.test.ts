import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACCEPTED,
  type Call,
  MISCONFIGURED,
  REJECTED,
  SUBMISSION,
  setUpGate,
  throttled,
  UNKNOWN,
  UNREACHABLE,
} from '../../test/support/gated-link.ts';
import { sized } from '../../test/support/thorough.ts';
import type { SubmitResult } from '../carriers/carrier.ts';

const RESULTS = [ACCEPTED, REJECTED, UNKNOWN, UNKNOWN, UNREACHABLE, MISCONFIGURED, throttled()];

type Step =
  | { kind: 'submit' | 'look' | 'pause' | 'resume' }
  | { kind: 'answer'; at: number; result: SubmitResult }
  | { kind: 'advance'; ms: number }
  | { kind: 'check'; problem: string | undefined };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('submit' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('look' as const, 'pause' as const, 'resume' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('answer' as const), at: fc.nat(), result: fc.constantFrom(...RESULTS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 2_999, 3_001, 10_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('check' as const), problem: fc.constantFrom(undefined, 'a problem') }),
  },
);

/** Runs the steps from a gate with many submits, some of them without a response. */
async function run(
  steps: readonly Step[],
  late: number,
  hasCheck: boolean,
): Promise<{ tests: number; changes: number }> {
  const { gate, link, at, changes, times } = setUpGate();
  const checks: ((problem: string | undefined) => void)[] = [];
  if (hasCheck) link.check = () => new Promise((resolve) => checks.push(resolve));
  /** Submits without a response, and those of them that test an open breaker. */
  const running: Call[] = [];
  const tests = new Set<Call>();
  let allTests = 0;
  let testedAt = Number.NEGATIVE_INFINITY;
  link.onSubmit = () => expect(at.isPaused).toBe(false);

  const submit = () => {
    const isTest = gate.state() === 'failing';
    const mayBegin = gate.capacity() > 0;
    const { length } = link.calls;
    void gate.submit(SUBMISSION);
    const call = link.calls.length > length ? link.calls.at(-1) : undefined;
    if (isTest || at.isPaused) expect(call !== undefined).toBe(mayBegin);
    if (!call) return;
    running.push(call);
    if (!isTest) return;
    tests.add(call);
    allTests += 1;
    expect(at.ms - testedAt).toBeGreaterThanOrEqual(10_000);
    testedAt = at.ms;
  };

  for (let n = 0; n < late; n += 1) submit();
  link.calls.length = 0;
  await times(99, UNKNOWN);
  for (const one of steps) {
    const before = gate.state();
    const call = one.kind === 'answer' ? running.splice(one.at % (running.length || 1), 1)[0] : undefined;
    const isTest = call !== undefined && tests.delete(call);
    if (one.kind === 'submit') submit();
    else if (one.kind === 'look') gate.look();
    else if (one.kind === 'pause') at.isPaused = true;
    else if (one.kind === 'resume') at.isPaused = false;
    else if (one.kind === 'advance') at.ms += one.ms;
    else if (one.kind === 'check') checks.shift()?.(one.problem);
    else if ('result' in one) call?.answer(one.result);
    await new Promise(setImmediate);

    expect(tests.size).toBeLessThanOrEqual(1);
    if (at.isPaused) expect([gate.state(), gate.capacity()]).toEqual(['paused', 0]);
    for (const { mayLeave } of at.isPaused ? running : []) expect(mayLeave()).toBe(false);
    if (before === 'failing' && one.kind !== 'pause') {
      const isClosed = isTest && 'result' in one && one.result === ACCEPTED;
      expect(gate.state() !== 'failing').toBe(isClosed);
    }
    if (gate.state() === 'failing') expect(gate.capacity()).toBeLessThanOrEqual(1);
    expect(gate.problem() === undefined).toBe(gate.state() === 'up');
    gate.look();
    expect(changes.at(-1) === undefined).toBe(gate.problem() === undefined);
  }
  // One report for each change of the kind of problem.
  const kinds = changes.map((one) => one?.replace(/\d+ (s|of)|no response.*|submits.*/g, ''));
  expect(kinds.filter((one, i) => i > 0 && one === kinds[i - 1])).toEqual([]);
  return { tests: allTests, changes: changes.length };
}

describe('Any sequence of submits, responses and pauses', () => {
  test('At most one message tests a stopped carrier at a time, and a paused carrier gets no submit.', async () => {
    const all = { tests: 0, changes: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 150, size: 'max' }),
        fc.nat(10),
        fc.boolean(),
        async (steps, late, hasCheck) => {
          const { tests, changes } = await run(steps, late, hasCheck);
          all.tests += tests;
          all.changes += changes;
        },
      ),
      { numRuns: sized(400) },
    );
    // The sequences reach the states that the test is about.
    expect(all.tests).toBeGreaterThan(20);
    expect(all.changes).toBeGreaterThan(100);
  });
});
