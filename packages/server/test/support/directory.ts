import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/**
 * Directory for the tests of one file or `describe`: created before the first test, removed after the last one. No directory is
 * created at once, because the hooks of a file without selected tests do not run.
 * @returns path of the directory, which later calls of `beforeAll` can use.
 */
export function ownDirectory(name: string): string {
  const directory = pathOf(name);
  beforeAll(() => create(directory));
  afterAll(() => remove(directory));
  return directory;
}

/** Creates a directory that is removed at the end of the current test, also if the test fails. */
export function testDirectory(name: string): string {
  const directory = pathOf(name);
  onTestFinished(() => remove(directory));
  create(directory);
  return directory;
}

const pathOf = (name: string) => join(tmpdir(), `redcloud-${name}-${randomBytes(6).toString('hex')}`);

function create(directory: string): void {
  mkdirSync(directory, { mode: 0o700 });
}

/** Retries, because processes of the test may still write while they end. */
function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}
