import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../bin/redcloud.mjs', import.meta.url));

/** Compile cache that all runs share, and that git ignores. */
const CACHE = fileURLToPath(new URL('../../../.cache/cli-test', import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
  // biome-ignore lint/suspicious/noExplicitAny: any output of the program
  json(): any;
  /** One value per line. */
  // biome-ignore lint/suspicious/noExplicitAny: any output of the program
  lines(): any[];
}

export interface Running {
  child: ChildProcessWithoutNullStreams;
  stdout(): string;
  stderr(): string;
  /** Resolves when `enough` accepts the output so far. Limited by the timeout of the test. */
  until(enough: (running: Running) => boolean): Promise<void>;
  ended: Promise<Ended>;
}

/** The machine of a user, with its own home directory. */
export class Machine {
  readonly home = mkdtempSync(join(tmpdir(), 'redcloud-home-'));
  readonly #env: Record<string, string>;

  constructor(env: Record<string, string> = {}) {
    this.#env = env;
  }

  get env(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.home, NODE_COMPILE_CACHE: CACHE, ...this.#env };
  }

  pathOf(name: string): string {
    return join(this.home, name);
  }

  /** Runs the real program as a child process until its end. */
  run(args: readonly string[], more: { env?: Record<string, string>; stdin?: string } = {}): Promise<Ended> {
    const running = this.start(args, more.env);
    running.child.stdin.end(more.stdin ?? '');
    return running.ended;
  }

  start(args: readonly string[], env: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, [BIN, ...args], { env: { ...this.env, ...env }, cwd: this.home });
    return watched(child);
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

export function watched(child: ChildProcessWithoutNullStreams): Running {
  let [stdout, stderr] = ['', ''];
  let arrived = Promise.withResolvers<void>();
  const onward = () => {
    arrived.resolve();
    arrived = Promise.withResolvers();
  };
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    onward();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    onward();
  });
  // A program that has ended does not read its input.
  child.stdin.on('error', () => undefined);
  let hasEnded = false;
  const ended = once(child, 'close').then(([code]): Ended => {
    hasEnded = true;
    onward();
    const lines = () => stdout.split('\n').filter((line) => line !== '');
    return {
      code,
      stdout,
      stderr,
      json: () => JSON.parse(stdout),
      lines: () => lines().map((line) => JSON.parse(line)),
    };
  });
  const running: Running = {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async until(enough) {
      while (!enough(running)) {
        if (hasEnded) throw new Error(`It ended before: ${stdout}${stderr}`);
        await arrived.promise;
      }
    },
    ended,
  };
  return running;
}
