import { hostname } from 'node:os';
import type { Clock } from '../clock.ts';
import { VERSION } from '../config.ts';
import type { Db } from '../db/db.ts';
import type { Ids } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Holder } from './job.ts';

/** A process that has not said for so long that it is alive is taken for dead, and what it held is free. */
export const ALIVE_MS = 6_000;
const RENEW_MS = 1_500;
/** Longer than this without an answer, and the store was away, perhaps for everybody. */
const BREAK_MS = 2 * RENEW_MS;
/** By so much the clocks of two processes may differ, and a submit may be late on its way out. */
const MARGIN_MS = 500;
/** Leases of processes that nobody knows any more: rare, and looking for them reads all jobs. */
const ORPHANS_EVERY_MS = 30_000;
/** After a burial they are looked for at each beat: some may have been locked. */
const MOURNING_MS = 60_000;

const RENEW = `
  insert into processes (id, host, pid, version, roles, started_at, alive_until, counters)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do update set
    alive_until = greatest(processes.alive_until, excluded.alive_until), counters = excluded.counters
  returning (select count(*)::int from processes p where 'outbound' = any(p.roles) and p.alive_until > $9) as senders`;

const BURY = 'delete from processes where id <> $1 and (alive_until <= $2 or $3) returning id';

const ELDEST = 'select id from processes where alive_until > $1 order by started_at, id limit 1';

/**
 * Its own statement, so that it sees what the dead have leased up to their end. Who stands still within a transaction has
 * locked some: they come back when PostgreSQL has ended that (db/server.ts), and the others don't wait for it.
 */
const FREE_JOBS = `
  update jobs j set leased_by = null, lease = null, interrupted = true
  from (
    select ctid as at, leased_by from jobs
    where leased_by is not null and not exists (select from processes p where p.id = jobs.leased_by)
    for update skip locked offset 0
  ) as orphan
  where j.ctid = orphan.at and j.leased_by = orphan.leased_by returning 1`;

const FREE_BINDS = `
  update binds set held_by = null
  where held_by is not null and not exists (select from processes p where p.id = binds.held_by) returning 1`;

export interface PresenceOptions {
  db: Db;
  clock: Clock;
  ids: Ids;
  log: Log;
  roles: readonly string[];
  /** What it has done since it began, and how its links are: what others may want to know of it. */
  counters?(): Promise<object>;
  /** Called at first, and after each time that it had not been alive. */
  onAlive(): void;
  /** Called when jobs or links have become free. */
  onFreed(): void;
}

/**
 * The one lease on which all others hang: that this process is alive. It says so again and again; and it buries whoever
 * has stopped to. Only who could reach the store all the while may say that another one is dead: after the store was away
 * for everybody, everybody has the time to come back.
 */
export class Presence implements Holder {
  readonly id: string;
  readonly #options: PresenceOptions;
  readonly #startedAt: number;
  #aliveUntil = 0;
  #life = 0;
  #senders = 1;
  /** When the store answered last, and since when it has without a break. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #steadySince = 0;
  #orphansAt = 0;
  #mourningUntil = 0;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.id = options.ids.next('prc');
    this.#startedAt = options.clock.now();
  }

  /** How often it has come to life. */
  get life(): number {
    return this.#life;
  }

  /** Live processes with the role `outbound`, at least 1, as the last beat had them. */
  get senders(): number {
    return this.#senders;
  }

  /** false: others may hold what this process has leased, or are about to. What is begun then may be begun twice. */
  alive(): boolean {
    return this.#options.clock.now() < this.#aliveUntil - MARGIN_MS;
  }

  /** Resolves when the store knows of this process: only then may it lease anything. */
  async start(): Promise<void> {
    await this.renew();
    // Nobody else can be at an embedded store, so whoever is in its books is gone.
    if (this.#options.db.kind === 'embedded') await this.#bury({ others: true });
    // Side by side: looking through a million jobs must not keep this process from saying that it lives.
    this.#timers.push(setInterval(() => this.#once('renew', () => this.renew()), RENEW_MS));
    this.#timers.push(setInterval(() => this.#once('bury', () => this.#buryDead()), RENEW_MS));
  }

  #once(what: string, work: () => Promise<void>): void {
    if (this.#running.has(what)) return;
    const run = work()
      .catch((error) => {
        this.#options.log.warn({ event: 'presence_failed', what, reason: (error as Error).message });
      })
      .finally(() => this.#running.delete(what));
    this.#running.set(what, run);
  }

  async renew(): Promise<void> {
    const { db, clock, roles } = this.#options;
    const counters = JSON.stringify((await this.#options.counters?.()) ?? null);
    const now = clock.now();
    const until = now + ALIVE_MS;
    const who = [this.id, hostname(), process.pid, VERSION, roles, new Date(this.#startedAt)];
    const [row] = await db.query<{ senders: number }>(RENEW, [...who, new Date(until), counters, new Date(now)]);
    this.#senders = Math.max(1, row?.senders ?? 0);
    if (this.#stopped) return;
    const answeredAt = clock.now();
    if (answeredAt - this.#answeredAt > BREAK_MS) this.#steadySince = answeredAt;
    this.#answeredAt = answeredAt;
    const lapsed = now >= this.#aliveUntil;
    if (lapsed) this.#life += 1;
    this.#aliveUntil = until;
    if (lapsed) this.#options.onAlive();
  }

  async #buryDead(): Promise<void> {
    const now = this.#options.clock.now();
    const steady = now - this.#answeredAt <= BREAK_MS && now - this.#steadySince >= ALIVE_MS;
    if (steady) await this.#bury({ others: false });
  }

  /** @param others whether there can't be any other process, whatever it said. */
  async #bury({ others }: { others: boolean }): Promise<void> {
    const { db, clock, log } = this.#options;
    const dead = await db.query<{ id: string }>(BURY, [this.id, new Date(clock.now()), others]);
    if (dead.length > 0) this.#mourningUntil = clock.now() + MOURNING_MS;
    if (clock.now() < this.#orphansAt && clock.now() >= this.#mourningUntil) return;
    // The links first: they are few, and everybody waits for them.
    const links = await free(db, FREE_BINDS);
    if (links > 0) this.#options.onFreed();
    const jobs = await free(db, FREE_JOBS);
    this.#orphansAt = clock.now() + ORPHANS_EVERY_MS;
    if (dead.length > 0) log.warn({ event: 'whodead', processes: dead.map(({ id }) => id), jobs, links });
    if (jobs > 0) this.#options.onFreed();
  }

  /** Whether it is the eldest of those that live: the one that does what one has to do for all. */
  async eldest(): Promise<boolean> {
    const { db, clock } = this.#options;
    const [first] = await db.query<{ id: string }>(ELDEST, [new Date(clock.now())]);
    return first?.id === this.id;
  }

  /** The last thing that a process does with the queue: what it still holds is free at once. */
  async stop(): Promise<void> {
    const { db, onFreed } = this.#options;
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running.values());
    this.#aliveUntil = 0;
    await db.query('delete from processes where id = $1', [this.id]);
    const freed = (await free(db, FREE_JOBS)) + (await free(db, FREE_BINDS));
    if (freed > 0) onFreed();
  }
}

/** It reads the whole table: no index tells what is leased, since that would cost each lease one. */
async function free(db: Db, sql: string): Promise<number> {
  return (await db.query(sql, [])).length;
}
