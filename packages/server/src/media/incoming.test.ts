import { mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SCRATCH } from '../../test/support/scratch.ts';
import { removeAbandoned } from './incoming.ts';

const NOW = 1_795_996_800_000;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(SCRATCH, 'redcloud-incoming-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, ageMs: number): void {
  const path = join(directory, name);
  writeFileSync(path, 'x');
  utimesSync(path, NOW / 1000, (NOW - ageMs) / 1000);
}

// Regression: a file that another process removed meanwhile ended the start of this process.
test('Temporary files older than a day are removed, also beside a file that has disappeared.', async () => {
  write('old', 86_401_000);
  write('new', 86_399_000);
  // `readdir` lists the link, and `stat` does not find its target.
  symlinkSync(join(directory, 'missing'), join(directory, 'disappeared'));
  await removeAbandoned(directory, NOW);
  expect(readdirSync(directory).toSorted()).toEqual(['disappeared', 'new']);
});
