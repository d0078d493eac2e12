import { count, rowsOf } from '../campaign/rows.ts';
import { runBulk } from '../campaign/run-bulk.ts';
import { type Exit, UsageError } from '../exit.ts';
import { type ScheduleOptions, scheduleOf } from '../schedule/schedule.ts';
import type { Session } from '../session.ts';
import type { Bulk } from './bulk.ts';
import { connectTo, mustBeClient } from './connect.ts';
import { type BulkDirectory, findBulk } from './directory.ts';

export interface ResumeOptions extends Pick<ScheduleOptions, 'at' | 'expires'> {
  /** Rows per minute. */
  rate?: number;
}

/** Continues a bulk send with its own options. Other times apply to the rows that were not accepted yet. */
export async function resumeBulk(given: Session, id: string, options: ResumeOptions): Promise<Exit> {
  const { bulk, directory } = findBulk(given.terminal.env, id);
  mustBeResumable(bulk, directory);
  const session = connectTo(given, bulk);
  await mustBeClient(session, bulk);
  const release = directory.own();
  try {
    const rows = rowsOf({ file: bulk.file, delimiter: bulk.delimiter, text: undefined, ...bulk.content });
    const size = await count(rows, bulk.file, session.signal);
    const resumed = { ...withOptions(bulk, options, session.terminal.now()), ...size };
    mustBeResumable(bulk, directory);
    directory.clearRequest();
    return await runBulk(session, { bulk: resumed, directory, rows });
  } finally {
    release();
  }
}

function mustBeResumable({ id, state }: Bulk, directory: BulkDirectory): void {
  if (state === 'canceled' || directory.requested() === 'cancel')
    throw new UsageError(`Bulk send ${id} was canceled`, 'Send its rows again under another --campaign.');
  if (state === 'done') throw new UsageError(`Bulk send ${id} is done`, 'No rows are left.');
}

function withOptions({ reason: _ended, ...bulk }: Bulk, options: ResumeOptions, now: number): Bulk {
  const { rate, ...times } = options;
  const { sendAt, expiresAt } = scheduleOf(times, now);
  return {
    ...bulk,
    state: 'running',
    ...(rate === undefined ? {} : { ratePerMinute: rate }),
    // Periods of the first command do not apply to the new times.
    ...(sendAt === undefined && expiresAt === undefined ? {} : { given: {} }),
    schedule: {
      ...(sendAt === undefined ? {} : { sendAt }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...omitted(bulk.schedule, sendAt !== undefined, expiresAt !== undefined),
    },
  };
}

/** A new time replaces the old one. A new --at also replaces --expires, which may be before it. */
function omitted({ sendAt, expiresAt, ...rest }: Bulk['schedule'], hasAt: boolean, hasExpires: boolean) {
  return {
    ...(hasAt || sendAt === undefined ? {} : { sendAt }),
    ...(hasAt || hasExpires || expiresAt === undefined ? {} : { expiresAt }),
    ...rest,
  };
}
