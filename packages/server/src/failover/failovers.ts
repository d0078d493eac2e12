import { ALIVE_MS, type Confirmed } from '#cluster/heartbeat.ts';
import { DatabaseUnavailable, type Db, type Queryable, type Timeline } from '#db/db.ts';
import { run } from '#db/statement.ts';
import { skipLostPositions } from '#events/stream-position.ts';
import { doubt, doubtAll } from '#queue/doubt.ts';
import type { Left } from './journal.ts';
import {
  ADAPTED,
  ADD_PROCESSES,
  ADD_SELF,
  ALL,
  BEGIN,
  CHANGE,
  CLOSE,
  COUNT,
  CURRENT,
  type Failover,
  FIND,
  FIRST,
  type Finding,
  LOCK,
  OF,
  WITNESSES,
  type Witness,
} from './sql.ts';

/**
 * Time in milliseconds in which every live process notices a failover and testifies. Its own row may be missing, and the mode of
 * replication may have changed after the last heartbeat that is present.
 */
export const NOTICE_MS = 4_000;
/** Time in milliseconds after which all jobs that were due count as carried out, unless every process proves otherwise. */
export const DEADLINE_MS = 12_000;
/**
 * Time in milliseconds between the last heartbeat and the failover for which the mode of replication at that heartbeat is
 * trusted. A restore of an older state has the same rows.
 */
const TRUSTED_MS = 300_000;
/** Allowance in milliseconds for clock differences between two database servers. */
export const CLOCK_MARGIN_MS = 2_000;

/** Process that may have submitted messages. */
export interface Self {
  process: string;
  host: string;
  pid: number;
}

/** Failovers that a process knows, by their identities. Without them, equal numbers of two histories could be confused. */
export type Known = ReadonlySet<string>;

/**
 * Whether the store is adapted to the timeline, and this process knows all failovers.
 * @throws DatabaseUnavailable while the store is restored.
 */
export async function isAdapted(
  on: Queryable,
  { system, timeline }: Timeline,
  known: Known | undefined,
): Promise<boolean> {
  const [stored] = await run(on, ADAPTED);
  if (stored?.isRestoring) throw new DatabaseUnavailable('the database is being restored');
  if (!known || stored?.system !== system || stored.timeline !== timeline) return false;
  // A process that knows a failover knows those before it.
  return stored.last ? known.has(stored.last) : known.size === 0;
}

/**
 * Adapts the store to the timeline of its server, in one transaction. A failover begins if the timeline has changed.
 * @param known failovers that this process knows. Undefined: the process begins.
 * @param self this process, if it submits messages.
 * @returns all failovers of the store.
 */
export async function adapt(
  on: Queryable,
  { system, timeline }: Timeline,
  known: Known | undefined,
  self: Self | undefined,
): Promise<Failover[]> {
  await on.query('begin');
  try {
    await run(on, FIRST, system, timeline);
    const [current] = await run(on, CURRENT);
    if (current?.system !== system || current.timeline !== timeline) await begin(on, { system, timeline });
    if (known && self) await run(on, ADD_SELF, [...known], self.process, self.host, self.pid);
    const failovers = await run(on, ALL);
    await on.query('commit');
    return failovers;
  } catch (error) {
    // The connection is closed after an error, which ends its transaction as well.
    await on.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function begin(tx: Queryable, { system, timeline }: Timeline): Promise<void> {
  await run(tx, CHANGE, system, timeline);
  await skipLostPositions(tx);
  const [failover] = await run(tx, BEGIN, timeline, ALIVE_MS);
  if (failover) await run(tx, ADD_PROCESSES, failover.id);
}

/** Failovers by their identities, as far as the store has them. */
export function failoversOf(db: Queryable, identities: Iterable<string>): Promise<Failover[]> {
  return run(db, OF, [...identities]);
}

export function witnessesOf(db: Queryable, failover: string): Promise<Witness[]> {
  return run(db, WITNESSES, failover);
}

/**
 * Whether the store seems to have all commits of a process: its last heartbeat is present and was replicated synchronously. Commits after
 * that heartbeat can be missing, if the promoted server was not the synchronous standby, or not the latest of several.
 */
export function hasHeartbeats(
  confirmed: Confirmed,
  witness: Witness | undefined,
  { completeUntil }: Failover,
): boolean {
  if (!witness || completeUntil === null) return false;
  const isPresent = witness.aliveUntil.getTime() >= confirmed.aliveUntil;
  return isPresent && witness.wasSynchronous && confirmed.asynchronousAt < completeUntil.getTime();
}

/** Stores what a process has found. */
export async function find(tx: Queryable, failover: string, process: string, finding: Finding): Promise<void> {
  await run(tx, FIND, failover, process, finding);
}

/** Marks the outbound jobs of submits that a process made before a failover. @returns number of jobs. */
export async function doubtSubmits(tx: Queryable, failover: string, left: Left, now: Date): Promise<number> {
  const count = await doubt(tx, left, now);
  if (count > 0) await run(tx, COUNT, failover, count);
  return count;
}

/** How a failover ended. `presumed`: some submits are unknown, so all jobs that were due count as carried out. */
export interface Closed {
  by: 'synchronous' | 'searched' | 'presumed';
  /** Number of messages whose submit is unknown. */
  doubted: number;
}

/** Closes a failover if the submits before it are known, or its time has passed. @returns undefined while it is open. */
export function settle(db: Db, failover: string): Promise<Closed | undefined> {
  return db.transaction(async (tx) => {
    const [open] = await run(tx, LOCK, failover);
    if (!open) return undefined;
    const by = verdict(await run(tx, WITNESSES, failover), open);
    if (!by) return undefined;
    if (by === 'presumed') {
      const moment = new Date(open.begunAt.getTime() + CLOCK_MARGIN_MS);
      const count = await doubtAll(tx, moment, open.begunAt);
      if (count > 0) await run(tx, COUNT, failover, count);
    }
    const [closed] = await run(tx, CLOSE, failover);
    return { by, doubted: closed?.doubted ?? 0 };
  }, 'endless');
}

interface Open {
  begunAt: Date;
  completeUntil: Date | null;
  ageMs: number;
}

/**
 * Whether commits may be missing, as far as the processes have testified. The mode of replication of a process without a finding is
 * trusted for a short time only.
 */
export function hasLoss(
  witnesses: readonly Pick<Witness, 'wasSynchronous' | 'finding'>[],
  { begunAt, completeUntil }: Pick<Open, 'begunAt' | 'completeUntil'>,
): boolean {
  const isRecent = completeUntil !== null && begunAt.getTime() - completeUntil.getTime() <= TRUSTED_MS;
  return witnesses.some(({ finding, wasSynchronous }) =>
    finding === null ? !(wasSynchronous && isRecent) : finding === 'SEARCHED',
  );
}

/** @returns how the failover ends now, or undefined. */
export function verdict(
  witnesses: readonly Pick<Witness, 'wasSynchronous' | 'finding'>[],
  { begunAt, completeUntil, ageMs }: Open,
): Closed['by'] | undefined {
  // Without processes, the state may be of any time.
  if (witnesses.length === 0) return 'presumed';
  if (witnesses.every(({ finding }) => finding === 'SYNCHRONOUS')) return 'synchronous';
  if (ageMs < NOTICE_MS) return undefined;
  if (witnesses.every(({ finding }) => finding === 'SEARCHED')) return 'searched';
  if (!hasLoss(witnesses, { begunAt, completeUntil })) return 'synchronous';
  return ageMs >= DEADLINE_MS ? 'presumed' : undefined;
}
