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

/** Result of a row. */
export interface Result {
  line: number;
  to: string;
  outcome: 'ACCEPTED' | 'REJECTED';
  messageId?: string;
  error?: { code: string; message: string };
  key: string;
  server: string;
}

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
  /** Results of this server by key: undefined for an accepted row, the error code for a rejected row. */
  readonly #known: Map<string, string | undefined>;

  private constructor(file: number, known: Map<string, string | undefined>) {
    this.#file = file;
    this.#known = known;
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

  /** Whether this server accepted the row in an earlier run. */
  has(key: string): boolean {
    return this.#known.has(key) && this.#known.get(key) === undefined;
  }

  /** Appends a result. A repeated rejection with the same code is not appended again. */
  add(result: Result): void {
    const code = result.error?.code;
    if (code !== undefined && this.#known.get(result.key) === code) return;
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
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
