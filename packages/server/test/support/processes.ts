import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, vi } from 'vitest';
import { ALIVE_MS, Heartbeat } from '#cluster/heartbeat.ts';
import { DatabaseUnavailable, type Db, type Queryable } from '#db/db.ts';
import type { Clock } from '#platform/clock.ts';
import { createIds } from '#platform/ids.ts';
import { createLog } from '#platform/log.ts';
import { type Job, OUTBOUND } from '#queue/job.ts';
import { Queue } from '#queue/queue.ts';
import { TestClock } from './clock.ts';
import { loadNothing } from './holder.ts';
import { ownStores } from './own-store.ts';

/** Heartbeat interval in milliseconds. */
export const BEAT_MS = 1_500;
/** Maximum time in milliseconds from the last heartbeat of a process to the release of its leases. */
export const TAKEN_OVER_MS = ALIVE_MS + BEAT_MS;

/** A process at the common store, even if that is embedded. In production, an embedded store has only one process. */
export class Process {
  readonly heartbeat: Heartbeat;
  readonly queue: Queue;
  /** Number of calls of `onAlive` and `onFreed`. */
  readonly calls = { alive: 0, freed: 0 };
  #away = false;
  #busy = 0;
  #intercepted: { pattern: RegExp; before(): Promise<void> } | undefined;

  constructor(on: Db, kind: Db['kind'], clock: Clock) {
    const db = this.#steered(on, kind);
    this.heartbeat = new Heartbeat({
      db,
      clock,
      ids: createIds(clock),
      log: createLog('silent'),
      roles: ['api', 'outbound'],
      onFreed: () => {
        this.calls.freed += 1;
      },
    });
    this.heartbeat.onAlive(() => {
      this.calls.alive += 1;
    });
    this.queue = new Queue({ db, clock, holder: this.heartbeat });
  }

  /** Makes the store unavailable for this process. */
  cut(): void {
    this.#away = true;
  }

  restore(): void {
    this.#away = false;
  }

  /** Number of statements under way. */
  busy(): number {
    return this.#busy;
  }

  /** Calls `before` ahead of each matching statement, to delay or reject it. */
  intercept(pattern: RegExp, before: () => Promise<void>): void {
    this.#intercepted = { pattern, before };
  }

  #steered(on: Db, kind: Db['kind']): Db {
    const { query } = this.#intercepting(on);
    return {
      kind,
      query: ((sql: string, params?: readonly unknown[]) => this.#count(() => query(sql, params))) as Db['query'],
      transaction: (work) => this.#count(() => on.transaction((tx) => work(this.#intercepting(tx)))),
      wake: () => undefined,
      onWake: () => () => undefined,
      close: async () => undefined,
    };
  }

  #intercepting(on: Queryable): Queryable {
    return {
      query: async (sql: string, params?: readonly unknown[]) => {
        if (this.#intercepted?.pattern.test(sql)) await this.#intercepted.before();
        return on.query(sql, params);
      },
    } as Queryable;
  }

  async #count<T>(work: () => Promise<T>): Promise<T> {
    if (this.#away) throw new DatabaseUnavailable('out of reach');
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }
}

export const idOf = ({ heartbeat }: Process) => heartbeat.id;

/**
 * Registers the hooks of a test file about processes with heartbeats. Each test begins without processes, jobs and
 * links. Processes of a test are stopped at its end. Time passes only on request of the test, for the clock and for the
 * timers of processes.
 * @returns access to the store, and tools to start processes and to let time pass.
 */
export function withProcesses() {
  const opened = ownStores(3);
  const db = () => opened()[0] as Db;
  const processes: Process[] = [];
  let clock: TestClock;

  beforeEach(async () => {
    await db().query('truncate jobs, processes, binds');
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    clock = new TestClock();
    processes.length = 0;
  });
  afterEach(async () => {
    for (const one of processes) one.restore();
    await Promise.all(processes.map(({ heartbeat }) => heartbeat.stop()));
    vi.useRealTimers();
  });

  function createProcess(kind: Db['kind'] = 'server'): Process {
    const on = opened()[processes.length % opened().length] as Db;
    const created = new Process(on, kind, clock);
    processes.push(created);
    return created;
  }

  async function startProcess(kind?: Db['kind']): Promise<Process> {
    const created = createProcess(kind);
    await created.heartbeat.start();
    return created;
  }

  /** Resolves when no process has a statement under way. */
  async function settled(): Promise<void> {
    do await nextTurn();
    while (processes.some((one) => one.busy() > 0));
  }

  /** Lets time pass in small steps. In each step, all processes do their due work. */
  async function elapse(ms: number, then: () => void | Promise<void> = () => undefined): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      vi.advanceTimersByTime(Math.min(left, 250));
      await settled();
      await then();
    }
  }

  async function add(count: number): Promise<void> {
    const runAt = new Date(clock.now() - 1);
    const of = { client: 'client', lane: 'lane', ordinal: OUTBOUND, runAt };
    const queue = new Queue({ db: db(), clock, holder: { id: 'prc_none', epoch: 1, alive: () => true } });
    await queue.add(
      db(),
      'outbound',
      Array.from({ length: count }, (_, i) => ({ ...of, subject: `msg_${i}` })),
    );
  }

  async function claim({ queue }: Process, limit = 100): Promise<Job[]> {
    const { claimed } = await queue.claimer('outbound', loadNothing)(limit);
    return claimed.map(({ job }) => job);
  }

  async function bind(holder: string | null): Promise<void> {
    await db().query(`insert into binds (carrier, link, held_by) values ('carrier', 1, $1)`, [holder]);
  }

  const known = async () =>
    (await db().query<{ id: string }>('select id from processes order by id', [])).map(({ id }) => id);
  const bound = async () =>
    (await db().query<{ heldBy: string }>('select held_by as "heldBy" from binds', []))[0]?.heldBy;
  const leased = async () =>
    (await db().query<{ by: string }>('select leased_by as by from jobs where leased_by is not null', [])).map(
      ({ by }) => by,
    );

  return {
    db,
    clock: () => clock,
    /** Processes that the running test has created. */
    processes,
    createProcess,
    startProcess,
    settled,
    elapse,
    add,
    claim,
    bind,
    known,
    bound,
    leased,
  };
}
