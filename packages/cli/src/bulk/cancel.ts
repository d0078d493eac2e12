import { PATIENCE } from '../campaign/patience.ts';
import { type Known, type Result, Results } from '../campaign/results.ts';
import { openJournal } from '../campaign/run-bulk.ts';
import { type RowOutcome, requestRow } from '../campaign/send-row.ts';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import type { Output } from '../output/output.ts';
import { ApiError, type RedCloud } from '../sdk.ts';
import type { Session } from '../session.ts';
import type { Bulk } from './bulk.ts';
import { connectTo, mustBeClient } from './connect.ts';
import { statusOf } from './counts.ts';
import { type BulkDirectory, findBulk } from './directory.ts';
import type { Journal, StartedRow } from './journal.ts';
import { report } from './register.ts';
import { stopped } from './wait.ts';

const CONCURRENCY = 8;
const DAY_MS = 86_400_000;
/** Time ahead for placeholders. Long enough for a repeated cancel, and within the year that the server permits. */
const PLACEHOLDER_MS = 300 * DAY_MS;
/** Rest of that time for which a placeholder can still be canceled safely. */
const PLACEHOLDER_LEFT_MS = 10 * DAY_MS;

interface CancelRun {
  bulk: Bulk;
  rc: RedCloud;
  signal: AbortSignal;
  results: Results;
  journal: Journal;
  /** Set if the server rejects further rows of the bulk send. */
  bulkSendId: string | undefined;
}

/**
 * Stops a bulk send, and cancels the messages of its rows. Safe to repeat after an interrupt or a kill.
 *
 * The server cancels the messages that it knows, and rejects further rows. Rows in doubt are then found by their keys. A server without
 * bulk sends does not reject rows. There, a row whose request never arrived gets a placeholder far in the future under its key, which
 * is canceled as well. A late arrival of the original request then conflicts, and sends nothing.
 */
export async function cancelBulk(given: Session, id: string): Promise<Exit> {
  const found = findBulk(given.terminal.env, id);
  const session = connectTo(given, found.bulk);
  const { directory } = found;
  // No further row is sent, also while the server is unreachable.
  directory.request('cancel');
  await stopped(directory, session.signal);
  await mustBeClient(session, found.bulk);
  const release = directory.own();
  try {
    const bulk = directory.read() ?? found.bulk;
    const inDoubt = await cancelRows(session, directory, bulk);
    return show(session.out, directory, inDoubt);
  } finally {
    release();
  }
}

/** @returns rows that stay in doubt */
async function cancelRows(session: Session, directory: BulkDirectory, stored: Bulk): Promise<StartedRow[]> {
  const { client, signal, terminal, out } = session;
  const bulk = { ...stored, placeholderAt: placeholderFor(stored, terminal.now()) };
  directory.write(bulk);
  const results = await Results.open(bulk.content.results, bulk.file, bulk.content.server);
  const journal = openJournal(directory, results);
  const rc = client(PATIENCE);
  const progress = out.progress('canceling');
  try {
    const bulkSendId = (await closeOnServer(rc, bulk, signal)) ? bulk.id : undefined;
    const run = { bulk, rc, signal, results, journal, bulkSendId };
    await each(journal.rows(), (row) => clearUp(run, row));
    const open = results
      .ofBulk(bulk.id)
      .filter(([, { outcome }]) => outcome === 'ACCEPTED' || outcome === 'SCHEDULE_CHANGED');
    let done = 0;
    await each(open, async ([key, known]) => {
      await cancelRow(run, key, known);
      done += 1;
      progress.show(done, open.length);
    });
    const left = journal.rows();
    if (left.length === 0) directory.write({ ...bulk, state: 'canceled' });
    await report(session, bulk, 'canceled');
    return left;
  } finally {
    progress.end();
    journal.close();
    results.close();
  }
}

