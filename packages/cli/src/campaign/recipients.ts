import { createReadStream, statSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { UsageError } from '../exit.ts';

export interface Recipient {
  /** Of the file, the header being 1; of a row of several lines, its last. */
  line: number;
  row: Readonly<Record<string, string>>;
}

interface Source {
  path: string;
  delimiter: string;
  /** Which the header must have. */
  columns: readonly string[];
}

/** All of the file is read before anything is sent. */
const MEND_FILE = 'Mend the file and run the same command again.';

/** The rows of a CSV file (RFC 4180, UTF-8). @throws UsageError that says which line is wrong */
export async function* readRecipients({
  path,
  delimiter,
  columns,
}: Source): AsyncGenerator<Recipient, void, undefined> {
  mustBeFile(path);
  const parser = parse({
    bom: true,
    columns: (names: string[]) => header(path, names, columns),
    delimiter,
    info: true,
    // Those of the rows may be others than those of the header: files are put together from several.
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  });
  const input = createReadStream(path);
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const { record, info } of parser) {
      yield { line: info.lines, row: checked(path, info.lines, record) };
    }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${path}: ${reasonOf(error)}`, MEND_FILE);
  } finally {
    input.destroy();
  }
}

/** It is read twice: a pipe would have nothing left the second time, and one that nobody writes to would never begin. */
function mustBeFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found && path !== '-') throw new UsageError(`${path}: no such file`, MEND_FILE);
  if (!found?.isFile()) throw new UsageError(`${path} is not a file`, 'Save the rows as one first: it is read twice.');
}

function header(path: string, names: readonly string[], needed: readonly string[]): string[] {
  const trimmed = names.map((name) => name.trim());
  const twice = trimmed.find((name, i) => trimmed.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`${path}: two columns are called ${twice}`, MEND_FILE);
  const missing = needed.find((name) => !trimmed.includes(name));
  if (missing === undefined) return trimmed;
  throw new UsageError(
    `${path}: there is no column ${missing}; the header has: ${trimmed.join(', ')}`,
    missing === 'to' ? MEND_FILE : `Another {column} in the text, or {{${missing}}} for these very characters.`,
  );
}

/** What is not UTF-8 would be sent as question marks, and not be noticed before the first complaint. */
function checked(path: string, line: number, row: Record<string, string>): Record<string, string> {
  if (!Object.values(row).some((value) => value.includes('\ufffd'))) return row;
  throw new UsageError(`${path}: line ${line} is not UTF-8`, 'Save it as “CSV UTF-8” and run the same command again.');
}

function reasonOf(error: unknown): string {
  if (error instanceof CsvError) return error.message;
  return (error as Error).message;
}
