import { hostname } from 'node:os';
import type { Confirmed, Heartbeat } from '#cluster/heartbeat.ts';
import type { Admit, Db } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import type { Log } from '#platform/log.ts';
import { Loop } from '#platform/loop.ts';
import { doubtHeld } from '#queue/doubt.ts';
import type { Queue } from '#queue/queue.ts';
import type { Suspension } from '#queue/suspension.ts';
import {
  adapt,
  CLOCK_MARGIN_MS,
  type Closed,
  doubtSubmits,
  failoversSince,
  find,
  hasLoss,
  isAdapted,
  lostNothing,
  settle,
  witnessesOf,
} from './failovers.ts';
import { leftSince } from './journal.ts';
import type { Failover, Witness } from './sql.ts';

const TOPIC = 'failovers';
/** Interval of the steps while a failover is open, in milliseconds. */
const STEP_MS = 200;
/**
 * Time in milliseconds after which a process without a finding is dead: its heartbeat has ended, and it submits nothing. Longer
 * than a heartbeat.
 */
const DEAD_MS = 7_000;
/** Allowance in milliseconds for the clock difference between the servers of both timelines. */
const SEARCH_MARGIN_MS = 30_000;

export interface RecoveryParts {
  db: Db;
  clock: Clock;
  log: Log;
  heartbeat: Heartbeat;
  queue: Queue;
  suspension: Suspension;
  /** Directory of the journals. */
  directory: string;
  /** Whether this process submits messages. */
  isSender: boolean;
  /** Whether the journal of this process has every submit. */
  isJournalIntact(): boolean;
}

/**
 * Finds out after a failover which messages were submitted without a record. Until that is known, outbound jobs that were due wait.
 * Each process searches its own journal, and those of dead processes on its machine.
 */
