import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#platform/clock.ts';
import { makeDirectory } from '#platform/data-directory.ts';
import type { Log } from '#platform/log.ts';
import { disownJournal, signJournal } from './journal-owner.ts';

const MINUTE_MS = 60_000;
/** Time in milliseconds for which submits are kept. Replication that is further behind leaves its messages unknown. */
const KEEP_MS = 15 * MINUTE_MS;
/** Time in milliseconds after which the journal of an ended process is deleted. A standby may be promoted hours after an outage. */
const OLD_MS = 24 * 60 * MINUTE_MS;
/** File with the first minute from which the journal has every submit. */
const SINCE = 'since';
/** Interval at which a journal without submits shows that its process is alive. Shorter than the age of old journals. */
const TOUCH_MS = 5 * MINUTE_MS;
/** Prefix of message ids, which the files omit. */
const PREFIX = 'msg_';
/** A submit with the number of its attempt, or a submit that was not accepted. */
const LINE = /^(?:\+(\w+)\.(\d{1,9})|-(\w+))$/;

interface Place {
  /** Directory of the journals of all processes. */
  directory: string;
  /** Id of the process. */
  process: string;
}

export interface JournalParts {
  clock: Clock;
  log: Log;
  /** Called when the journal can neither be written nor removed. The process must end. */
  onStuck(): void;
}

/**
 * Submits of one process, in files of one minute each. A line is written before a submit may leave (`+`), and when a submit
 * provably was not accepted (`-`). The files survive the end of the process, but not a crash of the operating system.
 */
export class Journal {
  readonly #place: Place;
  readonly #parts: JournalParts;
  #minute = Number.NEGATIVE_INFINITY;
  /** Open file. Undefined: a write has failed, and the journal proves nothing any more. */
  #file: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether a message could leave without a line, although other processes trust the journal. */
  #isStuck = false;

  private constructor(place: Place, parts: JournalParts) {
    this.#place = place;
    this.#parts = parts;
  }

  /** Begins the journal of this process. Deletes old journals of other processes. */
  static open(place: Place, parts: JournalParts): Journal {
    const journal = new Journal(place, parts);
    journal.#attempt(() => {
      makeDirectory(place.directory);
      for (const name of readdirSync(place.directory)) removeIfOld(join(place.directory, name), parts.clock.now());
      mkdirSync(pathOf(place), { mode: 0o700 });
      if (!signJournal(pathOf(place))) parts.log.warn({ event: 'journal_unsigned', path: pathOf(place) });
      // The process has submitted nothing before.
      journal.#completeFrom(0);
      journal.#rotate();
    });
    journal.#timer = setInterval(() => journal.#touch(), TOUCH_MS).unref();
    return journal;
  }

  /** Records that a message may leave now, in the attempt with this number. @returns false if it must not leave. */
  leaving(messageId: string, attempt: number): boolean {
    this.#write(`+${messageId.slice(PREFIX.length)}.${attempt}\n`);
    return !this.#isStuck;
  }

  /** Records that the carrier provably has not accepted the message. */
  returned(messageId: string): void {
    this.#write(`-${messageId.slice(PREFIX.length)}\n`);
  }

  /** Whether the journal has every submit of the process. */
  get isIntact(): boolean {
    return this.#file !== undefined;
  }

  #completeFrom(minute: number): void {
    const path = join(pathOf(this.#place), SINCE);
    writeFileSync(`${path}.new`, String(minute), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  #touch(): void {
    const now = new Date(this.#parts.clock.now());
    if (this.isIntact) this.#attempt(() => utimesSync(pathOf(this.#place), now, now));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closeFile();
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }

  #write(line: string): void {
    if (this.#file === undefined) return;
    this.#attempt(() => {
      this.#rotate();
      const written = writeSync(this.#file as number, line);
      // A disk that becomes full takes a part of the line, without an error.
      if (written !== line.length) throw new Error(`${written} of ${line.length} bytes were written`);
    });
  }

  #rotate(): void {
    const minute = Math.floor(this.#parts.clock.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    const path = pathOf(this.#place);
    const next = openSync(join(path, `${minute}.log`), 'a', 0o600);
    this.#closeFile();
    this.#file = next;
    this.#minute = minute;
    const first = minute - KEEP_MS / MINUTE_MS;
    const old = minutesIn(path).filter((one) => one < first);
    if (old.length > 0) this.#completeFrom(first);
    for (const one of old) rmSync(join(path, `${one}.log`), { force: true });
  }

  /** A journal with a gap would prove too much, so it ends with the first failure. Submits continue without a journal. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.log.warn({ event: 'journal_failed', reason: (error as Error).message });
      this.#end();
    }
  }

  #end(): void {
    const path = pathOf(this.#place);
    try {
      disownJournal(path);
    } catch (error) {
      this.#isStuck = true;
      this.#parts.log.error({ event: 'journal_stuck', path, reason: (error as Error).message });
      this.#parts.onStuck();
    }
    try {
      this.close();
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Other processes do not use a journal without an owner.
    }
  }
}

/** Processes that have a journal in the directory. */
export function journalsIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Messages that may have left, and the number of the attempt in which they left last. */
export type Left = ReadonlyMap<string, number>;

/**
 * @returns messages that may have left since the time, in milliseconds since the epoch. Undefined: the journal does not exist, begins
 *   later, or is damaged.
 */
export function leftSince(place: Place, time: number): Left | undefined {
  const path = pathOf(place);
  try {
    const since = Number.parseInt(readFileSync(join(path, SINCE), 'utf8'), 10);
    if (!(since * MINUTE_MS <= time)) return undefined;
    const minutes = minutesIn(path).toSorted((a, b) => a - b);
    const left = new Map<string, number>();
    for (const minute of minutes) {
      if ((minute + 1) * MINUTE_MS > time) addLines(left, readFileSync(join(path, `${minute}.log`), 'utf8'));
    }
    return left;
  } catch {
    return undefined;
  }
}

/** @throws Error for a line of another form. */
function addLines(left: Map<string, number>, lines: string): void {
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const found = LINE.exec(line);
    if (!found) throw new Error('The journal is damaged.');
    const [, id, attempt, returned] = found;
    if (returned !== undefined) left.delete(PREFIX + returned);
    else left.set(PREFIX + id, Number(attempt));
  }
}

function pathOf({ directory, process }: Place): string {
  return join(directory, process);
}

function minutesIn(path: string): number[] {
  return readdirSync(path).flatMap((name) => (/^\d+\.log$/.test(name) ? [Number.parseInt(name, 10)] : []));
}

function removeIfOld(path: string, now: number): void {
  if (now - statSync(path).mtimeMs > OLD_MS) rmSync(path, { recursive: true, force: true });
}
