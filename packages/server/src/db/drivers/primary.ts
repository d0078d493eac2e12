import pg from 'pg';
import type { Log } from '#platform/log.ts';
import { Loop } from '#platform/loop.ts';
import { roleOf, type ServerRole } from './role.ts';

/** Interval of the searches for a newer primary, in milliseconds. */
const WATCH_MS = 2_000;
/** Time for the response of one host, in milliseconds. */
const PROBE_MS = 2_000;
/** Time in milliseconds for which a failed search is not repeated. All requests fail meanwhile, at any rate of requests. */
const PAUSE_MS = 200;
/** SQLSTATE cannot_connect_now. Another server may be promoted in a moment. */
const NOT_NOW = '57P03';

/** A host of DATABASE_URL. */
export interface Host {
  /** Host and port, for logs and errors. */
  readonly name: string;
  readonly config: pg.ClientConfig;
  /** Name or address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
}

/** Connection that depends on the primary. */
export interface Dependent {
  /** Undefined before the primary is located. */
  readonly at: Host | undefined;
  /** Ends the connection at once. Statements under way fail. */
  drop(): void;
}

/**
 * Finds the primary among the hosts of DATABASE_URL. An isolated former primary may still accept writes, without knowledge of the
 * promotion of another server. The server with the newest timeline is therefore the primary.
 */
export class Primary {
  readonly #probes: readonly Probe[];
  readonly #log: Log;
  readonly #dependents = new Set<Dependent>();
  readonly #watch: Loop;
  #current: Host | undefined;
  #timeline = 0;
  #search: Promise<Host> | undefined;
  #failure: { error: Error; at: number } | undefined;

  constructor(hosts: readonly [Host, ...Host[]], log: Log) {
    this.#log = log;
    this.#probes = hosts.map((host) => new Probe(host));
    if (hosts.length === 1) this.#current = hosts[0];
    const onError = ({ message }: Error) => log.debug({ event: 'db_watch_failed', reason: message });
    this.#watch = new Loop({ everyMs: WATCH_MS, run: () => this.#look(), onError });
  }

  get #isAlone(): boolean {
    return this.#probes.length === 1;
  }

  /** Begins to look for a newer primary. */
  watch(): void {
    if (!this.#isAlone) this.#watch.start();
  }

  /** @throws an error with the code 57P03 if no host accepts writes. */
  async locate(): Promise<Host> {
    if (this.#current) return this.#current;
    if (this.#failure && performance.now() - this.#failure.at < PAUSE_MS) throw this.#failure.error;
    this.#search ??= this.#find().finally(() => {
      this.#search = undefined;
    });
    return this.#search;
  }

  /** Reports a host that does not respond or accepts no writes. The next connection searches for the primary. */
  lost(host: Host): void {
    if (!this.#isAlone && this.#current === host) this.#current = undefined;
  }

  /** Adds a connection, which ends when another host becomes the primary. */
  add(dependent: Dependent): void {
    this.#dependents.add(dependent);
  }

  remove(dependent: Dependent): void {
    this.#dependents.delete(dependent);
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
    await Promise.all(this.#probes.map((probe) => probe.stop()));
  }

  async #find(): Promise<Host> {
    const found = await this.#roles();
    const [newest] = found
      .filter(({ role }) => role && !role.isStandby)
      .toSorted((a, b) => (b.role?.timeline ?? 0) - (a.role?.timeline ?? 0));
    if (!newest) {
      const reasons = found.map(({ host, reason }) => `${host.name} ${reason}`).join(', ');
      const error = Object.assign(new Error(`no host accepts writes: ${reasons}`), { code: NOT_NOW });
      this.#failure = { error, at: performance.now() };
      throw error;
    }
    this.#failure = undefined;
    this.#become(newest.host, newest.role?.timeline ?? 0);
    return newest.host;
  }

  /** A former primary that is isolated keeps its connections. Those end when another host has been promoted. */
  async #look(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    const others = this.#probes.filter(({ host }) => host !== current);
    const promoted = (await this.#roles(others)).find(({ role }) => role && role.timeline > this.#timeline);
    if (promoted && this.#current === current) this.#become(promoted.host, promoted.role?.timeline ?? 0);
  }

  #become(host: Host, timeline: number): void {
    if (timeline < this.#timeline) {
      throw Object.assign(new Error(`${host.name} is behind a primary that was promoted later`), { code: NOT_NOW });
    }
    const isFirst = this.#timeline === 0;
    this.#current = host;
    this.#timeline = timeline;
    if (!isFirst) this.#log.warn({ event: 'db_primary', host: host.name, timeline });
    for (const dependent of [...this.#dependents]) if (dependent.at !== host) dependent.drop();
  }

  #roles(probes = this.#probes): Promise<{ host: Host; role?: ServerRole; reason: string }[]> {
    return Promise.all(
      probes.map(async (probe) => {
        try {
          const role = await probe.role();
          return { host: probe.host, role, reason: role.isStandby ? 'is a standby' : 'accepts writes' };
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          return { host: probe.host, reason: `does not respond (${message || code})` };
        }
      }),
    );
  }
}

/** One connection to a host, kept open, for questions about its role. */
class Probe {
  readonly host: Host;
  #client: Promise<pg.Client> | undefined;

  constructor(host: Host) {
    this.host = host;
  }

  /** @throws the error of the connection. */
  async role(): Promise<ServerRole> {
    this.#client ??= this.#connect();
    try {
      return await roleOf(await this.#client);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      ...this.host.config,
      application_name: 'redcloud-watch',
      connectionTimeoutMillis: PROBE_MS,
      query_timeout: PROBE_MS,
    });
    client.on('error', () => void this.stop());
    await client.connect();
    return client;
  }

  async stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // A host that does not respond is not waited for.
    await client?.then((open) => void open.end().catch(() => undefined)).catch(() => undefined);
  }
}
