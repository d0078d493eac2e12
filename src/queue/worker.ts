import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from '../db/db.ts';
import { persist } from '../db/persist.ts';
import type { Log } from '../log.ts';
import type { Allowance, Claimed, Load } from './claim.ts';
import type { QueueName } from './job.ts';
import type { Claim, DirectWorker, Queue, Room } from './queue.ts';
import type { QueueShare } from './share.ts';

export interface WorkerOptions<Loaded> {
  db: Db;
  queue: Queue;
  log: Log;
  name: QueueName;
  /** Jobs under way at once. Never more are claimed than can start at once: a claimed job must not wait. */
  slots(): number;
  load: Load<Loaded>;
  /** Whether it takes jobs straight from whoever makes them in this process. */
  direct?: boolean;
  /** What each lane may be given now; absent: whatever there is room for. */
  allowance?: (() => Allowance) | undefined;
  /** Limits how many jobs begin while requests have priority; absent: no limit. */
  share?: QueueShare | undefined;
  /** How often to look without having been woken; jittered by a fifth, so that processes don't march in step. */
  pollMs: number;
  /** Settles when all the jobs are recorded or given back. It may free its slots before, with `release`. */
  handle(claimed: Claimed<Loaded>[], release: (count: number) => void): Promise<void>;
  /** Called when nothing that is due waits. */
  onDrained?(): void;
}

/** How often to look while a lane has more than its pace allows. */
const PACED_POLL_MS = 100;
/** Time until a worker that its share does not let begin anything asks again. */
const LIMITED_POLL_MS = 50;
/** A bug that ends a job will mostly end it again: not at once, at least. */
const FAILED_MS = 5_000;

/** Claims from one queue whenever it is woken or the poll is due, as long as slots are free. */
export class Worker<Loaded = unknown> implements DirectWorker<Loaded> {
  readonly #options: WorkerOptions<Loaded>;
  readonly #claim: (limit: number, allowance?: Allowance) => Promise<Claim<Loaded>>;
  readonly #running = new Set<Promise<void>>();
  readonly #giveUp = new AbortController();
  #busy = 0;
  /** Room that is kept for jobs that are being committed, with a function to call when that has ended. */
  readonly #rooms = new Map<Room, PromiseWithResolvers<void>>();
  /** Jobs that were begun directly while a claim was under way. They start with what the claim brings. */
  readonly #deferred: Claimed<Loaded>[] = [];
  #onSettled: (() => void) | undefined;
  #claiming: Promise<void> | undefined;
  #isClaimUnderWay = false;
  #again = false;
  /** Nothing that is due waits, as far as this process knows: then nobody is overtaken by what comes straight. */
  #drained = false;
  #overflows = 0;
  /** Something waits for its pace. */
  #paced = false;
  /** Something may wait for the worker's share. */
  #limited = false;
  #stopped = true;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => void = () => undefined;
  #withdraw: () => void = () => undefined;

  constructor(options: WorkerOptions<Loaded>) {
    const { queue, name, load } = options;
    this.#options = options;
    this.#claim = queue.claimer(name, load);
  }

  start(): void {
    const { db, queue, name, direct } = this.#options;
    this.#stopped = false;
    this.#unlisten = db.onWake(name, () => this.look());
    if (direct) this.#withdraw = queue.offer(name, this);
    this.look();
  }

  /** Looks for due jobs now, or once more if it is looking already. */
  look(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#claiming ??= this.#claimAll();
  }

  reserve(count: number): Room {
    const isOpen = this.#drained && !this.#stopped;
    const granted = isOpen ? this.#take(Math.max(0, Math.min(count, this.#options.slots() - this.#busy))) : 0;
    const room: Room = { count: granted, isShort: granted < count };
    // Jobs without room wait in the queue, and until a claim has found that empty, all later jobs wait behind them.
    if (room.isShort) this.overflow();
    if (granted > 0) {
      this.#busy += granted;
      this.#rooms.set(room, Promise.withResolvers());
    }
    return room;
  }

