import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '#platform/log.ts';
import { TestClock } from '../../test/support/clock.ts';
import { SCRATCH } from '../../test/support/scratch.ts';
import { Journal, leftSince } from './journal.ts';

const MINUTE_MS = 60_000;

let directory: string;
let clock: TestClock;
const log = createLog('silent');
beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-journal-'));
  clock = new TestClock();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const place = (process = 'prc_1') => ({ directory, process });
const parts = () => ({ clock, log, onStuck: () => undefined });
const open = (process?: string) => Journal.open(place(process), parts());
const idOf = (n: number) => `msg_${String(n).padStart(26, '0')}`;
/** Messages that left in their first attempt. */
const leftFirst = (...numbers: number[]) => new Map(numbers.map((n) => [idOf(n), 1]));

describe('Journal of submits', () => {
  test('Submits that did not return are found, also while the journal is open.', () => {
    const journal = open();
    for (const n of [1, 2, 3]) journal.leaving(idOf(n), 1);
    journal.returned(idOf(2));
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(leftFirst(1, 3));
    journal.leaving(idOf(2), 1);
    journal.close();
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(leftFirst(1, 3, 2));
  });

  test('Files of earlier minutes are not searched.', () => {
    const journal = open();
    journal.leaving(idOf(1), 1);
    clock.advance(3 * MINUTE_MS);
    journal.leaving(idOf(2), 1);
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(leftFirst(2));
    expect(leftSince(place(), clock.now() - 3 * MINUTE_MS)).toEqual(leftFirst(1, 2));
  });

  test('A journal whose old files were deleted proves nothing about their time.', () => {
    const journal = open();
    journal.leaving(idOf(1), 1);
    clock.advance(10 * MINUTE_MS);
    journal.leaving(idOf(2), 1);
    clock.advance(10 * MINUTE_MS);
    journal.leaving(idOf(3), 1);
    expect(leftSince(place(), clock.now() - 19 * MINUTE_MS)).toBeUndefined();
    expect(leftSince(place(), clock.now() - 10 * MINUTE_MS)).toEqual(leftFirst(2, 3));
  });

  test('A pause without submits is no gap, although the files before it are deleted.', () => {
    const journal = open();
    journal.leaving(idOf(1), 1);
    clock.advance(20 * MINUTE_MS);
    journal.leaving(idOf(2), 1);
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(leftFirst(2));
    expect(leftSince(place(), clock.now() - 16 * MINUTE_MS)).toBeUndefined();
  });

  test('A process without a journal is no process without submits.', () => {
    expect(leftSince(place('prc_other'), clock.now())).toBeUndefined();
  });

  test('Old journals of other processes are deleted, and new ones stay.', () => {
    open('prc_old').close();
    open('prc_new').close();
    const old = new Date(clock.now() - 25 * 60 * MINUTE_MS);
    utimesSync(join(directory, 'prc_old'), old, old);
    const recent = new Date(clock.now() - 23 * 60 * MINUTE_MS);
    utimesSync(join(directory, 'prc_new'), recent, recent);
    open('prc_1');
    expect(readdirSync(directory).toSorted()).toEqual(['prc_1', 'prc_new']);
  });

  test('A journal that cannot be written ends, and proves nothing.', () => {
    const journal = open();
    journal.leaving(idOf(1), 1);
    // The next minute needs a new file, whose name is taken by a directory.
    clock.advance(MINUTE_MS);
    mkdirSync(join(directory, 'prc_1', `${Math.floor(clock.now() / MINUTE_MS)}.log`));
    journal.leaving(idOf(2), 1);
    expect([existsSync(join(directory, 'prc_1')), journal.isIntact]).toEqual([false, false]);
    expect(leftSince(place(), 0)).toBeUndefined();
    journal.leaving(idOf(3), 1);
    journal.close();
    expect(leftSince(place(), 0)).toBeUndefined();
  });

  test('A journal that can neither be written nor removed permits no submit, and asks for the end of the process.', () => {
    let asked = 0;
    const journal = Journal.open(place(), { clock, log, onStuck: () => (asked += 1) });
    expect(journal.leaving(idOf(1), 1)).toBe(true);
    // A directory in the place of the file makes its removal fail, as a read-only file system does.
    rmSync(join(directory, 'prc_1', 'owner'), { force: true });
    mkdirSync(join(directory, 'prc_1', 'owner'));
    clock.advance(MINUTE_MS);
    mkdirSync(join(directory, 'prc_1', `${Math.floor(clock.now() / MINUTE_MS)}.log`));
    expect([journal.leaving(idOf(2), 1), journal.leaving(idOf(3), 1), asked]).toEqual([false, false, 1]);
    journal.close();
  });

  test('A directory that cannot be created does not prevent submits.', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    const journal = Journal.open({ directory: file, process: 'prc_1' }, parts());
    journal.leaving(idOf(1), 1);
    journal.returned(idOf(1));
    journal.close();
    expect(leftSince({ directory: file, process: 'prc_1' }, 0)).toBeUndefined();
  });

  test('The result equals that of a model for any order of submits, returns and pauses.', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('left' as const),
        n: fc.integer({ min: 0, max: 9 }),
        attempt: fc.integer({ min: 1, max: 999_999_999 }),
      }),
      fc.record({ kind: fc.constant('returned' as const), n: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ kind: fc.constant('pause' as const), n: fc.integer({ min: 0, max: 3 }) }),
    );
    let runs = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 14 }), (steps, minutes) => {
        runs += 1;
        const process = `prc_${runs}`;
        const journal = open(process);
        const since = clock.now();
        const lines: { minute: number; id: string; attempt: number | undefined }[] = [];
        for (const one of steps) {
          const [minute, id] = [Math.floor(clock.now() / MINUTE_MS), idOf(one.n)];
          if (one.kind === 'pause') clock.advance(one.n * 20_000);
          else lines.push({ minute, id, attempt: one.kind === 'left' ? one.attempt : undefined });
          if (one.kind === 'left') journal.leaving(id, one.attempt);
          if (one.kind === 'returned') journal.returned(id);
        }
        journal.close();
        const from = Math.max(since, clock.now() - minutes * MINUTE_MS);
        const expected = new Map<string, number>();
        for (const { minute, id, attempt } of lines) {
          if (minute < Math.floor(from / MINUTE_MS)) continue;
          if (attempt === undefined) expected.delete(id);
          else expected.set(id, attempt);
        }
        expect(leftSince(place(process), from)).toEqual(expected);
      }),
    );
  });
});
