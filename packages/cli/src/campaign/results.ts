import { appendFileSync, closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UsageError } from '../exit.ts';

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

/**
 * The results file: one JSON object a line, appended as the answers come. It spares a resumed run the questions whose answers
 * are in it; that nothing is sent twice does not depend on it, but on the keys.
 */
export class Results {
  readonly #file: number;
  readonly #accepted: Set<string>;

  private constructor(file: number, accepted: Set<string>) {
    this.#file = file;
    this.#accepted = accepted;
  }

  /** @throws UsageError when it can't be read or written */
  static async open(path: string, server: string): Promise<Results> {
    try {
      // It has recipients' numbers in it.
      const file = openSync(path, 'a+', 0o600);
      if (endsWithin(file)) appendFileSync(file, '\n');
      return new Results(file, await acceptedIn(path, server));
    } catch (error) {
      throw new UsageError(`The results can't be kept: ${(error as Error).message}`);
    }
  }

  /** Whether this very server has accepted it before. */
  has(key: string): boolean {
    return this.#accepted.has(key);
  }

  add(result: Result): void {
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Whether its last line was being written when the process was killed. */
function endsWithin(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

/** Line by line: a file of millions is longer than a string may be. */
async function acceptedIn(path: string, server: string): Promise<Set<string>> {
  const accepted = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const result = parsed(line);
    if (result?.outcome === 'ACCEPTED' && result.server === server && result.key) accepted.add(result.key);
  }
  return accepted;
}

function parsed(line: string): Partial<Result> | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
