import { EXIT, type Exit, UsageError } from '../exit.ts';
import type { Column } from '../output/table.ts';
import { urlOf } from '../profiles/connection.ts';
import { ApiError, type RedCloud, type SendParams } from '../sdk.ts';
import type { Session } from '../session.ts';
import { keyOf } from './keys.ts';
import { type Guarantee, type Media, paramsOf } from './message.ts';
import { type Recipient, readRecipients } from './recipients.ts';
import { type Result, Results } from './results.ts';
import { readTemplate } from './template.ts';

/** Whoever sends to many waits for a server that is busy or being restarted. */
const PATIENCE = { timeoutMs: 300_000, maxRetries: 1_000 };

export interface CampaignOptions {
  file: string;
  /** A numberId. */
  from: string;
  text: string | undefined;
  media?: Media[];
  reference?: string;
  guarantee?: Guarantee;
  campaign: string;
  results?: string;
  delimiter: string;
  concurrency: number;
}

/** Rows of a file, as the messages that they make. */
interface Messages {
  read(): AsyncGenerator<Recipient, void, undefined>;
  paramsOf(recipient: Recipient): SendParams;
}

/** Of the run, as far as it has come. */
interface Tally {
  rows: number;
  accepted: number;
  /** Of those: by an earlier run. */
  acceptedBefore: number;
  rejected: number;
  /** How many of them for which reason. */
  rejections: Record<string, number>;
  /** The same message to the same number, further down in the file. */
  duplicates: number;
}

/**
 * A message for each row of a file. Nothing is sent before all of the file was read once. Run again, after whatever end,
 * it goes on: keys follow from the rows.
 */
export async function sendCampaign(session: Session, options: CampaignOptions): Promise<Exit> {
  const { client, globals, out, signal, terminal } = session;
  const messages = messagesOf(options);
  const total = await count(messages);
  if (total === 0) throw new UsageError(`${options.file} has no rows`);
  const { apiClientId } = await client().whoami({ signal });
  const rc = client(PATIENCE);
  const server = urlOf(globals, terminal.env);
  const path = options.results ?? `${options.file}.results.ndjson`;
  const results = await Results.open(path, options.file, server);
  const progress = out.progress('sending');
  const tally: Tally = { rows: total, accepted: 0, acceptedBefore: 0, rejected: 0, rejections: {}, duplicates: 0 };
  const examples: Result[] = [];
  const onward = () => progress.show(done(tally), total, tally.rejected === 0 ? '' : `  ${tally.rejected} rejected`);
  try {
    const run = {
      rc,
      apiClientId,
      server,
      campaign: options.campaign,
      results,
      tally,
      examples,
      messages,
      signal,
      onward,
    };
    await sendAll(run, options.concurrency);
  } catch (error) {
    progress.end();
    out.note(
      `${tally.accepted} of ${total} rows are accepted so far. Run the same command again to go on: nothing is sent twice.`,
    );
    throw error;
  } finally {
    progress.end();
    results.close();
  }
  out.document({ file: options.file, ...tally, results: path }, fieldsOf(tally, path));
  out.section(
    examples.length < tally.rejected ? `The first ${MOST_EXAMPLES} rejected` : 'Rejected',
    REJECTED,
    examples,
  );
  return tally.rejected === 0 ? EXIT.ok : EXIT.rejected;
}

const MOST_EXAMPLES = 10;

const REJECTED: Column<Result>[] = [
  { title: 'LINE', of: ({ line }) => line },
  { title: 'TO', of: ({ to }) => to },
  { title: 'CODE', of: ({ error }) => error?.code },
  { title: '', of: ({ error }) => error?.message },
];

/** As a person reads it. */
function fieldsOf({ rows, accepted, acceptedBefore, rejected, duplicates }: Tally, results: string) {
  return {
    rows,
    accepted: acceptedBefore === 0 ? accepted : `${accepted}, of which ${acceptedBefore} by an earlier run`,
    rejected,
    ...(duplicates === 0 ? {} : { duplicates: `${duplicates}, sent once` }),
    results,
  };
}

