import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { pack } from '../scripts/check.ts';

export const run = promisify(execFile);

const CONSUMERS = fileURLToPath(new URL('consumers/', import.meta.url));

export interface Consumer {
  project: string;
  tarball: string;
  remove(): Promise<void>;
}

/** Creates a project that installed the package from its tarball and has no other dependency. */
export async function createConsumer(): Promise<Consumer> {
  const project = await mkdtemp(join(tmpdir(), 'redcloud-consumer-'));
  const tarball = await pack(project);
  await writeFile(join(project, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: project });
  for (const file of await readdir(CONSUMERS)) await copyFile(join(CONSUMERS, file), join(project, file));
  return { project, tarball, remove: () => rm(project, { recursive: true, force: true }) };
}

/** Bundles a file of such a project for a runtime with fetch and WebCrypto, without Node. */
export async function bundle(file: string, format: 'iife' | 'esm'): Promise<string> {
  const built = await rolldown({ input: file, platform: 'browser' });
  const { output } = await built.generate({ format, name: 'edge' });
  await built.close();
  return output[0].code;
}
