import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Arena } from './arena.ts';
import { readCarrier, readReceiver } from './books.ts';
import { Cluster, type ClusterOptions, noOwnDisk, type Servers } from './cluster.ts';
import type { MemberSpec } from './fleet.ts';
import { type Excuses, type Findings, judge } from './judge.ts';
import { noPatroni, Patroni } from './patroni.ts';
import { Random } from './random.ts';
import { Replicas, type Replication } from './replicas.ts';
import { readStore } from './store.ts';

/** A failure scenario under load. */
export interface Scenario {
  name: string;
  /** Processes of the scenario. Default: three with all roles. */
  members?: readonly MemberSpec[] | ((random: Arena['random']) => readonly MemberSpec[]);
  /** Settings of a separate PostgreSQL server, for scenarios that disturb the whole server. */
  cluster?: ClusterOptions;
  /** A primary and a standby of its own, for scenarios that change the primary. */
  replication?: Replication;
  /** Whether Patroni manages the servers. */
  patroni?: boolean;
  /** Whether each process reaches PostgreSQL through a network that can be disturbed. */
  networks?: boolean;
  /** Whether the members begin with the program of CRASH_BASE, the checkout of a previous version. */
  upgrades?: boolean;
  excuses?: Partial<Excuses>;
  /** Operations per second, if different from the default. */
  rate?: number;
  /** Retryable statuses, besides 202. */
  later?: readonly number[];
  /** Maximum pause between submits in seconds, if the scenario guarantees one. */
  pauseAtMost?: number;
  run(arena: Arena): Promise<void>;
}

export interface Verdict extends Findings {
  scenario: string;
  seed: number;
  seconds: number;
  /** Longest pause between submits under load, in seconds. */
  pause: number;
  /** Longest time from acceptance of a message to its final status, in seconds. */
  slowest: number;
  answers: Record<string, number>;
  notes: string[];
}

export interface RunOptions {
  /** For scenarios without a separate cluster. */
  cluster: Cluster;
  seed: number;
  rate: number;
  /** Whether to keep ledgers and logs after a failure. */
  keep?: boolean;
}

const THREE: readonly MemberSpec[] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
const LATER = [429, 502, 503];

/** @returns the reason why the scenario cannot run on this machine, or undefined. */
export function impossible({ cluster, upgrades, patroni }: Scenario): string | undefined {
  if (upgrades && !process.env['CRASH_BASE']) return 'CRASH_BASE names no checkout of a previous version';
  if (patroni) return noPatroni();
  return cluster?.diskMiB ? noOwnDisk() : undefined;
}

export function isGood({ lost, doubled, problems }: Verdict): boolean {
  return lost.length + doubled.length + problems.length === 0;
}

/** Runs a scenario and returns its verdict. Ends everything that it started. */
export async function run(scenario: Scenario, options: RunOptions): Promise<Verdict> {
  const { seed } = options;
  const startedAt = Date.now();
  const cluster = await serversOf(scenario, options.cluster);
  let arena: Arena | undefined;
  let keep = false;
  try {
    const { members = THREE, networks = false, later = LATER, rate = options.rate } = scenario;
    const random = new Random(seed);
    const specs = typeof members === 'function' ? members(random) : members;
    const isLossy = scenario.excuses?.lossy ?? false;
    arena = await Arena.open({ servers: cluster, members: specs, networks, later, isLossy, seed, rate });
    const harmed = await scenario.run(arena).then(
      () => [],
      (error) => [`the scenario failed: ${(error as Error).message}`],
    );
    if (!cluster.running) await cluster.up();
    await arena.stopLoad();
    const left = await arena.quiet();
    const findings = await verdictOf(scenario, arena, [...harmed, ...left.map((what) => `never quiet: ${what}`)]);
    const verdict = { ...findings, seed, seconds: since(startedAt) };
    keep = options.keep === true && !isGood(verdict);
    if (keep) verdict.notes.push(`kept: ${arena.directory}`);
    return verdict;
  } finally {
    await arena?.close(keep);
    if (cluster !== options.cluster) await cluster.end();
  }
}

async function serversOf({ cluster, replication, patroni }: Scenario, shared: Cluster): Promise<Servers> {
  if (patroni) return Patroni.start();
  if (replication) return Replicas.start(replication);
  return cluster ? Cluster.start(cluster) : shared;
}

async function verdictOf(
  scenario: Scenario,
  arena: Arena,
  before: string[],
): Promise<Omit<Verdict, 'seed' | 'seconds'>> {
  const { fleet, senders, servers, databaseUrl, directory } = arena;
  const stored = await readStore(servers, databaseUrl);
  const unclean = await fleet.stop();
  const carrier = readCarrier(directory);
  const findings = judge({
    accepted: senders.accepted,
    stored,
    carrier,
    received: readReceiver(directory),
    members: fleet.all,
    excuses: { unknown: false, store: false, stale: false, lossy: false, ...scenario.excuses },
  });
  const pause = longestPause(
    carrier.taken.map(({ at }) => at),
    arena.loadFrom,
    arena.loadTo,
  );
  const tooLong =
    scenario.pauseAtMost !== undefined && pause > scenario.pauseAtMost
      ? [`no segment was submitted for ${pause} s, more than ${scenario.pauseAtMost} s`]
      : [];
  const finished = stored.messages.flatMap(({ createdAt, finishedAt }) =>
    finishedAt ? [finishedAt.getTime() - createdAt.getTime()] : [],
  );
  // Without the store a process cannot start. The process logs one line and exits, and its supervisor restarts it.
  const starts = fleet.failedStarts.filter((text) => !scenario.excuses?.store || /\n\s+at /.test(text));
  const problems = [
    ...before,
    ...starts,
    ...arena.problems,
    ...senders.problems,
    ...unclean,
    ...tooLong,
    ...findings.problems,
  ];
  const bad = [...findings.lost, ...findings.doubled, ...problems];
  return {
    ...findings,
    problems: [...problems, ...linesAbout(bad, directory)],
    scenario: scenario.name,
    pause,
    slowest: Math.max(0, ...finished) / 1000,
    answers: Object.fromEntries(senders.answers),
    notes: [...arena.notes, ...fleet.failedStarts.map((text) => `a start failed: ${text.slice(0, 200)}`)],
  };
}

/** Log lines of all processes about the first message with a problem. */
function linesAbout(bad: readonly string[], directory: string): string[] {
  const id = bad.map((text) => /msg_[0-9A-Z]{26}/.exec(text)?.[0]).find((found) => found !== undefined);
  if (!id) return [];
  const logs = join(directory, 'logs');
  const lines = readdirSync(logs).flatMap((name) =>
    readFileSync(join(logs, name), 'utf8')
      .split('\n')
      .filter((line) => line.includes(id))
      .map((line) => `${name}: ${line}`),
  );
  return lines.slice(0, 20).map((line) => `  log of ${line}`);
}

function longestPause(times: readonly number[], from: number, to: number): number {
  const within = [from, ...times.filter((at) => at >= from && at <= to).sort((a, b) => a - b), to];
  return Math.max(0, ...within.slice(1).map((at, i) => at - (within[i] as number))) / 1000;
}

function since(startedAt: number): number {
  return Math.round((Date.now() - startedAt) / 100) / 10;
}
