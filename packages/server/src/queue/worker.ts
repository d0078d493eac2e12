import { setImmediate as nextTurn } from 'node:timers/promises';
import { persist } from '../db/batching/persist.ts';
import type { Db } from '../db/db.ts';
import type { Log } from '../platform/log.ts';
import type { Allowance, Claimed, Load } from './claim.ts';
import type { Claim } from './claimer.ts';
import type { QueueName } from './job.ts';
import type { DirectWorker, Queue, ReservedSlots } from './queue.ts';
import type { QueueShare } from './share.ts';

export interface WorkerOptions<Loaded> {
  db: Db;
  queue: Queue;
  log: Log;
  name: QueueName;
  /** Carrier to which the worker submits. Absent for other work. */
  carrier?: string;
  /**
   * Maximum number of running jobs. A claim takes only as many jobs as can start at once, because a claimed job must
   * not wait.
   */
  slots(): number;
  load: Load<Loaded>;
  /** Whether the worker accepts jobs of this process by direct dispatch. */
  direct?: boolean;
  /** Current allowance of each lane. Absent without limits. */
  allowance?: (() => Allowance) | undefined;
  /** Limits the number of jobs that begin while requests have priority. Absent without a limit. */
  share?: QueueShare | undefined;
  /**
   * Interval of polls without a wake-up, in milliseconds. Jittered by a fifth, so that processes do not poll in step.
   */
  pollMs: number;
  /** Settles when all jobs are recorded or released. `release` frees slots before that. */
  handle(claimed: Claimed<Loaded>[], release: (count: number) => void): Promise<void>;
  /** Called when no due job waits. */
  onDrained?(): void;
}

/** Poll interval in milliseconds while a lane has more due jobs than its pace allows. */
const PACED_POLL_MS = 100;
/** Poll interval in milliseconds while the worker share allows no job. */
const LIMITED_POLL_MS = 50;
/** Shortest poll interval in milliseconds before a scheduled job becomes due. */
const SHORTEST_POLL_MS = 10;
/** Delay in milliseconds before jobs of a failed handler are due again. A bug would mostly fail them again at once. */
const FAILED_MS = 5_000;

/** Claims from one queue on each wake-up and each poll, as long as slots are free. */
export class Worker<Loaded = unknown> implements DirectWorker<Loaded> {
  readonly #options: WorkerOptions<Loaded>;
  readonly #claim: (limit: number, allowance?: Allowance) => Promise<Claim<Loaded>>;
  readonly #running = new Set<Promise<void>>();
  readonly #giveUp = new AbortController();
  #busy = 0;
  /** Reserved slots of jobs that are being committed, each with a promise that resolves after the commit. */
  readonly #reserved = new Map<ReservedSlots, PromiseWithResolvers<void>>();
  /** Jobs dispatched directly during a claim, which start together with the claimed jobs. */
  readonly #deferred: Claimed<Loaded>[] = [];
  #onSettled: (() => void) | undefined;
  #claiming: Promise<void> | undefined;
  #isClaimUnderWay = false;
  #again = false;
  /** Whether no due job waits, by the latest claim of this process. Only then does direct dispatch overtake no job. */
  #drained = false;
  #overflows = 0;
  /** Whether due jobs wait for their pace. */
  #paced = false;
  /** Time in milliseconds from the last claim until a scheduled job becomes due. */
  #nextInMs = Number.POSITIVE_INFINITY;
  /** Whether due jobs may wait for the worker share. */
  #limited = false;
  #stopped = true;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => void = () => undefined;
  #withdraw: () => void = () => undefined;

  constructor(options: WorkerOptions<Loaded>) {
    const { queue, name, load, carrier } = options;
    this.#options = options;
    this.#claim = queue.claimer(name, load, carrier);
  }

  start(): void {
    const { db, queue, name, direct } = this.#options;
    this.#stopped = false;
    this.#unlisten = db.onWake(name, () => this.look());
    if (direct) this.#withdraw = queue.offer(name, this);
    this.look();
  }

  /** Claims due jobs now, or once more after the current claim. */
  look(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#claiming ??= this.#claimAll();
  }

  reserve(count: number): ReservedSlots {
    const isOpen = this.#drained && !this.#stopped;
    const granted = isOpen ? this.#take(Math.max(0, Math.min(count, this.#options.slots() - this.#busy))) : 0;
    const slots: ReservedSlots = { count: granted, isShort: granted < count };
    // Jobs without a slot wait in the queue. All later jobs wait behind them, until a claim has found the queue empty.
    if (slots.isShort) this.overflow();
    if (granted > 0) {
      this.#busy += granted;
      this.#reserved.set(slots, Promise.withResolvers());
    }
    return slots;
  }

