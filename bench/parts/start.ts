import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs, temporaryFolder } from '../leftovers.ts';
import { print } from '../report.ts';

const SERVER = new URL('../../packages/server/bin/redcloud.mjs', import.meta.url).pathname;
const BARE = new URL('../bare-store.ts', import.meta.url).pathname;
/** Time without requests after which the memory is read, in milliseconds. */
const IDLE_MS = 30_000;
const KIB_PER_MIB = 1_024;

interface Started {
  /** Milliseconds from the start of the process. */
  ms: number;
  /** Resident memory in MiB. */
  memory: number;
}

/** Starts a program, and stops it after `idleMs`. */
async function startOf(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  idleMs: number,
): Promise<Started> {
  const startedAt = performance.now();
  // The same flag as with `npm start`.
  const child = spawn(process.execPath, ['--max-semi-space-size=32', file, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(() => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"event":"listening"')) break;
  const ms = performance.now() - startedAt;
  await delay(idleMs);
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
  return { ms, memory: Number(kib) / KIB_PER_MIB };
}

/** First and later starts of the server with an embedded store, as ratios to those of PGlite alone, in alternating runs. */
export async function start({ pairs }: { pairs: number }): Promise<void> {
  const times: Record<'first' | 'later', { bare: Started[]; server: Started[] }> = {
    first: { bare: [], server: [] },
    later: { bare: [], server: [] },
  };
  for (let n = 0; n < pairs; n += 1) {
    using folder = temporaryFolder();
    const isLast = n === pairs - 1;
    const bare = () => startOf(BARE, [join(folder.path, 'bare')], {}, isLast ? IDLE_MS : 0);
    const server = () =>
      startOf(SERVER, [], { PORT: '0', RC_DATA_DIR: join(folder.path, 'data') }, isLast ? IDLE_MS : 500);
    for (const kind of ['first', 'later'] as const) {
      times[kind].bare.push(await bare());
      times[kind].server.push(await server());
    }
  }
  for (const [kind, { bare, server }] of Object.entries(times)) {
    const [alone, whole] = [median(bare), median(server)];
    const ratio = `ratio ${(whole / alone).toFixed(2)}`;
    print(
      `${kind} start`,
      `PGlite ${Math.round(alone)} ms`,
      `server ${Math.round(whole)} ms (${spread(server)})`,
      ratio,
    );
    print(
      `${kind} memory`,
      `PGlite ${memoryOf(bare)} MiB`,
      `server ${memoryOf(server)} MiB`,
      `idle for ${IDLE_MS / 1000} s`,
    );
  }
}

function median(starts: readonly Started[]): number {
  return starts.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0;
}

function spread(starts: readonly Started[]): string {
  const sorted = starts.map(({ ms }) => Math.round(ms)).toSorted((a, b) => a - b);
  return `${sorted[0]} to ${sorted.at(-1)}`;
}

/** Memory of the last start, which was idle. */
function memoryOf(starts: readonly Started[]): number {
  return Math.round(starts.at(-1)?.memory ?? 0);
}
