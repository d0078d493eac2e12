import type { Bulk } from '../bulk/bulk.ts';
import type { BulkDirectory } from '../bulk/directory.ts';
import { Journal } from '../bulk/journal.ts';
import { intervalMs, Pace } from '../bulk/pace.ts';
import { register, report } from '../bulk/register.ts';
import { Stop } from '../bulk/stop.ts';
import { EXIT, type Exit, UsageError } from '../exit.ts';
import { failureOf, LocalError, StoppedError } from '../output/failure.ts';
import { AbortError, RedCloudError } from '../sdk.ts';
import type { Session } from '../session.ts';
import { PATIENCE } from './patience.ts';
import { Results, wasAccepted } from './results.ts';
import type { Rows } from './rows.ts';
import { type CampaignRun, sendAll } from './send-all.ts';
import { Tally } from './tally.ts';

const AGAIN = 'Run the same command again to send the current rows. No message is sent twice.';

/** Sends the rows of a bulk send that this process owns. */
export async function runBulk(
  session: Session,
  { bulk, directory, rows }: { bulk: Bulk; directory: BulkDirectory; rows: Rows },
): Promise<Exit> {
  const { out, client, terminal } = session;
  const { content, file } = bulk;
  const results = await Results.open(content.results, file, content.server);
  mustBeInTime(bulk, bulk.rows - results.accepted, terminal.now());
  const journal = openJournal(directory, results);
  const stop = new Stop(directory);
  const tally = new Tally(bulk.rows);
  const progress = out.progress('sending');
  const signal = AbortSignal.any([session.signal, stop.abortSignal]);
  const run: CampaignRun = {
    ...{ bulk, rows, results, journal, tally, stop, signal, rc: client(PATIENCE) },
    halted: AbortSignal.any([signal, stop.signal]),
    pace: new Pace(bulk.ratePerMinute, () => performance.now()),
    onward: () => progress.show(tally.done, bulk.rows, tally.rejected === 0 ? '' : `  ${tally.rejected} rejected`),
  };
  try {
    directory.write(bulk);
    if (terminal.stderr.isTTY) out.note(`Bulk send ${bulk.id}. Stop it with \`redcloud bulk pause ${bulk.id}\`.`);
    await sendAll({ ...run, bulkSendId: await register(session, bulk) });
    if (stop.request !== undefined && tally.done < bulk.rows) throw new StoppedError(bulk.id, stop.request);
    if (tally.done !== bulk.rows) throw new LocalError('FILE_CHANGED', `${file} was changed during the send`, AGAIN);
    directory.write({ ...bulk, state: 'done' });
    await report(session, bulk, 'done');
  } catch (error) {
    progress.end();
    await report(session, bulk, 'paused');
    throw interrupted(session, run, directory, error);
  } finally {
    progress.end();
    stop.close();
    journal.close();
    results.close();
  }
  tally.show(out, { file, results: content.results, bulk: bulk.id });
  const left = journal.rows();
  if (left.length > 0)
    out.note(
      inDoubt(
        bulk.id,
        left.map(({ line }) => line),
      ),
    );
  return tally.rejected + tally.scheduleChanged + left.length === 0 ? EXIT.ok : EXIT.rejected;
}

/** A row that was rejected before may have been requested again. Only an accepted row is certain. */
export function openJournal(directory: BulkDirectory, results: Results): Journal {
  return new Journal(directory.journal, (key) => {
    const known = results.of(key);
    return known !== undefined && wasAccepted(known);
  });
}

/** @throws UsageError when the pace is too slow for the time of the submit */
function mustBeInTime({ schedule, ratePerMinute }: Bulk, rows: number, now: number): void {
  if (schedule.sendAt === undefined || ratePerMinute === undefined || rows <= 0) return;
  const takesMs = Math.floor((rows - 1) * intervalMs(ratePerMinute));
  // The server accepts a time of up to a minute ago.
  if (now + takesMs <= Date.parse(schedule.sendAt) + 60_000) return;
  throw new UsageError(
    `${rows} rows at ${ratePerMinute}/min take ${Math.ceil(takesMs / 1000)} s, longer than until --at (${schedule.sendAt})`,
    'Nothing was sent. Set a later --at, or a higher --rate.',
  );
}

/** Records why the bulk send ended early. @returns the error to report */
function interrupted(session: Session, run: CampaignRun, directory: BulkDirectory, error: unknown): unknown {
  const { bulk, tally, stop } = run;
  const isStopped = stop.request !== undefined && (error instanceof AbortError || error instanceof StoppedError);
  const reported = isStopped && stop.request ? new StoppedError(bulk.id, stop.request) : error;
  if (directory.read()) directory.write({ ...bulk, state: 'paused', reason: reasonOf(reported) });
  const again = `Run the same command again to continue, or \`redcloud bulk resume ${bulk.id}\`.`;
  session.out.note(`${tally.accepted} of ${bulk.rows} rows are accepted so far. ${again}`);
  // The key is that of a single row. Users cannot continue with it.
  if (reported instanceof RedCloudError) reported.idempotencyKey = undefined;
  return reported;
}

function reasonOf(error: unknown): string {
  if (error instanceof StoppedError) return 'requested';
  return error instanceof AbortError ? 'interrupted' : failureOf(error).code;
}

function inDoubt(id: string, lines: readonly number[]): string {
  return `In doubt: ${lines.length} rows of an earlier run that are not in the file any more (then in lines ${lines.slice(0, 10).join(', ')}). \`redcloud bulk cancel ${id}\` clears this up.`;
}