export class Recovery {
  readonly #parts: RecoveryParts;
  readonly #loop: Loop;
  /** Number of the last failover that this process knows. */
  #known: number | undefined;
  /** Failovers during the life of this process, with its heartbeats before each. */
  readonly #own = new Map<number, Confirmed>();
  /** Failovers that this process has to close or to reconcile. */
  readonly #open = new Map<number, Failover>();

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    const onError = ({ message }: Error) => parts.log.warn({ event: 'failover_step_failed', reason: message });
    this.#loop = new Loop({ everyMs: STEP_MS, run: () => this.#step(), onError });
  }

  /** Admits a timeline, before any other statement on it. */
  readonly admit: Admit = async (timeline, on) => {
    const known = this.#known;
    if (await isAdapted(on, timeline, known)) return false;
    const { heartbeat, isSender } = this.#parts;
    const self = isSender ? { process: heartbeat.id, host: hostname(), pid: process.pid } : undefined;
    const { last, failovers } = await adapt(on, timeline, known, self);
    // No wait from here, so that no work of this process continues on the new timeline as if nothing had happened.
    this.#known = last;
    for (const failover of failovers) this.#open.set(failover.id, failover);
    if (known !== undefined) this.#interrupt(failovers.filter(({ id }) => id > known));
    this.#suspend();
    this.#loop.wake();
    return known !== undefined;
  };

  /** Ends the work of this process that has not left yet, and stops the release of its jobs. */
  #interrupt(failovers: readonly Failover[]): void {
    const { heartbeat, queue, log } = this.#parts;
    if (failovers.length === 0) return;
    const confirmed = heartbeat.interrupt();
    queue.pauseReclaim();
    for (const { id, begunAt } of failovers) {
      this.#own.set(id, confirmed);
      log.warn({ event: 'failover', id, begunAt });
    }
  }

  start(): void {
    this.#parts.db.onWake(TOPIC, () => this.#loop.wake());
    this.#loop.start();
    this.#loop.wake();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  #suspend(): void {
    const { suspension } = this.#parts;
    const open = [...this.#open.values()].filter(({ closedAt }) => closedAt === null);
    if (open.length === 0) {
      suspension.end();
      return;
    }
    const latest = Math.max(...open.map(({ begunAt }) => begunAt.getTime()));
    suspension.begin(new Date(latest + CLOCK_MARGIN_MS));
  }

  async #step(): Promise<void> {
    if (this.#open.size === 0) return;
    for (const failover of this.#open.values()) await this.#carryOut(failover);
    await this.#refresh();
  }

  async #carryOut(failover: Failover): Promise<void> {
    const { db, log } = this.#parts;
    if (failover.closedAt !== null) return this.#reconcile(failover);
    const closed = (await settle(db, failover.id)) ?? (await this.#testify(failover));
    if (!closed) return;
    log.warn({ event: 'failover_ended', id: failover.id, ...closed });
    db.wake(TOPIC);
  }

  /** Reads which failovers have been closed. */
  async #refresh(): Promise<void> {
    if (this.#open.size === 0) return;
    const first = Math.min(...this.#open.keys());
    for (const failover of await failoversSince(this.#parts.db, first - 1)) {
      if (this.#open.has(failover.id)) this.#open.set(failover.id, failover);
    }
    for (const [id, { closedAt }] of this.#open) if (closedAt && !this.#own.has(id)) this.#open.delete(id);
    this.#suspend();
  }

  /** Stores the findings of this process, and of dead processes whose journals it can read. */
  async #testify(failover: Failover): Promise<Closed | undefined> {
    const { heartbeat, db } = this.#parts;
    const witnesses = await witnessesOf(db, failover.id);
    const confirmed = this.#own.get(failover.id);
    const self = witnesses.find(({ process }) => process === heartbeat.id);
    if (self?.finding === null && confirmed && lostNothing(confirmed, self, failover)) {
      await find(db, failover.id, heartbeat.id, 'SYNCHRONOUS');
      self.finding = 'SYNCHRONOUS';
    }
    const isOwn = (witness: Witness) => witness === self && confirmed !== undefined;
    // This process has lost commits, although its row may say otherwise.
    const isOwnLost = self?.finding === null && confirmed !== undefined;
    if (isOwnLost || hasLoss(witnesses, failover)) {
      const searchable = witnesses.filter((witness) => isOwn(witness) || this.#isDead(witness, failover));
      for (const { process, finding } of searchable) if (finding !== 'SEARCHED') await this.#search(failover, process);
    }
    return settle(db, failover.id);
  }

  /** Whether the process submits nothing any more. */
  #isDead({ process: id, host, pid, finding }: Witness, { begunAt }: Failover): boolean {
    if (id === this.#parts.heartbeat.id || finding !== null) return false;
    return (host === hostname() && !exists(pid)) || this.#parts.clock.now() - begunAt.getTime() > DEAD_MS;
  }

  /** Marks the jobs of the submits in the journal of a process. A journal that does not reach back proves nothing. */
  async #search(failover: Failover, process: string): Promise<void> {
    const { db, clock } = this.#parts;
    const left = this.#submits(failover, process);
    if (!left) return;
    await db.transaction(async (tx) => {
      await doubtSubmits(tx, failover.id, left, new Date(clock.now()));
      await find(tx, failover.id, process, 'SEARCHED');
    }, 'endless');
  }

  #submits({ completeUntil }: Failover, process: string): Set<string> | undefined {
    const { directory, heartbeat, isJournalIntact } = this.#parts;
    if (completeUntil === null || (process === heartbeat.id && !isJournalIntact())) return undefined;
    return leftSince({ directory, process }, completeUntil.getTime() - SEARCH_MARGIN_MS);
  }

  /**
   * Marks the jobs that this process has carried out before the failover, and still holds because their record is missing. Waits for
   * work under earlier leases, which records its outcome itself.
   */
  async #reconcile(failover: Failover): Promise<void> {
    const { queue, heartbeat, db, log } = this.#parts;
    const confirmed = this.#own.get(failover.id);
    const lastLease = queue.quiescedUntil();
    if (!confirmed || lastLease === undefined) return;
    const [self] = (await witnessesOf(db, failover.id)).filter(({ process }) => process === heartbeat.id);
    const doubted = lostNothing(confirmed, self, failover)
      ? 0
      : await doubtHeld(db, this.#submits(failover, heartbeat.id), { holder: heartbeat.id, lastLease });
    if (doubted > 0) log.warn({ event: 'failover_held', id: failover.id, doubted });
    this.#own.delete(failover.id);
    this.#open.delete(failover.id);
    if (this.#own.size === 0) queue.resumeReclaim();
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
