import { appendFileSync, closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { type Schedule, scheduleKey } from '../schedule/schedule.ts';
import type { SendParams } from '../sdk.ts';
import { replaceFile, textOf } from './files.ts';

/** A row whose request may have reached the server, and whose result is not in the results file. */
export interface StartedRow {
  key: string;
  line: number;
  /** Without the schedule. */
  params: SendParams;
  /** Schedules under which the row was requested, the latest last. */
  schedules: Schedule[];
}

/** Size after which the file is replaced by its open rows, in characters. */
const COMPACT_CHARS = 1_000_000;

/**
 * File with the rows in progress, written before each request. After a kill of the process, only the rows in this file
 * are in doubt. Their results are found again by their idempotency keys.
 */
export class Journal {
  readonly #path: string;
  readonly #open = new Map<string, StartedRow>();
  #file: number;
  #chars = 0;

  /** @param hasResult whether the result of a key was recorded */
  constructor(path: string, hasResult: (key: string) => boolean) {
    this.#path = path;
    for (const row of startedIn(path)) if (!hasResult(row.key)) this.#add(row);
    this.#file = this.#rewritten();
  }

  /** Rows in doubt. */
  rows(): StartedRow[] {
    return [...this.#open.values()];
  }

  /** Schedules under which the row may have been accepted. */
  schedulesOf(key: string): readonly Schedule[] {
    return this.#open.get(key)?.schedules ?? [];
  }

  /** Records that the request of a row is about to be sent. */
  start(row: StartedRow): void {
    this.#add(row);
    const line = `${JSON.stringify(row)}\n`;
    appendFileSync(this.#file, line);
    this.#chars += line.length;
    if (this.#chars > COMPACT_CHARS) this.#compact();
  }

  /** Call after the result was recorded, or when the server provably queued nothing. */
  end(key: string): void {
    this.#open.delete(key);
  }

  /** Closes the file, and removes it if no row is in doubt. */
  close(): void {
    closeSync(this.#file);
    if (this.#open.size === 0) rmSync(this.#path, { force: true });
    else replaceFile(this.#path, this.#text());
  }

  #add(row: StartedRow): void {
    const earlier = this.#open.get(row.key);
    const schedules = new Map([...(earlier?.schedules ?? []), ...row.schedules].map((one) => [scheduleKey(one), one]));
    this.#open.set(row.key, { ...row, schedules: [...schedules.values()] });
  }

  #compact(): void {
    closeSync(this.#file);
    this.#file = this.#rewritten();
  }

  #rewritten(): number {
    const text = this.#text();
    replaceFile(this.#path, text);
    this.#chars = text.length;
    return openSync(this.#path, 'a', 0o600);
  }

  #text(): string {
    return this.rows()
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
  }
}

/** Rows of a journal. A line that a kill cut off belongs to a request that was not sent. */
function startedIn(path: string): StartedRow[] {
  if (!existsSync(path)) return [];
  return (textOf(path) ?? '').split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as StartedRow];
    } catch {
      return [];
    }
  });
}
