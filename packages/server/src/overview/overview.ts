import { LINKS, PROCESSES } from '../cluster/sql.ts';
import type { Db } from '../db/db.ts';
import { rowsAs, run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import type { Backlog, Depth } from '../queue/backlog.ts';
import { BASE_QUEUES, type BaseQueue } from '../queue/job.ts';
import type { Tally } from './tally.ts';

const SAMPLE_SECONDS = 5;
/** Number of samples, for one hour. */
const SAMPLES = 720;

const RATES = ['accepted', 'sent', 'delivered', 'failed', 'webhooksDelivered', 'webhooksFailed'] as const;

type Rates = Record<(typeof RATES)[number], number>;

/** Rates per second, and the backlog, at one moment. */
export interface Sample extends Rates {
  at: Date;
  /** Waiting jobs. */
  queued: Record<BaseQueue, number>;
  oldestSeconds: Record<'outbound' | 'webhooks', number>;
}

/** Submits to one carrier. */
export interface Submits {
  carrier: string;
  /** Segments accepted per second, between the last two samples. */
  perSecond: number;
  /** Segments by outcome, of the running processes, since their start. */
  outcomes: Record<string, number>;
}

export interface ProcessInfo {
  id: string;
  host: string;
  pid: number;
  version: string;
  roles: string[];
  startedAt: Date;
  aliveUntil: Date;
}

/** Counters that each process stores with its heartbeat (cluster/heartbeat.ts). */
type Counters = Omit<Tally, 'submits'> &
  Partial<Pick<Tally, 'submits'>> & { links?: { name: string; state: string }[] };
type ProcessRow = ProcessInfo & { counters: Counters | null };

const PROCESSES_WITH_COUNTERS = rowsAs<ProcessRow>()(PROCESSES);

export interface OverviewParts {
  db: Db;
  clock: Clock;
  log: Log;
  backlog: Backlog;
  /** Webhook endpoints: all, failing and disabled ones. */
  countEndpoints(): Promise<{ known: number; failing: number; disabled: number }>;
}

export type Overview = ReturnType<typeof createOverview>;

/**
 * Status of all processes of this store, now and over the last hour. Each process that serves the overview keeps its
 * own samples in memory.
 */
export function createOverview({ db, clock, log, backlog, countEndpoints }: OverviewParts) {
  const samples: Sample[] = [];
  let before = new Map<string, Counters>();
  let sampledAt = 0;
  let takenPerSecond = new Map<string, number>();

  async function sample(): Promise<void> {
    const rows = await run(db, PROCESSES_WITH_COUNTERS);
    const depths = await backlog.depths();
    const now = clock.now();
    const seconds = (now - sampledAt) / 1000;
    const counters = new Map(rows.flatMap(({ id, counters }) => (counters ? [[id, counters] as const] : [])));
    if (sampledAt > 0 && seconds > 0) {
      samples.push({ at: new Date(now), ...ratesOf(counters, before, seconds), ...waiting(depths) });
      takenPerSecond = takenBy(counters, before, seconds);
    }
    if (samples.length > SAMPLES) samples.shift();
    before = counters;
    sampledAt = now;
  }

  const loop = new Loop({
    everyMs: SAMPLE_SECONDS * 1000,
    run: sample,
    onError: ({ message }) => log.warn({ event: 'overview_failed', reason: message }),
  });

  return {
    async now() {
      const rows = await run(db, PROCESSES_WITH_COUNTERS);
      const links = await run(db, LINKS);
      const endpoints = await countEndpoints();
      const counters = rows.flatMap(({ counters }) => counters ?? []);
      return {
        now: new Date(clock.now()),
        sampleSeconds: SAMPLE_SECONDS,
        samples,
        totals: sums(counters),
        failures: failuresOf(counters),
        submits: submitsOf(counters, takenPerSecond),
        processes: rows.map(({ counters: _, ...process }) => process),
        carriers: links.map((link) => ({ ...link, state: stateOf(link, rows) })),
        endpoints,
      };
    },

    /** Segments that the carrier accepted per second, between the last two samples. */
    perSecondOf: (carrier: string): number => takenPerSecond.get(carrier) ?? 0,

    start(): void {
      loop.start();
      void loop.now();
    },

    stop: (): Promise<void> => loop.stop(),
  };
}

function sums(counters: readonly Counters[]): Rates {
  const total = (name: keyof Rates) => counters.reduce((sum, each) => sum + each[name], 0);
  return Object.fromEntries(RATES.map((name) => [name, total(name)])) as Rates;
}

type Read = (counters: Counters) => number;

/**
 * Rate between two samples. All counts of a new process are since the last sample. The last counts of an ended process
 * are lost.
 */
function perSecond(now: Map<string, Counters>, before: Map<string, Counters>, seconds: number, read: Read): number {
  const gained = [...now].map(([id, counters]) => {
    const earlier = before.get(id);
    return Math.max(0, read(counters) - (earlier ? read(earlier) : 0));
  });
  return Math.round((gained.reduce((sum, each) => sum + each, 0) / seconds) * 100) / 100;
}

function ratesOf(now: Map<string, Counters>, before: Map<string, Counters>, seconds: number): Rates {
  const rate = (name: keyof Rates) => perSecond(now, before, seconds, (counters) => counters[name]);
  return Object.fromEntries(RATES.map((name) => [name, rate(name)])) as Rates;
}

function takenBy(now: Map<string, Counters>, before: Map<string, Counters>, seconds: number): Map<string, number> {
  const taken =
    (carrier: string): Read =>
    (counters) =>
      counters.submits?.[carrier]?.['accepted'] ?? 0;
  return new Map(carriersOf([...now.values()]).map((name) => [name, perSecond(now, before, seconds, taken(name))]));
}

/** A process of the previous version has no counts per carrier. */
function carriersOf(counters: readonly Counters[]): string[] {
  return [...new Set(counters.flatMap(({ submits = {} }) => Object.keys(submits)))].toSorted();
}

function submitsOf(counters: readonly Counters[], taken: ReadonlyMap<string, number>): Submits[] {
  return carriersOf(counters).map((carrier) => {
    const outcomes: Record<string, number> = {};
    for (const { submits } of counters) {
      for (const [outcome, count] of Object.entries(submits?.[carrier] ?? {}))
        outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    }
    return { carrier, perSecond: taken.get(carrier) ?? 0, outcomes };
  });
}

function waiting(depths: readonly Depth[]): Pick<Sample, 'queued' | 'oldestSeconds'> {
  const of = (name: BaseQueue) => depths.find(({ queue }) => queue === name);
  const oldest = (name: BaseQueue) => of(name)?.oldestAgeSeconds ?? 0;
  const queued = BASE_QUEUES.map((name) => [name, of(name)?.depth ?? 0] as const);
  return {
    queued: Object.fromEntries(queued) as Sample['queued'],
    oldestSeconds: { outbound: oldest('outbound'), webhooks: oldest('webhooks') },
  };
}

function failuresOf(counters: readonly Counters[]): { code: string; count: number }[] {
  const byCode = new Map<string, number>();
  for (const { failures } of counters) {
    for (const [code, count] of Object.entries(failures)) byCode.set(code, (byCode.get(code) ?? 0) + count);
  }
  return [...byCode].map(([code, count]) => ({ code, count })).toSorted((a, b) => b.count - a.count);
}

function stateOf({ name, heldBy }: { name: string; heldBy: string | null }, rows: readonly ProcessRow[]): string {
  const holder = rows.find(({ id }) => id === heldBy);
  return holder?.counters?.links?.find((link) => link.name === name)?.state ?? 'free';
}
