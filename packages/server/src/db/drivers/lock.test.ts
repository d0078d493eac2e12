import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryInUse, lockDirectory } from './lock.ts';

/** Prints in one line whether it has the lock, and then holds the lock until it is ended. */
const HOLDER = `
  import { lockDirectory } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
  try {
    lockDirectory(process.argv[1]);
    console.log(JSON.stringify({ held: true }));
    setInterval(() => undefined, 60_000);
  } catch ({ name, message }) {
    console.log(JSON.stringify({ held: false, name, message }));
  }`;

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'redcloud-lock-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await rm(directory, { recursive: true, force: true });
});

async function another() {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', HOLDER, '--', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' },
  });
  children.push(child);
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  return { child, said: JSON.parse(value ?? 'null') };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('Locked directory', () => {
  test('Another process cannot open a locked directory, and its error names the options.', async () => {
    const lock = lockDirectory(directory);
    const { said } = await another();
    lock.release();
    expect(said).toEqual({ held: false, name: 'DirectoryInUse', message: expect.stringContaining(directory) });
    for (const way of ['Another Red Cloud process', 'RC_DATA_DIR', 'DATABASE_URL']) expect(said.message).toContain(way);
  });

  test('The lock of a directory with a name like a URI is in that directory.', () => {
    const before = process.cwd();
    process.chdir(directory);
    try {
      mkdirSync('file:sub');
      const lock = lockDirectory('file:sub');
      expect(() => lockDirectory(join(directory, 'file:sub'))).toThrow(DirectoryInUse);
      lock.release();
    } finally {
      process.chdir(before);
    }
  });

  test('The same process cannot open a locked directory again.', () => {
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
    lock.release();
  });

  test('A directory that another process has locked cannot be opened, and its holder keeps the lock.', async () => {
    expect((await another()).said).toEqual({ held: true });
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
    expect((await another()).said.held).toBe(false);
  });

  test('A locked directory is free after SIGKILL of its holder.', async () => {
    const { child, said } = await another();
    expect(said.held).toBe(true);
    await kill(child);
    expect((await another()).said).toEqual({ held: true });
  });

  test('A locked directory is free after its release.', async () => {
    lockDirectory(directory).release();
    lockDirectory(directory).release();
    expect((await another()).said).toEqual({ held: true });
  });

  test('A lock does not affect other directories.', async () => {
    await mkdir(join(directory, 'other'));
    const lock = lockDirectory(directory);
    const other = lockDirectory(join(directory, 'other'));
    other.release();
    lock.release();
  });
});

test('A missing directory causes another error than a locked one.', () => {
  expect(() => lockDirectory(join(directory, 'absent'))).toThrow(
    expect.not.objectContaining({ name: 'DirectoryInUse' }),
  );
});
