import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readCarrier } from './books.ts';
import { Cluster, type Servers } from './cluster.ts';
import { createCustomers } from './customers.ts';
import { Fleet, type MemberSpec } from './fleet.ts';
import type { Member } from './member.ts';
import { Patroni } from './patroni.ts';
import type { Fired } from './points.ts';
import { Random } from './random.ts';
import { Receiver } from './receiver.ts';
import { Replicas } from './replicas.ts';
import { Senders } from './senders.ts';
import { countParked, countUnfinished, readWork } from './store.ts';

export interface ArenaOptions {
  servers: Servers;
  members: readonly MemberSpec[];
  networks: boolean;
  later: readonly number[];
  /** Whether the servers can lose commits. */
  isLossy: boolean;
  seed: number;
  /** Operations per second. */
  rate: number;
}

/** Timeout in milliseconds. Longer than any recovery. */
const PATIENCE_MS = 60_000;
const QUIET_MS = 75_000;
/** Time that the carrier has for further receipts after all other work is done. */
const REPORTS_MS = 15_000;

/** Environment of a scenario: all participants, with methods to disturb them and to wait for them. */
export class Arena {
  readonly servers: Servers;
  readonly directory: string;
  readonly databaseUrl: string;
  readonly fleet: Fleet;
  readonly senders: Senders;
  readonly receiver: Receiver;
  readonly random: Random;
  /** Additional lines for the report, besides the verdict. */
  readonly notes: string[] = [];
  readonly problems: string[] = [];
  loadFrom = 0;
  loadTo = 0;
  readonly #isLossy: boolean;

  private constructor(
    parts: Pick<Arena, 'servers' | 'directory' | 'databaseUrl' | 'fleet' | 'senders' | 'receiver' | 'random'>,
    isLossy: boolean,
  ) {
    this.#isLossy = isLossy;
    ({
      servers: this.servers,
      directory: this.directory,
      databaseUrl: this.databaseUrl,
      fleet: this.fleet,
      senders: this.senders,
      receiver: this.receiver,
      random: this.random,
    } = parts);
  }

  /** The only PostgreSQL server. */
  get cluster(): Cluster {
    if (this.servers instanceof Cluster) return this.servers;
    throw new Error('the scenario has several servers');
  }

  /** The primary and its standby. */
  get replicas(): Replicas {
    if (this.servers instanceof Replicas) return this.servers;
    throw new Error('the scenario has one server');
  }

  get patroni(): Patroni {
    if (this.servers instanceof Patroni) return this.servers;
    throw new Error('Patroni does not manage the servers');
  }

  /** Starts all participants and waits until the first sends are accepted. The first member is bound to the carrier. */
  static async open({ servers, members, networks, later, isLossy, seed, rate }: ArenaOptions): Promise<Arena> {
    const directory = mkdtempSync(join(tmpdir(), 'redcloud-crash-'));
    for (const name of ['data', 'logs']) mkdirSync(join(directory, name));
    const databaseUrl = await servers.database();
    const receiver = await Receiver.start({ file: join(directory, 'receiver.ndjson'), secrets: {}, seed });
    const fleet = new Fleet({ databaseUrl, proxiedUrl: servers.proxied?.(databaseUrl), directory, networks });
    try {
      const [first, ...others] = members;
      if (first) await fleet.start(first);
      await Promise.all(others.map((spec) => fleet.start(spec)));
      const customers = await createCustomers(fleet.urls()[0] as string, receiver.url);
      await receiver.knows(Object.fromEntries(customers.map((one) => [one.clientId, one.webhookSecret])));
      const senders = new Senders({ urls: () => fleet.urls(), customers, seed, rate, later, isLossy });
      const random = new Random(seed ^ 0x5eed);
      const arena = new Arena({ servers, directory, databaseUrl, fleet, senders, receiver, random }, isLossy);
      senders.start();
      await within(PATIENCE_MS, 'the first sends to be accepted', senders.until(10));
      arena.loadFrom = Date.now();
      fleet.arm();
      return arena;
    } catch (error) {
      await fleet.end();
      await receiver.end();
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async stopLoad(): Promise<void> {
    this.loadTo = Date.now();
    await this.senders.stop();
  }

  /**
   * Resolves when the fault of `name` has fired.
   * @throws if it does not fire, because points.ts no longer matches the statement.
   */
  async fired(name: string): Promise<Fired & { member: Member; at: number }> {
    const member = this.fleet.member(name);
    const fired = await within(PATIENCE_MS, `the fault of ${name} to fire`, member.fired);
    return { ...fired, member, at: member.firedAt as number };
  }

  /** Resolves when the carrier has accepted a submit after this time. @returns the delay in seconds. */
  async handedOver(after: number): Promise<number> {
    const deadline = Date.now() + 3 * PATIENCE_MS;
    for (;;) {
      const first = readCarrier(this.directory).taken.find(({ at }) => at > after);
      if (first) return (first.at - after) / 1000;
      if (Date.now() > deadline) throw new Error(`no segment was submitted for ${(3 * PATIENCE_MS) / 1000} s`);
      await delay(100);
    }
  }

  /** Resolves when no work remains. @returns work that remained at the end of the timeout. */
  async quiet(): Promise<string[]> {
    const deadline = Date.now() + QUIET_MS;
    let reportsUntil = Number.POSITIVE_INFINITY;
    for (;;) {
      // Read the carrier before the store, because receipts create jobs, and jobs create no receipts.
      const { taken, done } = readCarrier(this.directory);
      const reported = taken.every(({ carrierRef }) => done.has(carrierRef));
      const left = await this.#left().catch((error) => [`the store cannot be queried: ${(error as Error).message}`]);
      if (left.length > 0) reportsUntil = Number.POSITIVE_INFINITY;
      else if (reportsUntil === Number.POSITIVE_INFINITY) reportsUntil = Date.now() + REPORTS_MS;
      if (left.length === 0 && (reported || Date.now() > reportsUntil)) return [];
      if (Date.now() > deadline) return left;
      await delay(250);
    }
  }

  async #left(): Promise<string[]> {
    const [jobs, processes] = await readWork(this.servers, this.databaseUrl);
    const working = jobs.filter(({ queue, leasedBy }) => queue !== 'outcomes' || leasedBy !== null);
    const living = new Set(this.fleet.live.map(({ pid }) => pid));
    const dead = processes.filter(({ pid }) => !living.has(pid));
    const unfinished = await countUnfinished(this.servers, this.databaseUrl, this.#isLossy);
    const parked = await countParked(this.servers, this.databaseUrl);
    return [
      ...(working.length > 0 ? [`${working.length} jobs, such as ${JSON.stringify(working[0])}`] : []),
      ...dead.map(({ id, pid }) => `process ${id} (${pid}) is dead, but not evicted`),
      ...(unfinished > 0 ? [`${unfinished} messages are not finished`] : []),
      ...(parked > 0 ? [`${parked} receipts are parked although their segment is recorded`] : []),
    ];
  }

  /** @param keep whether to keep ledgers and logs for inspection. */
  async close(keep: boolean): Promise<void> {
    await this.fleet.end();
    await this.receiver.end();
    if (!keep) rmSync(this.directory, { recursive: true, force: true });
  }
}

async function within<T>(ms: number, what: string, awaited: Promise<T>): Promise<T> {
  const late = new AbortController();
  const tooLate = delay(ms, undefined, { signal: late.signal }).then(
    () => {
      throw new Error(`waited ${ms / 1000} s for ${what}`);
    },
    () => undefined as never,
  );
  try {
    return await Promise.race([awaited, tooLate]);
  } finally {
    late.abort();
  }
}