const done = ({ accepted, rejected, duplicates }: Tally) => accepted + rejected + duplicates;

function messagesOf(options: CampaignOptions): Messages {
  const { file, from: sendFrom, text, media, reference, guarantee, delimiter } = options;
  if (text === undefined && !media) throw new UsageError('What? --text, or --media');
  const body = text === undefined ? undefined : readTemplate(text);
  const name = reference === undefined ? undefined : readTemplate(reference);
  const columns = ['to', ...(body?.columns ?? []), ...(name?.columns ?? [])];
  return {
    read: () => readRecipients({ path: file, delimiter, columns }),
    paramsOf: ({ row }) =>
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

async function count({ read }: Messages): Promise<number> {
  let rows = 0;
  for await (const _recipient of read()) rows += 1;
  return rows;
}

interface CampaignRun {
  rc: RedCloud;
  apiClientId: string;
  server: string;
  campaign: string;
  results: Results;
  tally: Tally;
  examples: Result[];
  messages: Messages;
  signal: AbortSignal;
  onward(): void;
}

/** Some at once, each taking the next row. The first error that is not a row's own ends it, once what is under way is through. */
async function sendAll(run: CampaignRun, concurrency: number): Promise<void> {
  const recipients = run.messages.read();
  const seen = new Set<string>();
  let isOver = false;
  const worker = async () => {
    for (;;) {
      const next = isOver ? undefined : await recipients.next();
      if (next === undefined || next.done) return;
      await sendRow(run, seen, next.value);
      run.onward();
    }
  };
  const guarded = () =>
    worker().catch((error) => {
      isOver = true;
      throw error;
    });
  const ends = await Promise.allSettled(Array.from({ length: concurrency }, guarded));
  await recipients.return();
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

async function sendRow(run: CampaignRun, seen: Set<string>, recipient: Recipient): Promise<void> {
  const { rc, apiClientId, campaign, messages, results, server, signal } = run;
  const { tally } = run;
  const params = messages.paramsOf(recipient);
  const key = keyOf(apiClientId, campaign, params);
  if (seen.has(key)) {
    tally.duplicates += 1;
    return;
  }
  seen.add(key);
  if (results.has(key)) {
    tally.accepted += 1;
    tally.acceptedBefore += 1;
    return;
  }
  const { replayed, ...outcome } = await outcomeOf(rc, params, key, signal);
  const result: Result = { line: recipient.line, to: params.to[0] ?? '', ...outcome, key, server };
  results.add(result);
  if (outcome.outcome === 'REJECTED') noteRejected(run, result);
  else tally.accepted += 1;
  if (outcome.outcome === 'ACCEPTED' && replayed) tally.acceptedBefore += 1;
}

function noteRejected({ tally, examples }: CampaignRun, result: Result): void {
  const code = result.error?.code ?? 'UNKNOWN';
  tally.rejected += 1;
  tally.rejections[code] = (tally.rejections[code] ?? 0) + 1;
  if (examples.length < MOST_EXAMPLES) examples.push(result);
}

type Outcome = Pick<Result, 'outcome' | 'messageId' | 'error'> & { replayed?: boolean };

async function outcomeOf(
  rc: RedCloud,
  params: SendParams,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { accepted, rejected, replayed } = await rc.messages.send(params, { idempotencyKey, signal });
    if (accepted[0]) return { outcome: 'ACCEPTED', messageId: accepted[0].messageId, replayed };
    return { outcome: 'REJECTED', ...(rejected[0] ? { error: errorOf(rejected[0].error) } : {}) };
  } catch (error) {
    if (error instanceof ApiError && isOfTheRow(error)) return { outcome: 'REJECTED', error: errorOf(error) };
    throw error;
  }
}

const errorOf = ({ code, message }: { code: string; message: string }) => ({ code, message });

/** A text that is too long is one row's matter; a number that may not send is everybody's. */
function isOfTheRow({ status, message }: ApiError): boolean {
  return (status === 400 && !message.startsWith('sendFrom')) || status === 409 || status === 413;
}
