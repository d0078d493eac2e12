import { EXIT, type Exit, UsageError } from '../exit.ts';
import { LocalError } from '../output/failure.ts';
import { urlOf } from '../profiles/connection.ts';
import { AbortError, ApiError, type RedCloud, RedCloudError, type SendParams } from '../sdk.ts';
import type { Session } from '../session.ts';
import { keyOf } from './keys.ts';
import { type Guarantee, type Media, paramsOf } from './message.ts';
import { type Recipient, readRecipients } from './recipients.ts';
import { type Result, Results } from './results.ts';
import { Tally } from './tally.ts';
import { readTemplate } from './template.ts';

/** Limits for a campaign. Long enough to wait for a busy or restarting server. */
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

const AGAIN = 'Run the same command again to send the current rows. No message is sent twice.';

/** The rows of a file and the messages that result from them. */
interface Messages {
  read(): AsyncGenerator<Recipient, void, undefined>;
  paramsOf(recipient: Recipient): SendParams;
}

/**
 * Sends a message to each row of a file. Sends nothing before the whole file has been read and validated once. A
 * repeated run continues after any end of an earlier run, because idempotency keys are derived from the rows.
 */
export async function sendCampaign(session: Session, options: CampaignOptions): Promise<Exit> {
  const { client, globals, out, signal, terminal } = session;
  const messages = messagesOf(options);
  const total = await count(messages, signal);
  if (total === 0) throw new UsageError(`${options.file} has no rows`);
  const { apiClientId } = await client().whoami({ signal });
  const rc = client(PATIENCE);
  const server = urlOf(globals, terminal.env);
  const path = options.results ?? `${options.file}.results.ndjson`;
  const results = await Results.open(path, options.file, server);
  const progress = out.progress('sending');
  const tally = new Tally(total);
  const onward = () => progress.show(tally.done, total, tally.rejected === 0 ? '' : `  ${tally.rejected} rejected`);
  try {
    const run = {
      rc,
      apiClientId,
      server,
      campaign: options.campaign,
      results,
      tally,
      messages,
      signal,
      onward,
    };
    await sendAll(run, options.concurrency);
    if (tally.done !== total)
      throw new LocalError('FILE_CHANGED', `${options.file} was changed during the send`, AGAIN);
  } catch (error) {
    progress.end();
    out.note(`${tally.accepted} of ${total} rows are accepted so far. Run the same command again to continue.`);
    // The key is that of a single row. Users cannot continue with it.
    if (error instanceof RedCloudError) error.idempotencyKey = undefined;
    throw error;
  } finally {
    progress.end();
    results.close();
  }
  tally.show(out, options.file, path);
  return tally.rejected === 0 ? EXIT.ok : EXIT.rejected;
}

function messagesOf(options: CampaignOptions): Messages {
  const { file, from: sendFrom, text, media, reference, guarantee, delimiter } = options;
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

async function count({ read }: Messages, signal: AbortSignal): Promise<number> {
  let rows = 0;
  for await (const _recipient of read()) {
    if (signal.aborted) throw new AbortError(signal.reason);
    rows += 1;
  }
  return rows;
}

interface CampaignRun {
  rc: RedCloud;
  apiClientId: string;
  server: string;
  campaign: string;
  results: Results;
  tally: Tally;
  messages: Messages;
  signal: AbortSignal;
  onward(): void;
}

/**
 * Sends rows concurrently. Each worker takes the next row. The first error that concerns more than its row ends the
 * campaign after the requests in progress.
 */
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
  const { rc, apiClientId, campaign, messages, results, server, signal, tally } = run;
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
  const { isEarlier, ...outcome } = await outcomeOf(rc, params, key, signal);
  const result: Result = { line: recipient.line, to: params.to[0] ?? '', ...outcome, key, server };
  results.add(result);
  if (outcome.outcome === 'REJECTED') tally.reject(result);
  else tally.accepted += 1;
  if (isEarlier) tally.acceptedBefore += 1;
}

type Outcome = Pick<Result, 'outcome' | 'messageId' | 'error'> & { isEarlier?: boolean };

async function outcomeOf(
  rc: RedCloud,
  params: SendParams,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { accepted, rejected, replayed, attempts } = await rc.messages.send(params, { idempotencyKey, signal });
    // If only a retry finds an idempotent response, an earlier attempt of this run was accepted and its response was
    // lost.
    const isEarlier = replayed && attempts === 1;
    if (accepted[0]) return { outcome: 'ACCEPTED', messageId: accepted[0].messageId, isEarlier };
    return { outcome: 'REJECTED', ...(rejected[0] ? { error: errorOf(rejected[0].error) } : {}) };
  } catch (error) {
    if (error instanceof ApiError && isOfTheRow(error)) return { outcome: 'REJECTED', error: errorOf(error) };
    throw error;
  }
}

const errorOf = ({ code, message }: { code: string; message: string }) => ({ code, message });

/**
 * Whether an error concerns one row only, such as a text that is too long. A number that may not send concerns all
 * rows.
 */
function isOfTheRow({ status, message }: ApiError): boolean {
  return (status === 400 && !message.startsWith('sendFrom')) || status === 409 || status === 413;
}
