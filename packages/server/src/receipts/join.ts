import type { Queryable } from '../db/db.ts';
import type { MessageMetrics } from '../messages/lifecycle/metrics.ts';
import type { Transitions } from '../messages/lifecycle/transition.ts';
import type { Clock } from '../platform/clock.ts';
import { idFrom } from '../platform/ids.ts';
import type { Queue } from '../queue/queue.ts';
import { apply, countApplied, partReports, placeOf } from './apply.ts';
import { matchReceipts, type Spellings } from './match.ts';
import { type Parked, settle } from './parked.ts';

/** Time after a submit in which a receipt matches by carrier message id. Later receipts match only by our reference. */
const REF_KNOWN_MS = 7 * 86_400_000;
/** Time after which a parked receipt is no longer matched. The receipt stays stored. */
export const PARKED_MS = 86_400_000;

export interface JoinParts {
  transitions: Transitions;
  queue: Pick<Queue, 'add'>;
  clock: Clock;
  metrics: MessageMetrics;
}

/** Matches the parked receipts that `read` finds, in one transaction. @returns the page that was read. */
export type Join = (
  read: (tx: Queryable) => Promise<readonly Parked[]>,
  spellings: Spellings,
) => Promise<readonly Parked[]>;

/** @returns lower bound of the message ids that are searched by carrier message id. */
export function firstIdAt(now: Date): string {
  return idFrom('msg', now.getTime() - REF_KNOWN_MS);
}

export function createJoin(parts: JoinParts): Join {
  const { transitions, clock, metrics } = parts;
  return async (read, spellings) => {
    const { page, steps } = await transitions.transact(async (tx, advance) => {
      const page = await read(tx);
      if (page.length === 0) return { page, steps: [] };
      const matches = await matchReceipts(tx, page, firstIdAt(new Date(clock.now())), spellings);
      const found = page.flatMap((row, n) => {
        const match = matches.get(n);
        return match ? [{ row, match }] : [];
      });
      const settledIds = await settle(
        tx,
        found.map(({ row, match }) => ({ ...row, ...placeOf(match) })),
      );
      const matched = found.filter(({ row }) => settledIds.has(row.id));
      const reports = matched.flatMap(({ row, match }) => partReports(row, match));
      return { page, steps: await apply(parts, tx, advance, reports) };
    });
    countApplied(metrics, steps);
    return page;
  };
}