/** Cancels the messages that the server knows. @returns false if the server does not know the bulk send. */
async function closeOnServer(rc: RedCloud, { id }: Bulk, signal: AbortSignal): Promise<boolean> {
  try {
    await rc.bulkSends.cancel(id, { signal });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

/** The same time in each repeat, so that a repeat finds the placeholders of an interrupted cancel. */
function placeholderFor({ placeholderAt }: Bulk, now: number): string {
  if (placeholderAt !== undefined && Date.parse(placeholderAt) > now + PLACEHOLDER_LEFT_MS) return placeholderAt;
  return new Date(now + PLACEHOLDER_MS).toISOString();
}

/** Finds out whether a row in doubt was accepted, and prevents that it will be. */
async function clearUp(run: CancelRun, row: StartedRow): Promise<void> {
  const { bulk, journal, results } = run;
  const placeholder = { sendAt: bulk.placeholderAt ?? '', respectQuietHours: false };
  journal.start({ ...row, schedules: [placeholder] });
  const found = await requestRow(run, row.key, row.params, placeholder).catch(refused);
  if (found === 'never sent') return journal.end(row.key);
  if (found.schedule === undefined) return;
  results.add(resultOf(bulk, row, found));
  journal.end(row.key);
}

/** A 400 proves that the server does not know the key. The original request would be rejected as well. */
function refused(error: unknown): RowOutcome | 'never sent' {
  if (!(error instanceof ApiError && error.status === 400)) throw error;
  const { code, message, details } = error;
  if (details['field'] === 'bulkSendId') return 'never sent';
  return { outcome: 'REJECTED', error: { code, message }, schedule: {}, isEarlier: false };
}

function resultOf({ id, content }: Bulk, { key, line, params }: StartedRow, found: RowOutcome): Result {
  const { outcome, messageId, error, schedule = {} } = found;
  return {
    ...{ line, to: params.to[0] ?? '', outcome },
    ...(messageId === undefined ? {} : { messageId }),
    ...(error === undefined ? {} : { error }),
    ...(Object.keys(schedule).length === 0 ? {} : { schedule }),
    ...{ key, server: content.server, bulk: id },
  };
}

async function cancelRow(run: CancelRun, key: string, known: Known): Promise<void> {
  const { bulk, results } = run;
  const { line, to, messageId, schedule } = known;
  if (messageId === undefined) return;
  const outcome = await outcomeOf(run, messageId);
  const common = { line, to, messageId, ...(schedule === undefined ? {} : { schedule }) };
  results.add({ ...common, ...outcome, key, server: bulk.content.server, bulk: bulk.id });
}

async function outcomeOf({ rc, signal }: CancelRun, messageId: string): Promise<Pick<Result, 'outcome' | 'error'>> {
  try {
    await rc.messages.cancel(messageId, { signal });
    return { outcome: 'CANCELED' };
  } catch (error) {
    // 404: the message has ended so long ago that the server removed it.
    if (!(error instanceof ApiError && (error.status === 409 || error.status === 404))) throw error;
    return { outcome: 'TOO_LATE', error: { code: error.code, message: error.message } };
  }
}

/** Runs the work for some items at once. The first error ends it after the work in progress. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  let isOver = false;
  const worker = async () => {
    for (const item of left) {
      if (isOver) return;
      await work(item);
    }
  };
  const guarded = () =>
    worker().catch((error) => {
      isOver = true;
      throw error;
    });
  const ends = await Promise.allSettled(Array.from({ length: CONCURRENCY }, guarded));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

async function show(out: Output, directory: BulkDirectory, inDoubt: readonly StartedRow[]): Promise<Exit> {
  const bulk = directory.read();
  if (!bulk) throw new UsageError(`Bulk send ${directory.id} was removed`);
  const { canceled, tooLate, rejected, left, rows, state, results } = await statusOf(bulk, directory);
  const doubts = inDoubt.map(({ line, params }) => ({ line, to: params.to[0] ?? '' }));
  const counts = { rows, canceled, tooLate, rejected, neverSent: left - doubts.length };
  out.document(
    { id: directory.id, state, ...counts, inDoubt: doubts, results },
    { id: directory.id, state, ...counts, 'in doubt': doubts.length, results },
  );
  out.section(
    'Rows in doubt, whose message was not found',
    [
      { title: 'LINE', of: ({ line }) => line },
      { title: 'TO', of: ({ to }) => to },
    ],
    doubts,
  );
  return tooLate + doubts.length === 0 ? EXIT.ok : EXIT.rejected;
}
