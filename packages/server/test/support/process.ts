import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestStore } from './store.ts';

const BIN = new URL('../../bin/redcloud.mjs', import.meta.url).pathname;

/** Red Cloud in its own process, as operators run it. */
export interface RedCloudProcess {
  url: string;
  child: ChildProcess;
  /** Standard output and standard error so far. */
  output(): string;
  /** Kills the process without warning and resolves when it has ended. */
  kill(): Promise<void>;
  /** Stops the process with SIGTERM. @returns its exit status. */
  terminate(): Promise<number | null>;
}

export function environment(store: TestStore, env: Record<string, string> = {}): Record<string, string> {
  const database = store.databaseUrl
    ? { DATABASE_URL: store.databaseUrl, RC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }
    : {};
  return {
    PATH: process.env['PATH'] ?? '',
    PORT: '0',
    RC_DATA_DIR: store.dataDir,
    RC_SANDBOX: 'true',
    RC_ADMIN_TOKEN: 'test-operator-token',
    ...database,
    ...env,
  };
}

/** Starts a process and resolves when it listens. @throws with its output, if it ends before. */
export async function startProcess(store: TestStore, env: Record<string, string> = {}): Promise<RedCloudProcess> {
  const child = spawn(process.execPath, [BIN], { env: environment(store, env), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      if (line.includes('"event":"listening"')) resolve(JSON.parse(line).url);
    });
    // The event `close`, not `exit`, because only `close` comes after the complete output.
    child.on('close', (code) => reject(new Error(`ended with ${code} before it listened: ${output}`)));
  });
  const ended = once(child, 'close');
  return {
    url,
    child,
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async terminate() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
  };
}

/** Runs a command of `redcloud-server` with the settings of a store. */
export async function runCommand(
  store: TestStore,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<{ status: number; output: string }> {
  const env = { ...environment(store), ...more };
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [status] = await once(child, 'close');
  return { status, output };
}
