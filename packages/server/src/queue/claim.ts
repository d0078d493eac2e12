import type { ClaimRow } from './claim-sql.ts';
import type { Job, Lane } from './job.ts';

/** Loads the data of jobs. @returns one value for each job, in their order. */
export type Load<Loaded> = (jobs: readonly Job[]) => Promise<readonly Loaded[]>;

/** Leased job with its loaded data. */
export interface Claimed<Loaded> {
  job: Job;
  loaded: Loaded;
  /** Whether the job started by direct dispatch, without a claim. */
  direct?: boolean;
}

/** Position of the last claim. The next claim begins behind it. */
export interface Cursor {
  client: string;
  /** Last lane of each visited client. */
  lanes: Record<string, string>;
}

/** Maximum number of jobs per lane in one claim, for lanes whose pace allows fewer than their share. */
export interface Allowance {
  lanes: Readonly<Record<string, number>>;
  /** Maximum for each lane that is not named. Null without a limit. */
  others: number | null;
}

/** Result of one claim. */
export interface Turn {
  jobs: Job[];
  /** Whether more jobs may be due than this claim took. */
  more: boolean;
  /** Whether a lane got all that its pace allows, and may have more due jobs soon. */
  paced: boolean;
  cursor: Cursor;
}

/** Maximum number of clients and lanes that one claim visits. The next claim continues behind them. */
export interface Round {
  clients: number;
  lanesPerClient: number;
}

export const ROUND: Round = { clients: 32, lanesPerClient: 16 };
/** For a second claim, after a first one that took no job and did not visit all clients and lanes. */
export const WIDE_ROUND: Round = { clients: 64, lanesPerClient: 128 };
const REMEMBERED_CLIENTS = 1_000;

/** Parameters of a claim. */
export interface ClaimRequest {
  limit: number;
  round: Round;
  allowance: Allowance | undefined;
}

export function readTurn(rows: readonly ClaimRow[], lease: number, asked: ClaimRequest, before: Cursor): Turn {
  const jobs: Job[] = [];
  const visited = new Map<string, Map<string, number>>();
  for (const { client, lane, subject, ordinal, attempt, excused, interrupted, previousCarrier } of rows) {
    const lanes = visited.get(client) ?? new Map<string, number>();
    visited.set(client, lanes.set(lane, (lanes.get(lane) ?? 0) + (subject === null ? 0 : 1)));
    if (subject !== null) jobs.push({ subject, ordinal, attempt, excused, interrupted, previousCarrier, lease });
  }
  const { more, paced } = leftOver(visited, asked);
  // When the limit cut the claim short, the next claim begins with the lanes that got no job.
  const cut = jobs.length >= asked.limit;
  const served = rows.filter(({ subject }) => !cut || subject !== null);
  return { jobs, more: cut || more, paced, cursor: advanced(before, served) };
}

/**
 * Whether a client or lane was not visited or had more than its share, and whether a lane had all that its pace allows.
 */
function leftOver(
  visited: ReadonlyMap<string, ReadonlyMap<string, number>>,
  { limit, round, allowance }: ClaimRequest,
): Pick<Turn, 'more' | 'paced'> {
  const lanes = [...visited.values()].flatMap((counted) => [...counted]);
  const share = Math.ceil(limit / lanes.length);
  const allowed = (lane: string) => allowance?.lanes[lane] ?? allowance?.others ?? share;
  const unseen =
    visited.size >= round.clients || [...visited.values()].some(({ size }) => size >= round.lanesPerClient);
  return {
    more: unseen || lanes.some(([lane, count]) => count >= share && allowed(lane) >= share),
    paced: lanes.some(([lane, count]) => count >= allowed(lane) && allowed(lane) < share),
  };
}

function advanced(before: Cursor, served: readonly Lane[]): Cursor {
  const last = served.at(-1);
  if (!last) return before;
  const kept = Object.keys(before.lanes).length < REMEMBERED_CLIENTS ? before.lanes : {};
  return {
    client: last.client,
    lanes: { ...kept, ...Object.fromEntries(served.map(({ client, lane }) => [client, lane])) },
  };
}
