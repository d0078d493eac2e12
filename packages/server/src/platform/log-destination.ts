import fs from 'node:fs';

/** Limit of waiting lines, in characters. Further lines are dropped and counted. */
const MOST_WAITING = 4 * 1024 * 1024;
/** Milliseconds until a failed write is repeated. Causes are a pipe with a slow reader, or a full disk. */
const SLOW_MS = 100;
const FULL_MS = 1_000;
/** Maximum number of attempts to write the last lines before the process ends. */
const LAST_TRIES = 10;
/** Errors of a destination without a reader. Nothing more is written then. */
const GONE = new Set(['EPIPE', 'EBADF']);

type Write = (fd: number, bytes: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void) => void;

export interface DestinationOptions {
  fd: number;
  write?: Write;
  writeSync?(fd: number, bytes: Buffer): number;
  /** Converts a line of JSON to the form in which it is written. Default: unchanged. */
  format?(line: string): string;
}

/**
 * Destination of log lines. Writes them in order, off the event loop. A failed write, for example on a full disk, is
 * repeated. A failure neither ends the process nor prevents its end. (SonicBoom, the default of pino, throws or waits
 * for space.)
 */
export class LogDestination {
  readonly #fd: number;
  readonly #write: Write;
  readonly #writeSync: (fd: number, bytes: Buffer) => number;
  readonly #format: (line: string) => string;
  #lines: string[] = [];
  #waiting = 0;
  /** Bytes that are being written or must be written again. */
  #chunk: Buffer | undefined;
  #isWriting = false;
  #isFailing = false;
  #isGone = false;
  #dropped = 0;
  #onFlushed: (() => void)[] = [];

  constructor({ fd, write = fs.write, writeSync = fs.writeSync, format = (line) => line }: DestinationOptions) {
    this.#fd = fd;
    this.#format = format;
    this.#write = write;
    this.#writeSync = writeSync;
  }

  write(json: string): void {
    this.writeText(this.#format(json));
  }

  /** Writes text that is no log line, after the lines so far. */
  writeText(line: string): void {
    if (this.#isGone) return;
    if (this.#waiting + line.length > MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length;
    if (!this.#isWriting) this.#next();
  }

  /** Calls back when all lines so far are written, or cannot be written now. */
  flush(done: () => void): void {
    if (!this.#isWriting || this.#isFailing) done();
    else this.#onFlushed.push(done);
  }

  /** Writes waiting lines before the process ends, as far as they can be written now. */
  flushSync(): void {
    // A write that is under way in another thread is not repeated.
    let left = Buffer.concat([...(this.#isFailing && this.#chunk ? [this.#chunk] : []), this.#taken()]);
    for (let tries = 0; left.length > 0 && tries < LAST_TRIES && !this.#isGone; ) {
      try {
        left = left.subarray(this.#writeSync(this.#fd, left));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        tries += 1;
        sleep(SLOW_MS / LAST_TRIES);
      }
    }
  }

  #next(): void {
    this.#chunk ??= this.#taken();
    if (this.#chunk.length === 0) {
      this.#chunk = undefined;
      this.#isWriting = false;
      this.#settle();
      return;
    }
    this.#isWriting = true;
    this.#write(this.#fd, this.#chunk, (error, written) => this.#wrote(error, written));
  }

  #wrote(error: NodeJS.ErrnoException | null, written: number): void {
    if (!error) {
      this.#isFailing = false;
      const left = this.#chunk?.subarray(written);
      this.#chunk = left && left.length > 0 ? left : undefined;
      this.#next();
      return;
    }
    this.#isFailing = true;
    this.#settle();
    if (GONE.has(error.code ?? '')) this.#isGone = true;
    else setTimeout(() => this.#next(), error.code === 'EAGAIN' ? SLOW_MS : FULL_MS).unref();
  }

  /** Returns all waiting lines, and the number of lines dropped since the last call. */
  #taken(): Buffer {
    const lines = this.#lines;
    if (this.#dropped > 0) lines.push(this.#format(droppedLine(this.#dropped)));
    this.#lines = [];
    this.#waiting = 0;
    this.#dropped = 0;
    return Buffer.from(lines.join(''));
  }

  #settle(): void {
    const all = this.#onFlushed;
    this.#onFlushed = [];
    for (const done of all) done();
  }
}

function droppedLine(count: number): string {
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'log_lines_dropped', count })}\n`;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

let standardOutput: LogDestination | undefined;

/**
 * Destination for standard output. Writes the last lines when the process ends.
 * @param format form of the lines, if this is the first call.
 */
export function toStandardOutput(format?: (line: string) => string): LogDestination {
  if (!standardOutput) {
    const made = new LogDestination({ fd: 1, ...(format ? { format } : {}) });
    process.on('exit', () => made.flushSync());
    standardOutput = made;
  }
  return standardOutput;
}
