import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryInUse, lockDirectory } from './lock.ts';

/** Says in one line whether it has the lock, and then holds it until it is ended. */
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

describe('a directory that is locked', () => {
  test('is refused to another process, which is told what to do', async () => {
    const lock = lockDirectory(directory);
    const { said } = await another();
    lock.release();
    expect(said).toEqual({ held: false, name: 'DirectoryInUse', message: expect.stringContaining(directory) });
    for (const way of ['Another Red Cloud process', 'RC_DATA_DIR', 'DATABASE_URL']) expect(said.message).toContain(way);
  });

  test('is refused within the same process too', () => {
    const lock = lockDirectory(directory);
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
    lock.release();
  });

  test('by another process is refused to this one, and stays with its holder', async () => {
    expect((await another()).said).toEqual({ held: true });
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
    expect(() => lockDirectory(directory)).toThrow(DirectoryInUse);
    expect((await another()).said.held).toBe(false);
  });

  test('is free after kill -9 of its holder', async () => {
    const { child, said } = await another();
    expect(said.held).toBe(true);
    await kill(child);
    expect((await another()).said).toEqual({ held: true });
  });

  test('is free once it is released', async () => {
    lockDirectory(directory).release();
    lockDirectory(directory).release();
    expect((await another()).said).toEqual({ held: true });
  });

  test('does not keep anybody from another directory', async () => {
    await mkdir(join(directory, 'other'));
    const lock = lockDirectory(directory);
    const other = lockDirectory(join(directory, 'other'));
    other.release();
    lock.release();
  });
});

test('a directory that is not there is another error than one in use', () => {
  expect(() => lockDirectory(join(directory, 'absent'))).toThrow(
    expect.not.objectContaining({ name: 'DirectoryInUse' }),
  );
});
