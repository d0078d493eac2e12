import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '../../data-directory.ts';

/** A part that the simulator took. No text: a ledger is for counting. */
export interface Taken {
  carrierRef: string;
  reference: string;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  at: string;
}

type Line = ({ kind: 'taken' } & Taken) | { kind: 'done'; carrierRef: string };

/**
 * What the simulator was handed, line by line: outside the store, appended before the submit is answered, as a carrier's
 * own books would be. So it can testify against us, and what was still to be reported when the process ended is reported
 * by the next one.
 */
export class Ledger {
  readonly #file: string;
  #fd: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * @returns what was taken, and not done with. A last line that was torn by a crash does not count.
   * @throws the file system's error; the ledger is closed then.
   */
  open(): Taken[] {
    makeDirectory(dirname(this.#file));
    this.#fd = openSync(this.#file, 'a+', 0o600);
    try {
      return readOpen(this.#fd);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws when the disk has no room for it, or another error of the file system. Nothing is in the ledger then. */
  taken(taken: Taken): void {
    this.#append({ kind: 'taken', ...taken });
  }

  /** Nothing more is to be reported of it. Without room for that line, the next process reports it again. */
  done(carrierRef: string): void {
    try {
      this.#append({ kind: 'done', carrierRef });
    } catch {
      // A repeated report changes nothing.
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(line: Line): void {
    if (this.#fd === undefined) return;
    const text = `${JSON.stringify(line)}\n`;
    const written = writeSync(this.#fd, text);
    if (written === Buffer.byteLength(text)) return;
    // A full disk takes the beginning of a line. Left there, it would count as a whole one with the next line.
    ftruncateSync(this.#fd, fstatSync(this.#fd).size - written);
    throw new Error('The disk has no room for the ledger');
  }
}

function readOpen(fd: number): Taken[] {
  const open = new Map<string, Taken>();
  const text = readFileSync(fd, 'utf8');
  for (const line of text.split('\n').map(read)) {
    if (line?.kind === 'taken') open.set(line.carrierRef, line);
    if (line?.kind === 'done') open.delete(line.carrierRef);
  }
  if (text !== '' && !text.endsWith('\n')) writeSync(fd, '\n');
  return [...open.values()];
}

function read(text: string): Line | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
