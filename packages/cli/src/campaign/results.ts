import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { UsageError } from '../exit.ts';
import { isSameServer } from '../profiles/connection.ts';
import { type Schedule, scheduleKey } from '../schedule/schedule.ts';

/**
 * Result of a row. `SCHEDULE_CHANGED`: accepted before with another schedule, which stays. `CANCELED`, `TOO_LATE`: result
 * of a cancel of the accepted message.
 */
export type Outcome = 'ACCEPTED' | 'REJECTED' | 'SCHEDULE_CHANGED' | 'CANCELED' | 'TOO_LATE';

/** Line of the results file. */
export interface Result {
  line: number;
  to: string;
  outcome: Outcome;
  messageId?: string;
  error?: { code: string; message: string };
  /** Schedule of the request that was accepted or rejected. Absent without scheduling options. */
  schedule?: Schedule;
  /** With `SCHEDULE_CHANGED`: schedule that was not applied. */
  wanted?: Schedule;
  /** Id of the bulk send. */
  bulk?: string;
  key: string;
  server: string;
}

/** Entries of the file about a row. */
export type Known = Pick<Result, 'line' | 'to' | 'outcome' | 'messageId' | 'schedule' | 'wanted' | 'bulk'> & {
  code?: string;
};

const OTHER_PATH = 'Nothing was sent. Set another --results <path>.';

/** Longer than any line of a results file. */
const HEAD_BYTES = 65_536;
/** Start of a line, as `Result` is serialized. */
const BEGINNING = '{"line":';

/**
 * The results file: one JSON object per line, appended with each response. A resumed run does not send rows again that
 * the file lists as accepted. Protection against duplicates does not depend on the file, but on the idempotency keys.
 */
export class Results {
  readonly #file: number;
  /** Last results of this server by key. */
  readonly #known: Map<string, Known>;
  readonly #schedules = new Map<string, Schedule>();

  private constructor(file: number, known: Map<string, Known>) {
    this.#file = file;
    this.#known = known;
    for (const one of known.values()) this.#note(one);
  }

  /**
   * @param source the file to send
   * @throws UsageError when the file cannot be read or written, or contains other data. The file is unchanged in that
   *   case.
   */
  static async open(path: string, source: string, server: string): Promise<Results> {
    try {
      if (isSameFile(path, source)) throw new UsageError(`Results file ${path} is the recipients file`, OTHER_PATH);
      // Readable by the owner only, because the file contains phone numbers of recipients.
      const file = openSync(path, 'a+', 0o600);
      // A target such as /dev/null has no content to protect or to read. Reading a pipe would not end.
      if (!fstatSync(file).isFile()) return new Results(file, new Map());
      if (!holdsResults(file)) throw new UsageError(`Results file ${path} has other content`, OTHER_PATH);
      if (endsWithin(file)) appendFileSync(file, '\n');
      return new Results(file, await knownIn(path, server));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`Results file cannot be used: ${(error as Error).message}`);
    }
  }

  /** Last result of the row in this file. */
  of(key: string): Known | undefined {
    return this.#known.get(key);
  }

  /** Rows of a bulk send with their keys. */
  ofBulk(id: string): [key: string, known: Known][] {
    return [...this.#known].filter(([, { bulk }]) => bulk === id);
  }

  /** Number of rows that were accepted. */
  get accepted(): number {
    return [...this.#known.values()].filter(wasAccepted).length;
  }

  /** Different schedules in this file. */
  get schedules(): Schedule[] {
    return [...this.#schedules.values()];
  }

  /** Appends a result, unless the last result of the row is the same. */
  add(result: Result): void {
    const known = knownOf(result);
    const before = this.#known.get(result.key);
    this.#known.set(result.key, known);
    this.#note(known);
    if (before && isSame(before, known)) return;
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }

  #note({ schedule = {} }: Known): void {
    this.#schedules.set(scheduleKey(schedule), schedule);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Results of the rows of a bulk send. Empty without the file. */
export async function resultsOfBulk(path: string, server: string, id: string): Promise<Known[]> {
  const all = await readResults(path, server);
  return [...all.values()].filter(({ bulk }) => bulk === id);
}

/** Reads a results file and changes nothing. Empty for another file, which `Results.open` rejects. */
export async function readResults(path: string, server: string): Promise<Map<string, Known>> {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? knownIn(path, server) : new Map();
}

/** Whether a message exists for the row, possibly canceled since. */
export const wasAccepted = ({ outcome }: Pick<Known, 'outcome'>): boolean => outcome !== 'REJECTED';

function isSame(one: Known, other: Known): boolean {
  if (one.outcome !== other.outcome || one.code !== other.code) return false;
  return other.outcome !== 'SCHEDULE_CHANGED' || scheduleKey(one.wanted ?? {}) === scheduleKey(other.wanted ?? {});
}

function knownOf({ line, to, outcome, messageId, error, schedule, wanted, bulk }: Result): Known {
  return {
    line,
    to,
    outcome,
    ...(messageId === undefined ? {} : { messageId }),
    ...(error === undefined ? {} : { code: error.code }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(wanted === undefined ? {} : { wanted }),
    ...(bulk === undefined ? {} : { bulk }),
  };
}

/** Whether both paths lead to the same file, also through hard or symbolic links. */
function isSameFile(path: string, source: string): boolean {
  if (!existsSync(path)) return false;
  const [one, other] = [statSync(path, { bigint: true }), statSync(source, { bigint: true })];
  return one.dev === other.dev && one.ino === other.ino;
}

/** Whether the first line is a result, possibly incomplete because its process was killed. True for an empty file. */
function holdsResults(file: number): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  const length = readSync(file, head, 0, HEAD_BYTES, 0);
  const text = head.toString('utf8', 0, length).trimStart();
  const [first = ''] = text.split('\n', 1);
  const result = parsed(first);
  if (result !== null) return typeof result.outcome === 'string' && typeof result.key === 'string';
  return first.slice(0, BEGINNING.length) === BEGINNING.slice(0, first.length);
}

/** Whether the last line is incomplete because its process was killed. */
function endsWithin(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

/** Reads line by line, because a large file exceeds the maximum length of a string. The last result of a row counts. */
async function knownIn(path: string, server: string): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const result = parsed(line);
    if (!result?.outcome || !result.server || !result.key || !isSameServer(result.server, server)) continue;
    known.set(result.key, knownOf(result as Result));
  }
  return known;
}

function parsed(line: string): Partial<Result> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
