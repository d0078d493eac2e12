import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

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

  /** @returns what was taken, and not done with. A last line that was torn by a crash does not count. */
  open(): Taken[] {
    mkdirSync(dirname(this.#file), { recursive: true });
    this.#fd = openSync(this.#file, 'a+');
    const open = new Map<string, Taken>();
    const text = readFileSync(this.#fd, 'utf8');
    for (const line of text.split('\n').map(read)) {
      if (line?.kind === 'taken') open.set(line.carrierRef, line);
      if (line?.kind === 'done') open.delete(line.carrierRef);
    }
    if (text !== '' && !text.endsWith('\n')) writeSync(this.#fd, '\n');
    return [...open.values()];
  }

  taken(taken: Taken): void {
    this.#append({ kind: 'taken', ...taken });
  }

  /** Nothing more is to be reported of it. */
  done(carrierRef: string): void {
    this.#append({ kind: 'done', carrierRef });
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(line: Line): void {
    if (this.#fd !== undefined) writeSync(this.#fd, `${JSON.stringify(line)}\n`);
  }
}

function read(text: string): Line | undefined {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