  begin(claimed: Claimed<Loaded>[], room: Room): void {
    this.#busy -= room.count - claimed.length;
    this.#rooms.get(room)?.resolve();
    this.#rooms.delete(room);
    this.#options.share?.settle(room.count - claimed.length, !this.#drained);
    for (const one of claimed) one.direct = true;
    // A claim between the reservation and the commit has not seen the jobs without room.
    if (room.isShort) this.overflow();
    if (this.#isClaimUnderWay) this.#deferred.push(...claimed);
    else if (claimed.length > 0) this.#run(claimed);
    if ((claimed.length < room.count || room.isShort) && !this.#drained) this.look();
    this.#settle();
  }

  async #claimAll(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#again && !this.#stopped) {
      // What frees its slots in this turn of the event loop is filled again by one claim.
      await nextTurn();
      this.#again = false;
      await this.#claimOnce().catch((error) => {
        this.#options.log.error({ event: 'claim_failed', queue: this.#options.name, reason: (error as Error).message });
      });
    }
    this.#claiming = undefined;
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.look(), this.#pollMs() * (0.8 + 0.4 * Math.random()));
  }

  #pollMs(): number {
    const { pollMs: most } = this.#options;
    if (this.#limited) return Math.min(LIMITED_POLL_MS, most);
    return this.#paced ? Math.min(PACED_POLL_MS, most) : most;
  }

  /** @returns how many of so many jobs may begin now by the worker's share. */
  #take(wanted: number): number {
    return wanted > 0 ? (this.#options.share?.take(wanted) ?? wanted) : 0;
  }

  async #claimOnce(): Promise<void> {
    const free = this.#options.slots() - this.#busy;
    if (free <= 0) {
      // Something may wait, so nothing must come straight past it into the next free slot.
      this.overflow();
      return;
    }
    // While nothing is known to wait, half of the slots stay with what comes straight.
    const limit = this.#take(this.#drained ? Math.ceil(free / 2) : free);
    this.#limited = limit === 0;
    if (this.#limited) {
      this.overflow();
      return;
    }
    this.#busy += limit;
    let taken: Claimed<Loaded>[] = [];
    let isBacklogged = false;
    this.#isClaimUnderWay = true;
    try {
      const overflows = this.#overflows;
      const { claimed, more, paced } = await this.#claim(limit, this.#options.allowance?.());
      taken = claimed;
      this.#paced = paced;
      isBacklogged = more && !paced;
      // What found no room meanwhile may not have been there for this claim to see.
      this.#drained = !more && !paced && overflows === this.#overflows;
      // Without a single one there is nothing to be had now, whoever has the rest.
      this.#again ||= more && claimed.length > 0;
      if (this.#drained) this.#options.onDrained?.();
      await this.#earlierSteps(claimed);
    } catch (error) {
      this.#drained = false;
      throw error;
    } finally {
      this.#isClaimUnderWay = false;
      this.#busy -= limit - taken.length;
      this.#options.share?.settle(limit - taken.length, isBacklogged);
      // In one run, so that the handler sees the steps of a message together, whichever way they came.
      const begun = [...taken, ...this.#deferred.splice(0)];
      if (begun.length > 0) this.#run(begun);
    }
  }

  /**
   * A claim may bring a later step of a message than one that is being committed under a lease of this process. Resolves when
   * the commits that were under way at the end of the claim have ended: then their jobs are deferred.
   */
  async #earlierSteps(claimed: readonly Claimed<Loaded>[]): Promise<void> {
    if (claimed.every(({ job }) => job.ordinal <= 1)) return;
    await Promise.all([...this.#rooms.values()].map(({ promise }) => promise));
  }

  /** Something was given back, or waits: nothing more must come straight past it. */
  overflow(): void {
    this.#drained = false;
    this.#overflows += 1;
  }

  /** @param jobs take up slots already. */
  #run(jobs: Claimed<Loaded>[]): void {
    let held = jobs.length;
    const release = (count: number) => {
      const freed = Math.min(count, held);
      held -= freed;
      this.#busy -= freed;
      if (freed > 0 && !this.#drained) this.look();
    };
    const { handle, queue } = this.#options;
    const run: Promise<void> = handle(jobs, release)
      .catch((error) => this.#failed(jobs, error))
      .then(
        () => queue.settled(jobs),
        // Still held, with nobody to say how far it came: that is for whoever finds this process gone.
        () => undefined,
      )
      .finally(() => {
        this.#running.delete(run);
        release(held);
        this.#settle();
      });
    this.#running.add(run);
  }

  /** Not recorded, so how far they came is not known: they are claimed again as interrupted ones. */
  async #failed(claimed: Claimed<Loaded>[], error: unknown): Promise<void> {
    const { queue, name, log } = this.#options;
    log.error({ event: 'jobs_failed', queue: name, count: claimed.length, err: error });
    const jobs = claimed.map(({ job }) => job);
    // Those that were recorded are gone, or are nobody's, and stay as they are. Whatever keeps it from being said: it is
    // said again, since nobody else takes a job from a process that lives.
    const interrupt = () => queue.interrupt(jobs, FAILED_MS);
    await persist(interrupt, this.#giveUp.signal, () => true);
  }

  /** Claims no more, and resolves when what runs has ended. `signal` ends the patience with a store out of reach. */
  async stop(signal?: AbortSignal): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#unlisten();
    this.#withdraw();
    signal?.addEventListener('abort', () => this.#giveUp.abort(), { once: true });
    if (signal?.aborted) this.#giveUp.abort();
    // A claim under way may still bring jobs: they are leased by then, and are carried out as well. So may a commit.
    await this.#claiming;
    await new Promise<void>((resolve) => {
      this.#onSettled = resolve;
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#running.size === 0 && this.#rooms.size === 0) this.#onSettled?.();
  }
}

/** Waits for all jobs of a claim, also when some fail. @throws the first one's error. */
export async function allOf(jobs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(jobs)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
