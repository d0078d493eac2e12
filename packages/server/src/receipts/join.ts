import type { Queryable } from '../db/db.ts';
import type { Transitions } from '../messages/lifecycle/transition.ts';
import { REF_KNOWN_MS } from '../messages/retention/expire-late-parts.ts';
import type { Clock } from '../platform/clock.ts';
import { idFrom } from '../platform/ids.ts';
import type { Queue } from '../queue/queue.ts';
import { type AppliedParts, apply, countApplied, placeOf } from './apply.ts';
import { matchReceipts, type Spellings } from './match.ts';
import { type Parked, settle } from './parked.ts';

/** Time after which a parked receipt is no longer matched. The receipt stays stored. */
export const PARKED_MS = 86_400_000;

export interface JoinParts extends AppliedParts {
  transitions: Transitions;
  queue: Pick<Queue, 'add' | 'attemptsInProgress'>;
  clock: Clock;
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
  const { transitions, clock } = parts;
  return async (read, spellings) => {
    const { page, matched, steps } = await transitions.transact(async (tx, advance) => {
      const page = await read(tx);
      if (page.length === 0) return { page, matched: [], steps: [] };
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
      return { page, matched, steps: await apply(parts, tx, advance, matched) };
    });
    countApplied(parts, steps, matched);
    return page;
  };
}
