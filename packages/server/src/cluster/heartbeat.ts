import { hostname } from 'node:os';
import { type Db, storableValue } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { VERSION } from '../platform/config.ts';
import type { Ids } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { Holder } from '../queue/job.ts';
import { EVICT, LEADER, LEAVE, RELEASE_JOBS, RELEASE_LINKS, RENEW } from './sql.ts';

/**
 * Lifetime of a heartbeat in milliseconds. A process without a newer heartbeat counts as dead, and its leases are
 * released.
 */
export const ALIVE_MS = 6_000;
const RENEW_MS = 1_500;
/** Time without a response, in milliseconds, that counts as an outage of the store, perhaps for all processes. */
const BREAK_MS = 2 * RENEW_MS;
/** Allowance in milliseconds for clock differences between processes, and for a submit that leaves late. */
const MARGIN_MS = 500;
/** Interval of searches for leases of unknown processes. Such leases are rare, and each search reads all jobs. */
const ORPHANS_EVERY_MS = 30_000;
/** Time after an eviction during which each run searches for such leases, because some rows may have been locked. */
const AFTER_EVICTION_MS = 60_000;

export interface HeartbeatOptions {
  db: Db;
  clock: Clock;
  ids: Ids;
  log: Log;
  roles: readonly string[];
  /** Called when jobs or links were released. */
  onFreed(): void;
}

/** Heartbeats of a process that the store has confirmed. Times in milliseconds since the epoch. */
export interface Confirmed {
  /** End of the last heartbeat. */
  aliveUntil: number;
  /** Time of the last heartbeat that was not replicated synchronously. */
  asynchronousAt: number;
}

/**
 * Heartbeat of this process, on which all its leases depend. Renews the heartbeat periodically, and evicts processes
 * without one. Only a process with an uninterrupted connection to the store may evict another one. After an outage of
 * the store, all processes therefore have time to return.
 */
export class Heartbeat implements Holder {
  readonly id: string;
  readonly #options: HeartbeatOptions;
  readonly #startedAt: number;
  #aliveUntil = 0;
  #epoch = 0;
  #senders = 1;
  /** Time of the last heartbeat that was not replicated synchronously. */
  #asynchronousAt = Number.NEGATIVE_INFINITY;
  /** Time of the last response of the store, and start of the period without an outage. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #steadySince = 0;
  #orphansAt = 0;
  #searchUntil = 0;
  readonly #reports: (() => Promise<object>)[] = [];
  readonly #aliveListeners: (() => void)[] = [];
  readonly #loops: Loop[] = [];
  #stopped = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.id = options.ids.next('prc');
    this.#startedAt = options.clock.now();
  }

  /** Adds counters to each heartbeat, which other processes may read. Counters of a later call replace equal names. */
  report(read: () => Promise<object>): void {
    this.#reports.push(read);
  }

  /** @param listener called after the first heartbeat, and whenever a new epoch begins. */
  onAlive(listener: () => void): void {
    this.#aliveListeners.push(listener);
  }

  /** Epoch of this process. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Live processes with the role `outbound` at the last heartbeat, at least 1. */
  get senders(): number {
    return this.#senders;
  }

  /**
   * Whether this process is alive. Otherwise other processes may take its leases, and work that begins may run twice.
   */
  alive(): boolean {
    return this.#options.clock.now() < this.#aliveUntil - MARGIN_MS;
  }

