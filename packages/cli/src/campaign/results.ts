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

/** What became of a row. */
export interface Result {
  line: number;
  to: string;
  outcome: 'ACCEPTED' | 'REJECTED';
  messageId?: string;
  error?: { code: string; message: string };
  key: string;
  server: string;
}

const OTHER_PATH = 'Nothing was sent. Say another --results <path>.';

/** Longer than any line of ours. */
const HEAD_BYTES = 65_536;
/** Of a line, as `Result` is written. */
const BEGINNING = '{"line":';

/**
 * The results file: one JSON object a line, appended as the answers come. It spares a resumed run the questions whose answers
 * are in it; that nothing is sent twice does not depend on it, but on the keys.
 */
export class Results {
  readonly #file: number;
  /** What is in it of this server: of an accepted row nothing, of a rejected one why, by its key. */
  readonly #known: Map<string, string | undefined>;

  private constructor(file: number, known: Map<string, string | undefined>) {
    this.#file = file;
    this.#known = known;
  }

  /**
   * @param source the file that is sent. @throws UsageError when it can't be read or written, or is somebody's other file:
   * before anything in it has changed.
   */
  static async open(path: string, source: string, server: string): Promise<Results> {
    try {
      if (isSameFile(path, source)) throw new UsageError(`${path} is the file that is sent`, OTHER_PATH);
      // It has recipients' numbers in it.
      const file = openSync(path, 'a+', 0o600);
      // What is no file, such as /dev/null, has nothing to lose and nothing to tell; a pipe would never end.
      if (!fstatSync(file).isFile()) return new Results(file, new Map());
      if (!holdsResults(file)) throw new UsageError(`${path} holds something else than results`, OTHER_PATH);
      if (endsWithin(file)) appendFileSync(file, '\n');
      return new Results(file, await knownIn(path, server));
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`The results can't be kept: ${(error as Error).message}`);
    }
  }

  /** Whether this very server has accepted it before. */
  has(key: string): boolean {
    return this.#known.has(key) && this.#known.get(key) === undefined;
  }

  /** A row that is rejected as it was before is not written again. */
  add(result: Result): void {
    const code = result.error?.code;
    if (code !== undefined && this.#known.get(result.key) === code) return;
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Whatever it is called: by links of both kinds, too. */
function isSameFile(path: string, source: string): boolean {
  if (!existsSync(path)) return false;
  const [one, other] = [statSync(path, { bigint: true }), statSync(source, { bigint: true })];
  return one.dev === other.dev && one.ino === other.ino;
}

/** Whether its first line is one of ours, also where a process was killed while it wrote it; an empty file has none. */
function holdsResults(file: number): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  const length = readSync(file, head, 0, HEAD_BYTES, 0);
  const text = head.toString('utf8', 0, length).trimStart();
  const [first = ''] = text.split('\n', 1);
  const result = parsed(first);
  if (result !== null) return typeof result.outcome === 'string' && typeof result.key === 'string';
  return first.slice(0, BEGINNING.length) === BEGINNING.slice(0, first.length);
}

/** Whether its last line was being written when the process was killed. */
function endsWithin(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

/** Line by line: a file of millions is longer than a string may be. The last word on a row counts. */
async function knownIn(path: string, server: string): Promise<Map<string, string | undefined>> {
  const known = new Map<string, string | undefined>();
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const result = parsed(line);
    if (!result?.outcome || !result.server || !result.key || !isSameServer(result.server, server)) continue;
    if (result.outcome === 'ACCEPTED') known.set(result.key, undefined);
    else if (result.error) known.set(result.key, result.error.code);
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
