import type { Bulk } from '../bulk/bulk.ts';
import type { Journal } from '../bulk/journal.ts';
import type { Pace } from '../bulk/pace.ts';
import type { Stop } from '../bulk/stop.ts';
import { scheduleKey } from '../schedule/schedule.ts';
import { AbortError, ApiError, type RedCloud, type SendParams } from '../sdk.ts';
import { keyOf } from './keys.ts';
import type { Recipient } from './recipients.ts';
import { type Known, type Result, type Results, wasAccepted } from './results.ts';
import type { Rows } from './rows.ts';
import { type RowOutcome, requestRow } from './send-row.ts';
import type { Tally } from './tally.ts';

export interface CampaignRun {
  bulk: Bulk;
  rc: RedCloud;
  rows: Rows;
  results: Results;
  journal: Journal;
  tally: Tally;
  pace: Pace;
  stop: Stop;
  bulkSendId?: string | undefined;
  /** Ends the requests in progress. */
  signal: AbortSignal;
  /** Ends the wait for the next row. */
  halted: AbortSignal;
  onward(): void;
}

interface Row {
  line: number;
  to: string;
  key: string;
  params: SendParams;
}

/**
 * Sends rows concurrently, until the end or a stop. Each worker takes the next row. The first error that concerns more
 * than its row ends the campaign after the requests in progress.
 */
export async function sendAll(run: CampaignRun): Promise<void> {
  const recipients = run.rows.read();
  const seen = new Set<string>();
  let isOver = false;
  const worker = async () => {
    for (;;) {
      const next = isOver || run.stop.look() ? undefined : await recipients.next();
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
  const ends = await Promise.allSettled(Array.from({ length: run.bulk.concurrency }, guarded));
  await recipients.return();
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

async function sendRow(run: CampaignRun, seen: Set<string>, recipient: Recipient): Promise<void> {
  const { bulk, rows, results, tally, pace, stop, signal, halted } = run;
  const { apiClientId, campaign, media } = bulk.content;
  const params = rows.paramsOf(recipient, media);
  const key = keyOf(apiClientId, campaign, params);
  if (seen.has(key)) {
    tally.duplicates += 1;
    return;
  }
  seen.add(key);
  const row = { line: recipient.line, to: params.to[0] ?? '', key, params };
  const known = results.of(key);
  if (known && wasAccepted(known)) recall(run, row, known);
  else if ((await pace.next(halted)) && !stop.look()) await request(run, row);
  if (signal.aborted) throw new AbortError(signal.reason);
}

/** Counts a row that was accepted before, without a request. */
function recall(run: CampaignRun, row: Row, { outcome, messageId, schedule = {} }: Known): void {
  const { line, to, key } = row;
  if (outcome === 'CANCELED') {
    const error = { code: 'CANCELED', message: 'Canceled before. Use another --campaign to send this row again.' };
    run.tally.reject({ line, to, outcome: 'REJECTED', error, key, server: run.bulk.content.server });
    return;
  }
  run.tally.accepted += 1;
  run.tally.acceptedBefore += 1;
  compare(run, row, messageId, schedule);
}

async function request(run: CampaignRun, row: Row): Promise<void> {
  const { bulk, journal, results, tally } = run;
  const { line, to, key, params } = row;
  const wasInDoubt = journal.schedulesOf(key).length > 0;
  journal.start({ key, line, params, schedules: [bulk.schedule] });
  const found = await requestRow(run, key, params, bulk.schedule).catch((error) => {
    // These responses prove that nothing was queued now.
    if (!wasInDoubt && error instanceof ApiError && (error.status === 400 || error.status === 403)) journal.end(key);
    throw error;
  });
  const result = resultOf(bulk, row, found);
  results.add(result);
  journal.end(key);
  if (found.outcome === 'REJECTED') tally.reject(result);
  else tally.accepted += 1;
  if (found.isEarlier && found.outcome === 'ACCEPTED') tally.acceptedBefore += 1;
  if (found.outcome === 'ACCEPTED') compare(run, { line, to, key, params }, found.messageId, found.schedule ?? {});
}

function resultOf({ id, content }: Bulk, row: Omit<Row, 'params'>, found: RowOutcome): Result {
  const { outcome, messageId, error, schedule } = found;
  return {
    ...{ line: row.line, to: row.to, outcome },
    ...(messageId === undefined ? {} : { messageId }),
    ...(error === undefined ? {} : { error }),
    ...(schedule === undefined || Object.keys(schedule).length === 0 ? {} : { schedule }),
    ...{ key: row.key, server: content.server, bulk: id },
  };
}

/** Reports a row whose message has another schedule than this run would give. */
function compare(run: CampaignRun, { line, to, key }: Row, messageId: string | undefined, was: Bulk['schedule']): void {
  const { bulk, results, tally } = run;
  const { schedule: wanted, content, id } = bulk;
  if (scheduleKey(was) === scheduleKey(wanted)) return;
  const outcome = 'SCHEDULE_CHANGED' as const;
  const message = messageId === undefined ? {} : { messageId };
  const server = content.server;
  results.add({ line, to, outcome, ...message, schedule: was, wanted, key, server, bulk: results.of(key)?.bulk ?? id });
  tally.change({ line, to, messageId, was, now: wanted });
}
