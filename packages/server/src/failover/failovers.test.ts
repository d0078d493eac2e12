import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEADLINE_MS, hasHeartbeats, NOTICE_MS, verdict } from './failovers.ts';
import type { Finding, Witness } from './sql.ts';

const BEGUN = 1_800_000_000_000;
const at = (ms: number) => new Date(BEGUN + ms);
const open = (ageMs: number, completeMs: number | null = -5_000) => ({
  begunAt: at(0),
  completeUntil: completeMs === null ? null : at(completeMs),
  ageMs,
});
const witness = (finding: Finding | null, wasSynchronous: boolean) => ({ finding, wasSynchronous });

describe('End of a failover', () => {
  test.each([
    ['Without processes, nothing is known about the state.', [], open(0), 'presumed'],
    [
      'Every process has searched its journal.',
      [witness('SEARCHED', false), witness('SEARCHED', true)],
      open(NOTICE_MS),
      'searched',
    ],
    ['One process has not.', [witness('SEARCHED', false), witness(null, true)], open(DEADLINE_MS - 1), undefined],
    [
      'The time of that process is over.',
      [witness('SEARCHED', false), witness(null, true)],
      open(DEADLINE_MS),
      'presumed',
    ],
    [
      'No process has lost a commit.',
      [witness('SYNCHRONOUS', true), witness('SYNCHRONOUS', true)],
      open(0),
      'synchronous',
    ],
    [
      'A dead process had synchronous commits.',
      [witness('SYNCHRONOUS', true), witness(null, true)],
      open(NOTICE_MS),
      'synchronous',
    ],
    ['All processes are dead, and had synchronous commits.', [witness(null, true)], open(NOTICE_MS), 'synchronous'],
    [
      'A dead process had asynchronous commits.',
      [witness('SYNCHRONOUS', true), witness(null, false)],
      open(NOTICE_MS),
      undefined,
    ],
    ['The state is old, as after a restore.', [witness(null, true)], open(NOTICE_MS, -301_000), undefined],
    ['The last heartbeat is unknown.', [witness(null, true)], open(NOTICE_MS, null), undefined],
    [
      'One process has lost commits.',
      [witness('SYNCHRONOUS', true), witness('SEARCHED', true)],
      open(NOTICE_MS),
      undefined,
    ],
    ['Processes may not have noticed yet.', [witness('SEARCHED', false)], open(NOTICE_MS - 1), undefined],
    ['A process may know that its commits were asynchronous.', [witness(null, true)], open(NOTICE_MS - 1), undefined],
  ] as const)('%s', (_what, witnesses, state, expected) => {
    expect(verdict(witnesses, state)).toBe(expected);
  });

  test('A failover ends before its deadline only if every submit is known.', () => {
    const any = fc.record({
      finding: fc.constantFrom<Finding | null>('SEARCHED', 'SYNCHRONOUS', null),
      wasSynchronous: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(any, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: DEADLINE_MS - 1 }),
        (witnesses, age) => {
          const by = verdict(witnesses, open(age));
          const all = (wanted: Finding) => witnesses.every(({ finding }) => finding === wanted);
          const isTrusted = witnesses.every(
            ({ finding, wasSynchronous }) => finding === 'SYNCHRONOUS' || (finding === null && wasSynchronous),
          );
          const isKnown = all('SYNCHRONOUS') || (age >= NOTICE_MS && (all('SEARCHED') || isTrusted));
          expect(by !== undefined).toBe(isKnown);
          expect(verdict(witnesses, open(DEADLINE_MS))).not.toBe(undefined);
        },
      ),
    );
  });
});

describe('Commits of a process', () => {
  const failover = {
    id: 1,
    identity: 'a',
    isRestore: false,
    begunAt: at(0),
    completeUntil: at(-5_000),
    closedAt: null,
  };
  const present: Witness = {
    ...{ process: 'prc_1', aliveUntil: at(1_000), wasSynchronous: true, finding: null, isAlive: true },
  };
  const confirmed = { aliveUntil: BEGUN + 1_000, asynchronousAt: Number.NEGATIVE_INFINITY };

  test.each([
    ['are complete if its last heartbeat is present', confirmed, present, failover, true],
    [
      'are incomplete if a later heartbeat was confirmed',
      { ...confirmed, aliveUntil: BEGUN + 1_001 },
      present,
      failover,
      false,
    ],
    [
      'may be incomplete if a heartbeat was not synchronous',
      { ...confirmed, asynchronousAt: BEGUN - 5_000 },
      present,
      failover,
      false,
    ],
    [
      'are complete if such a heartbeat is older',
      { ...confirmed, asynchronousAt: BEGUN - 5_001 },
      present,
      failover,
      true,
    ],
    [
      'may be incomplete if its row is not synchronous',
      confirmed,
      { ...present, wasSynchronous: false },
      failover,
      false,
    ],
    ['may be incomplete if it has no row', confirmed, undefined, failover, false],
    ['may be incomplete if no heartbeat is present', confirmed, present, { ...failover, completeUntil: null }, false],
  ] as const)('%s.', (_what, heartbeats, row, change, expected) => {
    expect(hasHeartbeats(heartbeats, row, change)).toBe(expected);
  });
});
