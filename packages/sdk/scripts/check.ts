/** `npm run sdk:check`: checks the package as published with publint and attw. Fails with their findings. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** Builds and packs the package. @returns the path of the tarball. */
export async function pack(directory: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', directory], { cwd: PACKAGE });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
  return join(directory, filename);
}

/** @throws with the findings of publint or attw. */
export async function judge(tarball: string): Promise<void> {
  await run('publint', [tarball, '--strict']);
  // The package has ES modules only. CommonJS code loads it by import(), or by require() since Node 22.12.
  await run('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii', '--no-color']);
}

async function check(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'redcloud-sdk-'));
  try {
    await judge(await pack(directory));
    process.stdout.write('ok     publint, attw\n');
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    process.stdout.write(`FAILED publint, attw\n${stdout}${stderr || message}\n`);
    process.exitCode = 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await check();
