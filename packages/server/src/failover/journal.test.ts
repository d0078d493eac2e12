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

describe('Journal of submits', () => {
  test('Submits that did not return are found, also while the journal is open.', () => {
    const journal = open();
    for (const n of [1, 2, 3]) journal.leaving(idOf(n));
    journal.returned(idOf(2));
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(new Set([idOf(1), idOf(3)]));
    journal.leaving(idOf(2));
    journal.close();
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(new Set([1, 3, 2].map(idOf)));
  });

  test('Files of earlier minutes are not searched.', () => {
    const journal = open();
    journal.leaving(idOf(1));
    clock.advance(3 * MINUTE_MS);
    journal.leaving(idOf(2));
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(new Set([idOf(2)]));
    expect(leftSince(place(), clock.now() - 3 * MINUTE_MS)).toEqual(new Set([1, 2].map(idOf)));
  });

  test('A journal whose old files were deleted proves nothing about their time.', () => {
    const journal = open();
    journal.leaving(idOf(1));
    clock.advance(10 * MINUTE_MS);
    journal.leaving(idOf(2));
    clock.advance(10 * MINUTE_MS);
    journal.leaving(idOf(3));
    expect(leftSince(place(), clock.now() - 19 * MINUTE_MS)).toBeUndefined();
    expect(leftSince(place(), clock.now() - 10 * MINUTE_MS)).toEqual(new Set([2, 3].map(idOf)));
  });

  test('A pause without submits is no gap, although the files before it are deleted.', () => {
    const journal = open();
    journal.leaving(idOf(1));
    clock.advance(20 * MINUTE_MS);
    journal.leaving(idOf(2));
    expect(leftSince(place(), clock.now() - MINUTE_MS)).toEqual(new Set([idOf(2)]));
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
    journal.leaving(idOf(1));
    // The next minute needs a new file, whose name is taken by a directory.
    clock.advance(MINUTE_MS);
    mkdirSync(join(directory, 'prc_1', `${Math.floor(clock.now() / MINUTE_MS)}.log`));
    journal.leaving(idOf(2));
    expect([existsSync(join(directory, 'prc_1')), journal.isIntact]).toEqual([false, false]);
    expect(leftSince(place(), 0)).toBeUndefined();
    journal.leaving(idOf(3));
    journal.close();
    expect(leftSince(place(), 0)).toBeUndefined();
  });

  test('A journal that can neither be written nor removed permits no submit, and asks for the end of the process.', () => {
    let asked = 0;
    const journal = Journal.open(place(), { clock, log, onStuck: () => (asked += 1) });
    expect(journal.leaving(idOf(1))).toBe(true);
    // A directory in the place of the file makes its removal fail, as a read-only file system does.
    rmSync(join(directory, 'prc_1', 'owner'), { force: true });
    mkdirSync(join(directory, 'prc_1', 'owner'));
    clock.advance(MINUTE_MS);
    mkdirSync(join(directory, 'prc_1', `${Math.floor(clock.now() / MINUTE_MS)}.log`));
    expect([journal.leaving(idOf(2)), journal.leaving(idOf(3)), asked]).toEqual([false, false, 1]);
    journal.close();
  });

  test('A directory that cannot be created does not prevent submits.', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    const journal = Journal.open({ directory: file, process: 'prc_1' }, parts());
    journal.leaving(idOf(1));
    journal.returned(idOf(1));
    journal.close();
    expect(leftSince({ directory: file, process: 'prc_1' }, 0)).toBeUndefined();
  });

  test('The result equals that of a model for any order of submits, returns and pauses.', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('left' as const), n: fc.integer({ min: 0, max: 9 }) }),
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
        const lines: { minute: number; id: string; isOut: boolean }[] = [];
        for (const { kind, n } of steps) {
          if (kind === 'pause') clock.advance(n * 20_000);
          else {
            lines.push({ minute: Math.floor(clock.now() / MINUTE_MS), id: idOf(n), isOut: kind === 'left' });
            journal[kind === 'left' ? 'leaving' : 'returned'](idOf(n));
          }
        }
        journal.close();
        const from = Math.max(since, clock.now() - minutes * MINUTE_MS);
        const expected = new Set<string>();
        for (const { minute, id, isOut } of lines) {
          if (minute < Math.floor(from / MINUTE_MS)) continue;
          if (isOut) expected.add(id);
          else expected.delete(id);
        }
        expect(leftSince(place(process), from)).toEqual(expected);
      }),
    );
  });
});
