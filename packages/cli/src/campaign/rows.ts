import { UsageError } from '../exit.ts';
import { AbortError, type MediaItem, type SendParams } from '../sdk.ts';
import { keyOf } from './keys.ts';
import { type Guarantee, paramsOf } from './message.ts';
import { type Recipient, readRecipients } from './recipients.ts';
import { readTemplate } from './template.ts';

/** A file of recipients, and the message that each row gets. */
export interface RowSource {
  file: string;
  delimiter: string;
  /** A numberId or a poolId. */
  from: string;
  text: string | undefined;
  reference?: string;
  guarantee?: Guarantee;
}

/** The rows of a file and the messages that result from them. */
export interface Rows {
  read(): AsyncGenerator<Recipient, void, undefined>;
  /** Without the schedule, which is not part of the key of a row. */
  paramsOf(recipient: Recipient, media: readonly MediaItem[] | undefined): SendParams;
}

export function rowsOf({ file, delimiter, from: sendFrom, text, reference, guarantee }: RowSource): Rows {
  const body = text === undefined ? undefined : readTemplate(text);
  const name = reference === undefined ? undefined : readTemplate(reference);
  const columns = ['to', ...(body?.columns ?? []), ...(name?.columns ?? [])];
  return {
    read: () => readRecipients({ path: file, delimiter, columns }),
    paramsOf: ({ row }, media) =>
      paramsOf({
        sendFrom,
        to: [(row['to'] ?? '').trim()],
        text: body?.fill(row),
        media,
        reference: name?.fill(row),
        guarantee,
      }),
  };
}

/** Reads and validates the whole file. @throws UsageError for an invalid or empty file | AbortError */
export async function count(
  rows: Rows,
  file: string,
  signal: AbortSignal,
): Promise<{ rows: number; duplicates: number }> {
  const seen = new Set<string>();
  let total = 0;
  for await (const recipient of rows.read()) {
    if (signal.aborted) throw new AbortError(signal.reason);
    total += 1;
    seen.add(keyOf('', '', rows.paramsOf(recipient, undefined)));
  }
  if (total === 0) throw new UsageError(`${file} has no rows`);
  return { rows: total, duplicates: total - seen.size };
}
