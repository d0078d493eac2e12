import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory } from '#platform/data-directory.ts';

/** Segment that the simulator accepted. Has no text, because the ledger serves for counting only. */
export interface Taken {
  carrierRef: string;
  reference: string;
  /** Number of the attempt. Absent in ledgers of earlier versions. */
  attempt?: number;
  from: string;
  to: string;
  messageType: 'SMS' | 'MMS';
  at: string;
  /** SHA-256 of each file of an MMS, in hex. */
  media?: string[];
}

type Line = ({ kind: 'taken' } & Taken) | { kind: 'done'; carrierRef: string };

/**
 * Ledger of accepted segments, one JSON object per line. Like the records of a real carrier, the ledger is outside the
 * store and is written before the response to the submit. Tests can therefore compare the store with the ledger.
 * Reports that are pending when a process ends are sent by the next process.
 */
export class Ledger {
  readonly #file: string;
  #fd: number | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Opens the ledger.
   * @returns accepted segments with pending reports. An incomplete last line, left by a crash, does not count.
   * @throws the error of the file system, after closing the ledger.
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

  /** Records an accepted segment. @throws if the disk is full or the file system fails, with an unchanged ledger. */
  taken(taken: Taken): void {
    this.#append({ kind: 'taken', ...taken });
  }

  /** Records that a segment has no more reports. On a full disk, the next process reports the segment again. */
  done(carrierRef: string): void {
    try {
      this.#append({ kind: 'done', carrierRef });
    } catch {
      // A repeated report has no effect.
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
    // A full disk stores only the beginning of a line, which the next line would otherwise continue.
    ftruncateSync(this.#fd, fstatSync(this.#fd).size - written);
    throw new Error('The disk has no space for the ledger');
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
