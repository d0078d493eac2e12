import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ARM, type Fault, type Fired } from './points.ts';

const BIN = new URL('../../bin/redcloud.mjs', import.meta.url).pathname;
const FAULTS = new URL('./faults.ts', import.meta.url).href;

/** A log line, with the fields that tests use. */
export interface Line {
  level: string;
  time: string;
  event: string;
  err?: { name: string; message: string; stack?: string };
  [field: string]: unknown;
}

export interface MemberOptions {
  name: string;
  /** Checkout whose program runs. Default: this one. */
  checkout?: string | undefined;
  env: Record<string, string>;
  faults: readonly Fault[];
  /** Whether the faults are enabled from the start. */
  armed: boolean;
  logFile: string;
}

/** Events with one line per request, submit or attempt. The log file contains them, `lines` does not. */
const COUNTED_ONLY = new Set(['request', 'webhook', 'inbound', 'maintenance']);

/** One Red Cloud process, from start to end. */
export class Member {
  readonly name: string;
  readonly child: ChildProcess;
  readonly lines: Line[] = [];
  /** Output on standard error other than fired faults. */
  stderr = '';
  /** URL of the HTTP server. Absent before the process listens and after its end. */
  url: string | undefined;
  /** Whether the process is stopped (SIGSTOP). */
  stopped = false;
  firedAt: number | undefined;
  readonly fired: Promise<Fired>;
  readonly listening: Promise<void>;
  readonly gone: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly #faulty: boolean;
  /** Whether the test caused the end of the process. */
  #endWanted = false;
  #listened = false;
  #end: { code: number | null; signal: NodeJS.Signals | null } | undefined;

  constructor({ name, checkout, env, faults, armed, logFile }: MemberOptions) {
    this.name = name;
    this.#faulty = faults.length > 0;
    const preload = faults.length > 0 ? ['--import', FAULTS] : [];
    const child = spawn(
      process.execPath,
      [...preload, checkout ? join(checkout, 'packages/server/bin/redcloud.mjs') : BIN],
      {
        env: { ...env, REDCLOUD_FAULT: JSON.stringify(faults), REDCLOUD_ARMED: armed ? '1' : '0' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.child = child;
    const file = createWriteStream(logFile, { flags: 'a' });
    child.stdout.pipe(file, { end: false });
    const listening = Promise.withResolvers<void>();
    const fired = Promise.withResolvers<Fired>();
    createInterface({ input: child.stdout }).on('line', (text) => this.#said(text, listening.resolve));
    createInterface({ input: child.stderr }).on('line', (text) => {
      file.write(`${text}\n`);
      if (text.startsWith('{"fired":true')) this.#fired(JSON.parse(text), fired.resolve);
      else this.stderr += `${text}\n`;
    });
    this.gone = once(child, 'close').then(([code, signal]) => {
      this.url = undefined;
      this.#end = { code, signal };
      file.end();
      listening.reject(new Error(`${name} ended (${signal ?? code}) before it listened: ${this.stderr}`));
      return { code, signal };
    });
    listening.promise.catch(() => undefined);
    this.listening = listening.promise;
    this.fired = fired.promise;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get isGone(): boolean {
    return this.#end !== undefined;
  }

  /** Reason of an unexpected end. Failed starts are in `Fleet.failedStarts`. */
  get unwantedEnd(): string | undefined {
    if (!this.#end || this.#endWanted || !this.#listened) return undefined;
    return `${this.name} ended by itself (${this.#end.signal ?? this.#end.code}): ${this.stderr.slice(-2_000)}`;
  }

  of(event: string): Line[] {
    return this.lines.filter((line) => line.event === event);
  }

  async kill(): Promise<void> {
    this.#endWanted = true;
    this.url = undefined;
    this.child.kill('SIGKILL');
    await this.gone;
  }

  /** Enables the faults. A process without faults would be killed by the signal. */
  arm(): void {
    if (this.#faulty) this.child.kill(ARM);
  }

  pause(): void {
    this.stopped = true;
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.stopped = false;
    this.child.kill('SIGCONT');
  }

  /** Stops the process with SIGTERM. @returns the exit status, or null if it had to be killed. */
  async terminate(patienceMs = 30_000): Promise<number | null> {
    this.#endWanted = true;
    this.child.kill('SIGTERM');
    const insist = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    const { code } = await this.gone;
    clearTimeout(insist);
    return code;
  }

  #said(text: string, listening: () => void): void {
    let line: Line;
    try {
      line = JSON.parse(text);
    } catch {
      return;
    }
    if (line.event === 'listening') {
      this.url = line['url'] as string;
      this.#listened = true;
      listening();
    }
    if (!COUNTED_ONLY.has(line.event) || line.level === 'error') this.lines.push(line);
  }

  #fired(fired: Fired, tell: (fired: Fired) => void): void {
    this.firedAt = Date.now();
    if (fired.action === 'kill') {
      this.#endWanted = true;
      this.url = undefined;
    }
    if (fired.action === 'stop') this.stopped = true;
    tell(fired);
  }
}
