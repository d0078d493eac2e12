import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Confirmed, Heartbeat } from '#cluster/heartbeat.ts';
import { type Admit, DatabaseUnavailable, type Db } from '#db/db.ts';
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
  failoversOf,
  find,
  hasHeartbeats,
  hasLoss,
  isAdapted,
  type Known,
  settle,
  witnessesOf,
} from './failovers.ts';
import type { HoldWatch } from './hold.ts';
import { journalsIn, type Left, leftSince } from './journal.ts';
import { ownerState } from './journal-owner.ts';
import type { Failover, Witness } from './sql.ts';
import { refuseOlder, remember } from './timeline-memory.ts';

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
  holdWatch: HoldWatch;
  /** File with the timelines that this machine has used. */
  memory: string;
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
  /** Failovers that this process knows. */
  #known: Known | undefined;
  /** Failovers during the life of this process by identity, with its heartbeats before each. */
  readonly #own = new Map<string, Confirmed>();
  /** Failovers that this process has to close or to reconcile, by identity. */
  readonly #open = new Map<string, Failover>();
  /** Failovers for which this process has examined the journals of ended processes. */
  readonly #examined = new Set<string>();

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
    const onError = (error: Error) => {
      // A change of the primary interrupts steps.
      const level = error instanceof DatabaseUnavailable ? 'debug' : 'warn';
      parts.log[level]({ event: 'failover_step_failed', reason: error.message });
    };
    this.#loop = new Loop({ everyMs: STEP_MS, run: () => this.#step(), onError });
  }

  /** Admits a timeline, before any other statement on it. */
  readonly admit: Admit = async (timeline, on) => {
    const known = this.#known;
    if (await isAdapted(on, timeline, known)) return false;
    const { heartbeat, isSender, holdWatch, memory, log } = this.#parts;
    const self = isSender ? { process: heartbeat.id, host: hostname(), pid: process.pid } : undefined;
    const failovers = await adapt(on, timeline, known, self);
    if (known === undefined) refuseOlder(memory, timeline, failovers);
    remember(memory, timeline, failovers, log);
    await holdWatch.look(on);
    // No wait from here, so that no work of this process continues on the new timeline as if nothing had happened.
    const news = known ? failovers.filter(({ identity }) => !known.has(identity)) : [];
    this.#known = new Set(failovers.map(({ identity }) => identity));
    for (const failover of failovers) {
      if (failover.closedAt === null || news.includes(failover)) this.#open.set(failover.identity, failover);
    }
    this.#interrupt(news);
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
    for (const { id, identity, begunAt } of failovers) {
      this.#own.set(identity, confirmed);
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
    const closed = (await settle(db, failover.identity)) ?? (await this.#testify(failover));
    if (!closed) return;
    log.warn({ event: 'failover_ended', id: failover.id, ...closed });
    db.wake(TOPIC);
  }

  /** Reads which failovers have been closed. */
  async #refresh(): Promise<void> {
    const asked = [...this.#open.keys()];
    if (asked.length === 0) return;
    const found = new Map((await failoversOf(this.#parts.db, asked)).map((one) => [one.identity, one]));
    for (const identity of asked) {
      const failover = found.get(identity);
      // The store has lost the failover in a later one, which this process knows as well.
      if (!failover) this.#forget(identity);
      else if (failover.closedAt && !this.#own.has(identity)) this.#open.delete(identity);
      else this.#open.set(identity, failover);
    }
    this.#suspend();
  }

  /** Stores the findings of this process, and of dead processes whose journals it can read. */
  async #testify(failover: Failover): Promise<Closed | undefined> {
    const { heartbeat, db } = this.#parts;
    const witnesses = await witnessesOf(db, failover.identity);
    const confirmed = this.#own.get(failover.identity);
    const self = witnesses.find(({ process }) => process === heartbeat.id);
    await this.#examineJournals(failover, witnesses);
    if (self?.finding === null && confirmed && hasHeartbeats(confirmed, self, failover)) {
      // Commits after the last heartbeat can be missing.
      const hasLost = await this.#search(failover, heartbeat.id, 'only a loss');
      self.finding = hasLost ? 'SEARCHED' : 'SYNCHRONOUS';
      if (!hasLost) await find(db, failover.identity, heartbeat.id, 'SYNCHRONOUS');
    }
    const isOwn = (witness: Witness) => witness === self && confirmed !== undefined;
    // This process has lost commits, although its row may say otherwise.
    const isOwnLost = self?.finding === null && confirmed !== undefined;
    if (isOwnLost || hasLoss(witnesses, failover)) {
      const searchable = witnesses.filter((witness) => isOwn(witness) || this.#isDead(witness, failover));
      for (const { process, finding } of searchable) if (finding !== 'SEARCHED') await this.#search(failover, process);
    }
    return settle(db, failover.identity);
  }

  /**
   * Looks for lost commits in the journals of ended processes, although the mode of replication promises that there are none: a restore
   * to a point in time, or a standby that was not synchronous. A journal with an attempt that the store lacks proves a loss.
   * The process itself does the same before it states that it has lost nothing.
   */
  async #examineJournals(failover: Failover, witnesses: readonly Witness[]): Promise<void> {
    const { directory, heartbeat } = this.#parts;
    if (this.#examined.has(failover.identity)) return;
    const searched = new Set(witnesses.filter(({ finding }) => finding === 'SEARCHED').map(({ process }) => process));
    for (const process of journalsIn(directory)) {
      if (process === heartbeat.id || searched.has(process)) continue;
      if (ownerState(join(directory, process)) === 'ended') await this.#search(failover, process, 'only a loss');
    }
    this.#examined.add(failover.identity);
  }

  /** Whether the process submits nothing any more. */
  #isDead({ process: id, isAlive, finding }: Witness, { begunAt }: Failover): boolean {
    if (id === this.#parts.heartbeat.id || finding !== null) return false;
    if (ownerState(join(this.#parts.directory, id)) === 'ended') return true;
    return !isAlive && this.#parts.clock.now() - begunAt.getTime() > DEAD_MS;
  }

  /**
   * Marks the jobs of the submits in the journal of a process. A journal that does not reach back proves nothing.
   * @param report undefined: the search is a finding also if nothing was lost.
   * @returns whether commits were lost.
   */
  async #search(failover: Failover, process: string, report?: 'only a loss'): Promise<boolean> {
    const { db, clock } = this.#parts;
    const left = this.#submits(failover, process);
    if (!left) return false;
    return db.transaction(async (tx) => {
      const doubted = await doubtSubmits(tx, failover.identity, left, new Date(clock.now()));
      if (doubted > 0 || !report) await find(tx, failover.identity, process, 'SEARCHED');
      return doubted > 0;
    }, 'endless');
  }

  #submits({ completeUntil }: Failover, process: string): Left | undefined {
    const { directory, heartbeat, isJournalIntact } = this.#parts;
    const isTrusted = process === heartbeat.id ? isJournalIntact() : ownerState(join(directory, process)) !== 'unknown';
    if (completeUntil === null || !isTrusted) return undefined;
    return leftSince({ directory, process }, completeUntil.getTime() - SEARCH_MARGIN_MS);
  }

  /**
   * Marks the jobs that this process has carried out before the failover, and still holds because their record is missing. Waits for
   * work under earlier leases, which records its outcome itself.
   */
  async #reconcile(failover: Failover): Promise<void> {
    const { queue, heartbeat, db, log } = this.#parts;
    const confirmed = this.#own.get(failover.identity);
    const lastLease = queue.quiescedUntil();
    if (!confirmed || lastLease === undefined) return;
    const [self] = (await witnessesOf(db, failover.identity)).filter(({ process }) => process === heartbeat.id);
    const left = this.#submits(failover, heartbeat.id);
    // Without a journal, only the heartbeats tell.
    const isComplete = !left && hasHeartbeats(confirmed, self, failover);
    const doubted = isComplete ? 0 : await doubtHeld(db, left, { holder: heartbeat.id, lastLease });
    if (doubted > 0) log.warn({ event: 'failover_held', id: failover.id, doubted });
    this.#forget(failover.identity);
  }

  #forget(identity: string): void {
    this.#open.delete(identity);
    const isLast = this.#own.delete(identity) && this.#own.size === 0;
    if (isLast) this.#parts.queue.resumeReclaim();
  }
}
