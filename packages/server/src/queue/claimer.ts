import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import {
  type Allowance,
  type Claimed,
  type Cursor,
  type Load,
  ROUND,
  type Round,
  readTurn,
  type Turn,
  WIDE_ROUND,
} from './claim.ts';
import { MOST_WOKEN, type QueueStatements, statementsOf } from './claim-sql.ts';
import type { Holder, QueueName } from './job.ts';
import type { Leases } from './leases.ts';
import type { Suspension } from './suspension.ts';

/** Minimum interval, in milliseconds, at which a claimer wakes scheduled jobs that have become due. */
const WAKE_MS = 100;

/** Jobs of one claim, with their loaded data. */
export interface Claim<Loaded> {
  claimed: Claimed<Loaded>[];
  /** Whether more jobs may be due than this claim took. */
  more: boolean;
  /** Whether due jobs wait for their pace. */
  paced: boolean;
  /** Time in milliseconds until a scheduled job becomes due. Undefined: none is scheduled. */
  nextInMs?: number;
}

/** A claim that must not take any job now. */
const NOTHING = { claimed: [], more: true, paced: false };

export interface ClaimerParts {
  db: Db;
  clock: Clock;
  holder: Holder;
  leases: Leases;
  suspension: Suspension;
}

/**
 * Leases due jobs of one queue by fair scheduling. Claims serve clients in turn, and the lanes of each client in turn.
 * Each lane yields its oldest jobs first, up to its allowance.
 */
export class Claimer<Loaded> {
  readonly #parts: ClaimerParts;
  readonly #statements: QueueStatements;
  readonly #load: Load<Loaded>;
  readonly #carrier: string | null;
  #cursor: Cursor = { client: '', lanes: {} };
  #wokenAt = Number.NEGATIVE_INFINITY;
  /** Time at which the next scheduled job becomes due, as of the last wake-up. */
  #nextAt = Number.POSITIVE_INFINITY;

  /** @param carrier carrier of the attempts that begin with the claim. Null for other work. */
  constructor(
    parts: ClaimerParts,
    { queue, load, carrier }: { queue: QueueName; load: Load<Loaded>; carrier: string | null },
  ) {
    this.#parts = parts;
    this.#statements = statementsOf(queue);
    this.#load = load;
    this.#carrier = carrier;
  }

  /** Leases up to `limit` jobs, and loads their data right after the commit. */
  async claim(limit: number, allowance?: Allowance): Promise<Claim<Loaded>> {
    const { holder, leases, suspension } = this.#parts;
    const mayClaim = () => holder.alive() && !(this.#carrier !== null && suspension.stopsClaims);
    if (!mayClaim()) return NOTHING;
    await leases.settleDoubts();
    await this.#wakeDue();
    // A failover may have begun meanwhile. From here, a change of the server fails the claim.
    if (!mayClaim()) return NOTHING;
    const lease = leases.open();
    try {
      let { jobs, more, paced } = await this.#turn(lease, limit, allowance, ROUND);
      if (jobs.length === 0 && more) ({ jobs, more, paced } = await this.#turn(lease, limit, allowance, WIDE_ROUND));
      if (jobs.length === 0) leases.close(lease);
      const loaded = jobs.length > 0 ? await this.#load(jobs) : [];
      return { claimed: jobs.map((job, i) => ({ job, loaded: loaded[i] as Loaded })), more, paced, ...this.#next() };
    } catch (error) {
      leases.doubt(lease);
      throw error;
    }
  }

  async #wakeDue(): Promise<void> {
    const { db, clock } = this.#parts;
    const now = clock.now();
    if (Math.abs(now - this.#wokenAt) < WAKE_MS) return;
    const [{ woken, nextAt } = { woken: 0, nextAt: null }] = await run(db, this.#statements.wake, new Date(now));
    if (woken < MOST_WOKEN) this.#wokenAt = now;
    this.#nextAt = nextAt?.getTime() ?? Number.POSITIVE_INFINITY;
  }

  #next(): { nextInMs?: number } {
    if (this.#nextAt === Number.POSITIVE_INFINITY) return {};
    return { nextInMs: Math.max(this.#nextAt, this.#wokenAt + WAKE_MS) - this.#parts.clock.now() };
  }

  async #turn(lease: number, limit: number, allowance: Allowance | undefined, round: Round): Promise<Turn> {
    const { db, clock, holder } = this.#parts;
    const { lanes = {}, others = null } = allowance ?? {};
    const rows = await run(
      db,
      this.#statements.claim,
      new Date(clock.now()),
      limit,
      holder.id,
      lease,
      this.#cursor.client,
      JSON.stringify(this.#cursor.lanes),
      JSON.stringify(lanes),
      others,
      round.clients,
      round.lanesPerClient,
      this.#carrier,
    );
    const taken = readTurn(rows, lease, { limit, round, allowance }, this.#cursor);
    this.#cursor = taken.cursor;
    return taken;
  }
}
