import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
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

  /** @throws UsageError when it can't be written */
  constructor(path: string, server: string) {
    try {
      const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
      this.#accepted = acceptedIn(before, server);
      // It has recipients' numbers in it.
      this.#file = openSync(path, 'a', 0o600);
      // A line that was being written when the process was killed.
      if (before !== '' && !before.endsWith('\n')) appendFileSync(this.#file, '\n');
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

function acceptedIn(text: string, server: string): Set<string> {
  const results = text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Partial<Result> | null];
    } catch {
      return [];
    }
  });
  const accepted = results.filter((result) => result?.outcome === 'ACCEPTED' && result.server === server);
  return new Set(accepted.flatMap((result) => result?.key ?? []));
}