  begin(claimed: Claimed<Loaded>[], slots: ReservedSlots): void {
    this.#busy -= slots.count - claimed.length;
    this.#reserved.get(slots)?.resolve();
    this.#reserved.delete(slots);
    this.#options.share?.settle(slots.count - claimed.length, !this.#drained);
    for (const one of claimed) one.direct = true;
    // A claim between the reservation and the commit has not seen the jobs without a slot.
    if (slots.isShort) this.overflow();
    if (this.#isClaimUnderWay) this.#deferred.push(...claimed);
    else if (claimed.length > 0) this.#run(claimed);
    if ((claimed.length < slots.count || slots.isShort) && !this.#drained) this.look();
    this.#settle();
  }

  async #claimAll(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#again && !this.#stopped) {
      // One claim fills all slots that become free in this turn of the event loop.
      await nextTurn();
      this.#again = false;
      await this.#claimOnce().catch((error) => {
        this.#options.log.error({ event: 'claim_failed', queue: this.#options.name, reason: (error as Error).message });
      });
    }
    this.#claiming = undefined;
    if (this.#stopped) return;
    const jitteredMs = this.#pollMs() * (0.8 + 0.4 * Math.random());
    this.#timer = setTimeout(() => this.look(), Math.min(jitteredMs, Math.max(this.#nextInMs, SHORTEST_POLL_MS)));
  }

  #pollMs(): number {
    const { pollMs: most } = this.#options;
    if (this.#limited) return Math.min(LIMITED_POLL_MS, most);
    return this.#paced ? Math.min(PACED_POLL_MS, most) : most;
  }

  /** @returns number of jobs that may begin now under the worker share, at most `wanted`. */
  #take(wanted: number): number {
    return wanted > 0 ? (this.#options.share?.take(wanted) ?? wanted) : 0;
  }

  async #claimOnce(): Promise<void> {
    const free = this.#options.slots() - this.#busy;
    if (free <= 0) {
      // Due jobs may wait, so direct dispatch must not overtake them into the next free slot.
      this.overflow();
      return;
    }
    // While no job is known to wait, half of the free slots stay available for direct dispatch.
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
      const { claimed, more, paced, nextInMs } = await this.#claim(limit, this.#options.allowance?.());
      this.#nextInMs = nextInMs ?? Number.POSITIVE_INFINITY;
      taken = claimed;
      this.#paced = paced;
      isBacklogged = more && !paced;
      // Jobs that overflowed during this claim may not have been visible to it.
      this.#drained = !more && !paced && overflows === this.#overflows;
      // An empty claim: other processes hold the remaining jobs. Do not retry at once.
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
      // One handler call for both, so that the handler gets all steps of a message together.
      const begun = merged(taken, this.#deferred.splice(0));
      if (begun.length > 0) this.#run(begun);
    }
  }

  /**
   * Resolves when the commits that were under way at the end of the claim have ended. A claim may return a later step
   * of a message whose earlier step is being committed under a lease of this process. After that commit, the earlier
   * step is in `#deferred`.
   */
  async #earlierSteps(claimed: readonly Claimed<Loaded>[]): Promise<void> {
    if (claimed.every(({ job }) => job.ordinal <= 1)) return;
    await Promise.all([...this.#reserved.values()].map(({ promise }) => promise));
  }

  /** Stops direct dispatch until a claim finds the queue empty. Called when jobs were released or have to wait. */
  overflow(): void {
    this.#drained = false;
    this.#overflows += 1;
  }

  /** @param jobs jobs that already occupy slots. */
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
        // The release failed. The jobs stay leased until this process stops or is evicted.
        () => undefined,
      )
      .finally(() => {
        this.#running.delete(run);
        release(held);
        this.#settle();
      });
    this.#running.add(run);
  }

  /** Releases the jobs as interrupted, because their progress was not recorded. */
  async #failed(claimed: Claimed<Loaded>[], error: unknown): Promise<void> {
    const { queue, name, log } = this.#options;
    log.error({ event: 'jobs_failed', queue: name, count: claimed.length, err: error });
    const jobs = claimed.map(({ job }) => job);
    // Recorded jobs are deleted or no longer leased, and stay unchanged. The release is repeated after any error,
    // because no other process takes jobs from a live process.
    const interrupt = () => queue.interrupt(jobs, FAILED_MS);
    await persist(interrupt, this.#giveUp.signal, () => true);
  }

  /** Stops claiming, and resolves when all running jobs have ended. `signal` ends retries with an unavailable store. */
  async stop(signal?: AbortSignal): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#unlisten();
    this.#withdraw();
    signal?.addEventListener('abort', () => this.#giveUp.abort(), { once: true });
    if (signal?.aborted) this.#giveUp.abort();
    // A claim or a commit under way may still bring leased jobs, which run as well.
    await this.#claiming;
    await new Promise<void>((resolve) => {
      this.#onSettled = resolve;
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#running.size === 0 && this.#reserved.size === 0) this.#onSettled?.();
  }
}

/**
 * Oldest first, by the ids of their messages. A claim that waited for the store may return jobs that were created after
 * the directly dispatched ones. The claim may also return an older job that returned to the queue meanwhile.
 */
function merged<Loaded>(taken: readonly Claimed<Loaded>[], direct: readonly Claimed<Loaded>[]): Claimed<Loaded>[] {
  if (direct.length === 0) return [...taken];
  const all = [...taken, ...direct];
  return all.toSorted(({ job: one }, { job: other }) => {
    if (one.subject === other.subject) return one.ordinal - other.ordinal;
    return one.subject < other.subject ? -1 : 1;
  });
}

/** Waits for all jobs of a claim, even when some fail. @throws the error of the first failed job. */
export async function allOf(jobs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(jobs)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
