import type { Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import { SENT_LONG } from '../messages/lifecycle/sql.ts';
import type { PartReport, Step } from '../messages/lifecycle/transition.ts';
import { SEGMENTS } from '../queue/job.ts';
import type { Queue } from '../queue/queue.ts';

/** Time for the receipts of the other segments, from a carrier that sends one per segment, in milliseconds. */
const OTHER_SEGMENTS_MS = 30_000;

/**
 * Starts a deadline when a segment of a long message is delivered, because some carriers send one receipt for all
 * segments. At the deadline the segments without a receipt count as delivered too (outbound/outcomes.ts). Runs in the
 * transaction of the receipt.
 * @param steps status changes by the same reports. A message with a new status other than SENT needs no deadline.
 */
export async function awaitOtherSegments(
  tx: Queryable,
  queue: Pick<Queue, 'add'>,
  now: Date,
  reports: readonly PartReport[],
  steps: readonly Step[],
): Promise<void> {
  const ended = new Set(steps.filter(({ to }) => to !== 'SENT').map(({ messageId }) => messageId));
  const open = reports.filter(({ state, messageId }) => state === 'DELIVERED' && !ended.has(messageId));
  if (open.length === 0) return;
  const ids = [...new Set(open.map(({ messageId }) => messageId))];
  const rows = await run(tx, SENT_LONG, ids);
  const runAt = new Date(now.getTime() + OTHER_SEGMENTS_MS);
  await queue.add(
    tx,
    'outcomes',
    rows.map((row) => ({ ...row, ordinal: SEGMENTS, runAt })),
  );
}
