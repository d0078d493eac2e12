import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ended } from '../child.ts';
import { endWithUs } from '../leftovers.ts';

const UP_MS = 15_000;
const POLL_MS = 50;
/** Folders in which distributions install servers, which may not be in a user's PATH. */
const SERVER_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

/** Running third-party program. */
export interface Foreign extends AsyncDisposable {
  pid: number;
}

/** @returns the path of the program, or undefined when the program is not installed */
export function installed(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...SERVER_FOLDERS];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a program, and waits until it is up. Killed with SIGKILL at the end, because its data is in a temporary
 * folder.
 * @throws with the output of the program, when it ends or is not up within 15 s
 */
export async function startForeign(
  path: string,
  args: readonly string[],
  isUp: () => Promise<boolean>,
): Promise<Foreign> {
  const [command = path, ...rest] = [...endingWithParent(), path, ...args];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  endWithUs(() => child.kill('SIGKILL'));
  const printed = collect(child);
  try {
    await untilUp(child, isUp);
  } catch (error) {
    await ended(child, 'SIGKILL');
    throw new Error(`${path}: ${(error as Error).message}\n${printed()}`);
  }
  return { pid: child.pid ?? 0, [Symbol.asyncDispose]: () => ended(child, 'SIGKILL') };
}

/** With setpriv (Linux), the kernel kills the program even if this process is killed and cannot do so. */
function endingWithParent(): string[] {
  const setpriv = installed('setpriv');
  return setpriv ? [setpriv, '--pdeathsig', 'KILL'] : [];
}

async function untilUp(child: ChildProcess, isUp: () => Promise<boolean>): Promise<void> {
  await once(child, 'spawn');
  const giveUpAt = performance.now() + UP_MS;
  while (!(await isUp().catch(() => false))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('program ended');
    if (performance.now() > giveUpAt) throw new Error(`not ready after ${UP_MS / 1000} s`);
    await delay(POLL_MS);
  }
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      // Keeps reading beyond the limit, because a full pipe would block the program.
      if (text.length < 10_000) text += chunk;
    });
  }
  return () => text;
}

/** @returns ports that were free a moment ago, for programs that cannot choose a port */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
