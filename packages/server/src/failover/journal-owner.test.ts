import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SCRATCH } from '../../test/support/scratch.ts';
import { disownJournal, ownerState, signJournal } from './journal-owner.ts';

const MODULE = new URL('./journal-owner.ts', import.meta.url).href;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-owner-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Changes fields of the file. */
function change(fields: object): void {
  const path = join(directory, 'owner');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...fields }));
}

describe.skipIf(process.platform !== 'linux')('Owner of a journal', () => {
  test('A process that runs is present.', () => {
    signJournal(directory);
    expect(ownerState(directory)).toBe('present');
  });

  test('A process that has ended is known to have ended.', () => {
    const code = `import(${JSON.stringify(MODULE)}).then((one) => one.signJournal(${JSON.stringify(directory)}))`;
    execFileSync(process.execPath, ['--input-type=module', '-e', code]);
    expect(ownerState(directory)).toBe('ended');
  });

  test('Another process with the same number is not the owner.', () => {
    signJournal(directory);
    change({ startedAt: '1' });
    expect(ownerState(directory)).toBe('ended');
  });

  test('The owner in another container may run.', () => {
    signJournal(directory);
    change({ namespace: 'pid:[1]', startedAt: '1' });
    expect(ownerState(directory)).toBe('present');
  });

  test('A journal from before the start of the machine, or of another machine, proves nothing.', () => {
    signJournal(directory);
    change({ boot: '00000000-0000-4000-8000-000000000000', startedAt: '1' });
    expect(ownerState(directory)).toBe('unknown');
  });

  test.each(['', '{', 'null', '[]', '"x"', '{"pid":"x"}'])('The content %j names no owner.', (content) => {
    writeFileSync(join(directory, 'owner'), content);
    expect(ownerState(directory)).toBe('unknown');
  });

  test('A journal that was given up has no owner, and giving it up again changes nothing.', () => {
    signJournal(directory);
    for (let n = 0; n < 2; n += 1) {
      disownJournal(directory);
      expect([ownerState(directory), existsSync(join(directory, 'owner'))]).toEqual(['unknown', false]);
    }
    disownJournal(join(directory, 'absent'));
  });
});
