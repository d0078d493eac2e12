import pg from 'pg';
import type { Log } from '#platform/log.ts';
import { Loop } from '#platform/loop.ts';
import { TOO_MANY_CONNECTIONS } from './patience.ts';
import { areRivals, roleOf, type ServerRole } from './role.ts';

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

/** State of a host. */
interface Found {
  host: Host;
  /** Undefined: the host does not respond. */
  role?: ServerRole;
  /** Why the host is not used, for the error. */
  reason: string;
  /** SQLSTATE or code of Node. Undefined: the host responds. */
  code?: string | undefined;
}

/**
 * Finds the primary among the hosts of DATABASE_URL. An isolated former primary may still accept writes, without knowledge of the
 * promotion of another server. The server with the newest timeline is therefore the primary. Between rivals, only an operator can
 * decide. Processes that used different ones would send messages twice.
 */
export class Primary {
  readonly #probes: readonly Probe[];
  readonly #log: Log;
  readonly #dependents = new Set<Dependent>();
  readonly #watch: Loop;
  #current: Host | undefined;
  /** The current or last primary, and its role when it was found. */
  #last: Host | undefined;
  #role: ServerRole | undefined;
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

  /** @throws an error with the code 57P03 if no host accepts writes, or 53300 if one of them has no free connection. */
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
    try {
      const { host, role } = newestOf(await this.#roles());
      this.#become(host, role);
      this.#failure = undefined;
      return host;
    } catch (error) {
      this.#failure = { error: error as Error, at: performance.now() };
      throw error;
    }
  }

  /** A former primary that is isolated keeps its connections. Those end when another host has been promoted. */
  async #look(): Promise<void> {
    const current = this.#current;
    const mine = this.#role;
    if (!current || !mine) {
      // Connections to a former primary may remain, although one of them has failed.
      await this.locate();
      return;
    }
    const others = await this.#roles(this.#probes.filter(({ host }) => host !== current));
    if (this.#current !== current) return;
    const rival = others.find(({ role }) => role && areRivals(mine, role));
    const promoted = others.find(({ role }) => role && isAfter(role, mine));
    if (rival) this.#leave(current, rival.host);
    else if (promoted?.role) this.#become(promoted.host, promoted.role);
  }

  /** Uses neither of two rivals. The next search names them, unless one of them has ended. */
  #leave(current: Host, rival: Host): void {
    this.#log.error({ event: 'db_two_primaries', hosts: [current.name, rival.name] });
    this.#current = undefined;
    for (const dependent of [...this.#dependents]) dependent.drop();
  }

  #become(host: Host, role: ServerRole): void {
    const last = this.#role;
    if (last && isAfter(last, role)) throw notNow(`${host.name} is behind a primary that was promoted later`);
    this.#current = host;
    this.#role = role;
    const isOther = this.#last !== host || last?.timeline !== role.timeline;
    this.#last = host;
    if (last && isOther) this.#log.warn({ event: 'db_primary', host: host.name, timeline: role.timeline });
    for (const dependent of [...this.#dependents]) if (dependent.at !== host) dependent.drop();
  }

  #roles(probes = this.#probes): Promise<Found[]> {
    return Promise.all(
      probes.map(async (probe) => {
        try {
          const role = await probe.role();
          return { host: probe.host, role, reason: role.isStandby ? 'is a standby' : 'accepts writes' };
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          return { host: probe.host, reason: `does not respond (${message || code})`, code };
        }
      }),
    );
  }
}

/** @throws an error with the code 57P03 if no host accepts writes, or if it is unknown which one is the primary. */
function newestOf(found: readonly Found[]): { host: Host; role: ServerRole } {
  const writable = found.flatMap(({ host, role }) => (role && !role.isStandby ? [{ host, role }] : []));
  const [newest, ...others] = writable.toSorted((a, b) => b.role.timeline - a.role.timeline);
  if (!newest) {
    const reasons = found.map(({ host, reason }) => `${host.name} ${reason}`).join(', ');
    const isExhausted = found.some(({ code }) => code === TOO_MANY_CONNECTIONS);
    throw notNow(`no host accepts writes: ${reasons}`, isExhausted ? TOO_MANY_CONNECTIONS : NOT_NOW);
  }
  const rival = others.find(({ role }) => areRivals(newest.role, role));
  if (rival) {
    throw notNow(
      `${newest.host.name} and ${rival.host.name} both accept writes, and neither was promoted after the other one. ` +
        'Stop the server whose data are to be discarded',
    );
  }
  return newest;
}

/** Whether a server was promoted after the other one. */
function isAfter(one: ServerRole, other: ServerRole): boolean {
  return one.timeline > other.timeline;
}

function notNow(message: string, code = NOT_NOW): Error {
  return Object.assign(new Error(message), { code });
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
