import { createReadStream, statSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { UsageError } from '../exit.ts';

export interface Recipient {
  /** Line number in the file. The header is line 1. For a row of several lines, the number of its last line. */
  line: number;
  row: Readonly<Record<string, string>>;
}

interface Source {
  path: string;
  delimiter: string;
  /** Required columns of the header. */
  columns: readonly string[];
}

/** Advice for an invalid file. The whole file is validated before the first send. */
const FIX_FILE = 'Correct the file and run the same command again.';

/** Reads the rows of a CSV file (RFC 4180, UTF-8). @throws UsageError with the number of the invalid line */
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
    // Line endings of rows and header may differ, because files are assembled from several sources.
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
    throw error instanceof UsageError ? error : new UsageError(`${path}: ${reasonOf(error)}`, FIX_FILE);
  } finally {
    input.destroy();
  }
}

/**
 * Requires a regular file, because the file is read twice. A pipe would be empty the second time. A pipe without a
 * writer would block.
 */
function mustBeFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found && path !== '-') throw new UsageError(`${path}: no such file`, FIX_FILE);
  if (!found?.isFile()) throw new UsageError(`${path} is not a file`, 'Save the rows in a file, which is read twice.');
}

function header(path: string, names: readonly string[], needed: readonly string[]): string[] {
  const trimmed = names.map((name) => name.trim());
  const twice = trimmed.find((name, i) => trimmed.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`${path} has more than one column ${twice}`, FIX_FILE);
  const missing = needed.find((name) => !trimmed.includes(name));
  if (missing === undefined) return trimmed;
  throw new UsageError(
    `${path} has no column ${missing}. Columns: ${trimmed.join(', ')}`,
    missing === 'to' ? FIX_FILE : `Use a column of the header, or write {{${missing}}} for the text {${missing}}.`,
  );
}

/** Rejects invalid UTF-8. Otherwise question marks would be sent unnoticed. */
function checked(path: string, line: number, row: Record<string, string>): Record<string, string> {
  if (!Object.values(row).some((value) => value.includes('\ufffd'))) return row;
  throw new UsageError(`${path}: line ${line} is not UTF-8`, 'Save the file as “CSV UTF-8” and run the command again.');
}

function reasonOf(error: unknown): string {
  if (error instanceof CsvError) return error.message;
  return (error as Error).message;
}