  /**
   * Begins a new epoch, because the store may have lost commits. Work under earlier leases must not begin any more.
   * @returns the heartbeats that the store has confirmed until now.
   */
  interrupt(): Confirmed {
    this.#epoch += 1;
    return { aliveUntil: this.#aliveUntil, asynchronousAt: this.#asynchronousAt };
  }

  /** Resolves when the store has the heartbeat. Only then may this process acquire leases. */
  async start(): Promise<void> {
    await this.renew();
    // Only one process can use an embedded store, so all other recorded processes are dead.
    if (this.#options.db.kind === 'embedded') await this.#evict({ others: true });
    // Separate loops, because a search through a million jobs must not delay the heartbeat.
    this.#loops.push(
      this.#loop('renew', () => this.renew()),
      this.#loop('evict', () => this.#evictDead()),
    );
    for (const loop of this.#loops) loop.start();
  }

  #loop(what: string, run: () => Promise<void>): Loop {
    const { log } = this.#options;
    const onError = ({ message }: Error) => log.warn({ event: 'heartbeat_failed', what, reason: message });
    return new Loop({ everyMs: RENEW_MS, run, onError });
  }

  /** Renews the heartbeat before its time, so that other processes see the current counters. */
  async now(): Promise<void> {
    await this.#loops[0]?.now();
  }

  async renew(): Promise<void> {
    const { db, clock, roles } = this.#options;
    // The reason of a link may quote a carrier. A character that the store does not accept would break every reader.
    const counters = JSON.stringify(storableValue(await this.#counters()));
    const now = clock.now();
    const until = now + ALIVE_MS;
    const who = [this.id, hostname(), process.pid, VERSION, roles, new Date(this.#startedAt)] as const;
    const [row] = await run(db, RENEW, ...who, new Date(until), counters, new Date(now));
    this.#senders = Math.max(1, row?.senders ?? 0);
    if (!row?.synchronous) this.#asynchronousAt = now;
    if (this.#stopped) return;
    const answeredAt = clock.now();
    if (answeredAt - this.#answeredAt > BREAK_MS) this.#steadySince = answeredAt;
    this.#answeredAt = answeredAt;
    const lapsed = now >= this.#aliveUntil;
    if (lapsed) this.#epoch += 1;
    this.#aliveUntil = until;
    if (!lapsed) return;
    for (const listener of this.#aliveListeners) listener();
  }

  async #counters(): Promise<object | null> {
    if (this.#reports.length === 0) return null;
    return Object.assign({}, ...(await Promise.all(this.#reports.map((read) => read()))));
  }

  async #evictDead(): Promise<void> {
    const now = this.#options.clock.now();
    const steady = now - this.#answeredAt <= BREAK_MS && now - this.#steadySince >= ALIVE_MS;
    if (steady) await this.#evict({ others: false });
  }

  /** @param others whether no other process can exist, regardless of its heartbeat. */
  async #evict({ others }: { others: boolean }): Promise<void> {
    const { db, clock, log } = this.#options;
    const dead = await run(db, EVICT, this.id, new Date(clock.now()), others);
    if (dead.length > 0) this.#searchUntil = clock.now() + AFTER_EVICTION_MS;
    if (clock.now() < this.#orphansAt && clock.now() >= this.#searchUntil) return;
    // Release links first, because they are few and all processes wait for them.
    const links = await released(db, RELEASE_LINKS);
    if (links > 0) this.#options.onFreed();
    const jobs = await released(db, RELEASE_JOBS);
    this.#orphansAt = clock.now() + ORPHANS_EVERY_MS;
    if (dead.length > 0) log.warn({ event: 'process_dead', processes: dead.map(({ id }) => id), jobs, links });
    if (jobs > 0) this.#options.onFreed();
  }

  /** Whether this process is the leader. Only the leader runs maintenance. */
  async isLeader(): Promise<boolean> {
    const { db, clock } = this.#options;
    const [first] = await run(db, LEADER, new Date(clock.now()));
    return first?.id === this.id;
  }

  /** Removes the heartbeat and releases all leases at once. Must be the last use of the queue by this process. */
  async stop(): Promise<void> {
    const { db, onFreed } = this.#options;
    this.#stopped = true;
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    this.#aliveUntil = 0;
    await run(db, LEAVE, this.id);
    const freed = (await released(db, RELEASE_JOBS)) + (await released(db, RELEASE_LINKS));
    if (freed > 0) onFreed();
  }
}

/** @returns number of released leases. Scans the table, because an index on leases would slow down every lease. */
async function released(db: Db, release: typeof RELEASE_JOBS): Promise<number> {
  return (await run(db, release)).length;
}
