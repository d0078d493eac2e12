import { type Known, type Outcome, resultsOfBulk } from '../campaign/results.ts';
import type { Bulk, BulkState } from './bulk.ts';
import type { BulkDirectory } from './directory.ts';

/** A bulk send with its progress. */
export interface BulkStatus {
  id: string;
  createdAt: string;
  file: string;
  campaign: string;
  state: BulkState;
  reason: string | null;
  /** The last process, if it did not end by itself. */
  pid: number | null;
  alive: boolean;
  rows: number;
  duplicates: number;
  /** Rows with a message that was not canceled. */
  sent: number;
  rejected: number;
  canceled: number;
  /** Rows among `sent` for which a cancel came too late. */
  tooLate: number;
  /** Rows that were not tried yet. */
  left: number;
  sendAt: string | null;
  ratePerMinute: number | null;
  results: string;
}

/** Reads the progress from the results file, which is current also after a kill. */
export async function statusOf(bulk: Bulk, directory: BulkDirectory): Promise<BulkStatus> {
  const { id, createdAt, file, content, rows, duplicates, schedule, ratePerMinute } = bulk;
  const results = await resultsOfBulk(content.results, content.server, id);
  const owner = directory.lastOwner();
  const alive = directory.owner() !== undefined;
  const state = stateOf(bulk, directory, alive);
  const counts = countsOf(results);
  const tried = counts.sent + counts.rejected + counts.canceled + duplicates;
  return {
    ...{ id, createdAt, file, campaign: content.campaign },
    ...{ state, reason: bulk.reason ?? null, pid: owner?.pid ?? null, alive },
    ...{ rows, duplicates, ...counts, left: state === 'done' ? 0 : Math.max(0, rows - tried) },
    ...{ sendAt: schedule.sendAt ?? null, ratePerMinute: ratePerMinute ?? null, results: content.results },
  };
}

/** A request to pause counts as soon as no process runs. */
function stateOf({ state }: Bulk, directory: BulkDirectory, isAlive: boolean): BulkState {
  if (state !== 'running' || isAlive) return state;
  return directory.requested() === 'pause' ? 'paused' : state;
}

function countsOf(results: readonly Known[]) {
  const of = (...outcomes: Outcome[]) => results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    sent: of('ACCEPTED', 'SCHEDULE_CHANGED', 'TOO_LATE'),
    rejected: of('REJECTED'),
    canceled: of('CANCELED'),
    tooLate: of('TOO_LATE'),
  };
}
