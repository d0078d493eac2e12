import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { describe } from 'vitest';

/** A third-party program and its output. */
export class Program {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  #said = Promise.withResolvers<void>();

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close');
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: output as NonNullable<typeof output> }).on('line', (line) => {
        this.lines.push(line);
        this.#tell();
      });
    }
    this.#child.once('close', () => this.#tell());
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves with the first line for which `wanted` is true. @throws with the output, if the program ends before. */
  async until(wanted: (line: string) => boolean): Promise<string> {
    for (let at = 0; ; at += 1) {
      while (at >= this.lines.length) {
        if (!this.running) throw new Error(`ended too early: ${this.lines.join('\n')}`);
        await this.#said.promise;
      }
      if (wanted(this.lines[at] as string)) return this.lines[at] as string;
    }
  }

  /** @returns the exit status, after all output is read. */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    this.#child.stdin?.end();
    if (signal) this.#child.kill(signal);
    const [code] = await this.#ended;
    return code as number | null;
  }

  #tell(): void {
    this.#said.resolve();
    this.#said = Promise.withResolvers();
  }
}

/** Whether the command exits with status 0 and its output contains `saying`. */
export function runs(command: string, args: readonly string[], saying = ''): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 && `${stdout}${stderr}`.includes(saying);
}

/** `describe`, or a skipped `describe` whose name contains the missing requirement. */
export function describeIf(there: boolean, missing: string, name: string, body: () => void): void {
  describe.skipIf(!there)(there ? name : `${name} (skipped: ${missing})`, body);
}

/** A free port, for programs that need a port number. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as import('node:net').AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
