import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { expect } from 'vitest';
import { pack } from '../scripts/check.ts';

export const run = promisify(execFile);

const CONSUMERS = fileURLToPath(new URL('consumers/', import.meta.url));

/** Result of `consumers/edge.mjs` without the files of a machine. */
export const AT_THE_EDGE = {
  type: 'message.sent',
  status: 204,
  outcome: 'ALL_ACCEPTED',
  media: 'ALL_ACCEPTED',
  // workerd has an empty file system.
  path: expect.stringMatching(/^media\[0\] "photo.jpg" (is a path, and this platform has no files|does not exist)\./),
};

export interface Consumer {
  project: string;
  tarball: string;
  remove(): Promise<void>;
}

/** Creates a project that installed the package from its tarball and has no other dependency. */
export async function createConsumer(): Promise<Consumer> {
  const project = await mkdtemp(join(tmpdir(), 'redcloud-consumer-'));
  const remove = () => rm(project, { recursive: true, force: true });
  try {
    return { project, tarball: await install(project), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** @returns path of the tarball. */
async function install(project: string): Promise<string> {
  const tarball = await pack(project);
  await writeFile(join(project, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: project });
  for (const file of await readdir(CONSUMERS)) await copyFile(join(CONSUMERS, file), join(project, file));
  return tarball;
}

/** Bundles a file of such a project for a runtime with fetch and WebCrypto, without Node. */
export async function bundle(file: string, format: 'iife' | 'esm'): Promise<string> {
  const built = await rolldown({ input: file, platform: 'browser' });
  const { output } = await built.generate({ format, name: 'edge' });
  await built.close();
  return output[0].code;
}
