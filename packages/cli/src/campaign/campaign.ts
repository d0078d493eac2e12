import { resolve } from 'node:path';
import { type Bulk, type BulkContent, bulkIdOf } from '../bulk/bulk.ts';
import { BulkDirectory } from '../bulk/directory.ts';
import { canceledBefore } from '../bulk/register.ts';
import type { Exit } from '../exit.ts';
import { urlOf } from '../profiles/connection.ts';
import { type Schedule, type ScheduleOptions, scheduleOf } from '../schedule/schedule.ts';
import type { MediaInput, MediaItem } from '../sdk.ts';
import type { Session } from '../session.ts';
import { PATIENCE } from './patience.ts';
import { count, type RowSource, rowsOf } from './rows.ts';
import { runBulk } from './run-bulk.ts';

export interface CampaignOptions extends RowSource, ScheduleOptions {
  media?: MediaInput[];
  campaign: string;
  results?: string;
  concurrency: number;
  /** Rows per minute. */
  rate?: number;
}

/**
 * Sends a message to each row of a file. Sends nothing before the whole file has been read and validated once. A
 * repeated run continues after any end of an earlier run, because idempotency keys are derived from the rows.
 *
 * Files are uploaded once for all rows. The same content has the same storage key in each run, and so do the rows.
 */
export async function sendCampaign(session: Session, options: CampaignOptions): Promise<Exit> {
  const { client, signal } = session;
  const rows = rowsOf(options);
  const size = await count(rows, options.file, signal);
  const { apiClientId } = await client().whoami({ signal });
  const media = options.media && (await client(PATIENCE).media.prepare(options.media, { signal }));
  const content = contentOf(session, options, apiClientId, media);
  const directory = new BulkDirectory(session.terminal.env, bulkIdOf(content));
  const release = directory.own();
  try {
    const bulk = beginOrContinue(session, directory, { options, content, size });
    return await runBulk(session, { bulk, directory, rows });
  } finally {
    release();
  }
}

function contentOf(
  { globals, terminal }: Session,
  options: CampaignOptions,
  apiClientId: string,
  media: MediaItem[] | undefined,
): BulkContent {
  const { campaign, from, text, reference, guarantee, file } = options;
  return {
    server: urlOf(globals, terminal.env),
    apiClientId,
    campaign,
    from,
    ...(text === undefined ? {} : { text }),
    ...(media === undefined ? {} : { media }),
    ...(reference === undefined ? {} : { reference }),
    ...(guarantee === undefined ? {} : { guarantee }),
    results: resolve(options.results ?? `${file}.results.ndjson`),
  };
}

interface Beginning {
  options: CampaignOptions;
  content: BulkContent;
  size: { rows: number; duplicates: number };
}

/** @throws UsageError when the bulk send was canceled */
function beginOrContinue({ globals, terminal }: Session, directory: BulkDirectory, beginning: Beginning): Bulk {
  const { options, content, size } = beginning;
  const earlier = directory.read();
  if (earlier?.state === 'canceled' || directory.requested() === 'cancel') throw canceledBefore(directory.id);
  directory.clearRequest();
  const given = {
    ...(options.at?.after === undefined ? {} : { at: options.at.text }),
    ...(options.expires?.after === undefined ? {} : { expires: options.expires.text }),
  };
  const { profile, sandbox, url } = globals;
  return {
    id: directory.id,
    createdAt: earlier?.createdAt ?? new Date(terminal.now()).toISOString(),
    state: 'running',
    content,
    file: resolve(options.file),
    delimiter: options.delimiter,
    concurrency: options.concurrency,
    ...(options.rate === undefined ? {} : { ratePerMinute: options.rate }),
    schedule: scheduleFor(options, given, earlier, terminal.now()),
    given,
    connection: {
      ...(profile === undefined ? {} : { profile }),
      ...(sandbox === undefined ? {} : { sandbox }),
      ...(url === undefined ? {} : { url }),
    },
    ...size,
  };
}

/** Periods count from the begin of the bulk send, so that a repeated command means the same times. */
function scheduleFor(options: ScheduleOptions, given: Bulk['given'], earlier: Bulk | undefined, now: number): Schedule {
  const fresh = scheduleOf(options, now);
  if (!earlier || JSON.stringify(earlier.given) !== JSON.stringify(given)) return fresh;
  const { sendAt, expiresAt } = earlier.schedule;
  const isOver = earlier.state === 'done' && Date.parse(sendAt ?? expiresAt ?? '') < now;
  // A period of --expires counts from a fixed --at, which may be another one now.
  const isMoved = given.at === undefined && sendAt !== fresh.sendAt;
  if (isOver || isMoved) return fresh;
  return {
    ...fresh,
    ...(given.at === undefined || sendAt === undefined ? {} : { sendAt }),
    ...(given.expires === undefined || expiresAt === undefined ? {} : { expiresAt }),
  };
}
