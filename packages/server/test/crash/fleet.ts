import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs } from '../../../../bench/leftovers.ts';
import { Member } from './member.ts';
import { Network } from './network.ts';
import type { Fault } from './points.ts';

export const OPERATOR = 'test-operator-token';

export interface MemberSpec {
  name: string;
  /** Default: all roles. */
  roles?: string;
  /** Whether the process reaches PostgreSQL through the proxy of the servers. */
  isProxied?: boolean;
  /** Checkout whose program runs. Default: this one. */
  checkout?: string;
  faults?: readonly Fault[];
}

export interface FleetOptions {
  databaseUrl: string;
  /** The same database through a proxy. */
  proxiedUrl: string | undefined;
  directory: string;
  /** Whether each member has a separate network to PostgreSQL. */
  networks: boolean;
}

const START_TRIES = 20;

/** Several Red Cloud processes on one store, restarted when they end, as an operator runs them. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #specs = new Map<string, MemberSpec>();
  readonly #current = new Map<string, Member>();
  readonly #networks = new Map<string, Network>();
  /** All members ever started. */
  readonly all: Member[] = [];
  /** Output of failed starts: an error message for the operator, or the stack of a bug. */
  readonly failedStarts: string[] = [];
  #armed = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    endWithUs(() => {
      for (const { child } of this.all) child.kill('SIGKILL');
    });
  }

  /**
   * Starts a new member, or restarts an ended one. Faults are not kept for later restarts. Retries as a supervisor
   * would.
   */
  async start(spec: MemberSpec): Promise<Member> {
    this.#specs.set(spec.name, { ...spec, faults: [] });
    for (let tries = 1; ; tries += 1) {
      const member = await this.#spawn(spec);
      try {
        await member.listening;
        return member;
      } catch (error) {
        this.failedStarts.push((error as Error).message);
        if (tries >= START_TRIES) throw error;
        await delay(500);
      }
    }
  }

  /** Enables the faults. */
  arm(): void {
    this.#armed = true;
    for (const member of this.live) member.arm();
  }

  /** Restarts `name` with the same settings, but without its former faults. */
  again(name: string, faults: readonly Fault[] = []): Promise<Member> {
    return this.start({ ...this.#spec(name), faults });
  }

  /** Restarts `name` with the program of this checkout. */
  upgrade(name: string): Promise<Member> {
    const { checkout: _, ...spec } = this.#spec(name);
    return this.start(spec);
  }

  member(name: string): Member {
    const member = this.#current.get(name);
    if (!member) throw new Error(`no process is named ${name}`);
    return member;
  }

  get names(): string[] {
    return [...this.#specs.keys()];
  }

  network(name: string): Network {
    const network = this.#networks.get(name);
    if (!network) throw new Error(`${name} has no own network`);
    return network;
  }

  get networks(): Network[] {
    return [...this.#networks.values()];
  }

  get live(): Member[] {
    return [...this.#current.values()].filter(({ isGone }) => !isGone);
  }

  /** URLs for send requests. Includes stopped processes, because senders cannot distinguish them. */
  urls(): string[] {
    return [...this.#current].flatMap(([name, { url }]) =>
      url && (this.#specs.get(name)?.roles ?? 'api').includes('api') ? [url] : [],
    );
  }

  /** The member that is bound to the carrier, according to its log. */
  bound(): Member | undefined {
    const last = (member: Member) =>
      member.lines.findLast(({ event }) => /^link_(held|lost|released)$/.test(event))?.event === 'link_held';
    return this.live.find((member) => !member.stopped && last(member));
  }

  /** @returns a message for each member that did not exit with status 0. */
  async stop(): Promise<string[]> {
    const ends = await Promise.all(
      this.live.map(async (member) => {
        if (member.stopped) member.resume();
        return { name: member.name, code: await member.terminate() };
      }),
    );
    return ends.filter(({ code }) => code !== 0).map(({ name, code }) => `${name} stopped with ${code ?? 'SIGKILL'}`);
  }

  async end(): Promise<void> {
    await Promise.all(this.live.map((member) => member.kill()));
    await Promise.all(this.networks.map((network) => network.end()));
  }

  #spec(name: string): MemberSpec {
    const spec = this.#specs.get(name);
    if (!spec) throw new Error(`no process was named ${name}`);
    return spec;
  }

  async #spawn({ name, roles, isProxied, checkout, faults = [] }: MemberSpec): Promise<Member> {
    const { directory, databaseUrl, proxiedUrl } = this.#options;
    const env = {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      DATABASE_URL: await this.#way(name, isProxied && proxiedUrl ? proxiedUrl : databaseUrl),
      RC_DATA_DIR: join(directory, 'data'),
      RC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      RC_ADMIN_TOKEN: OPERATOR,
      RC_WEBHOOK_RETRY_SCHEDULE: '1,1,2,2,5,5,10',
      // Webhook receivers of the customers.
      RC_WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      ...(roles ? { RC_ROLES: roles } : {}),
    };
    const logFile = join(directory, 'logs', `${name}.ndjson`);
    const member = new Member({ name, checkout, env, faults, armed: this.#armed, logFile });
    this.all.push(member);
    this.#current.set(name, member);
    return member;
  }

  /** URL of PostgreSQL for a member. */
  async #way(name: string, databaseUrl: string): Promise<string> {
    if (!this.#options.networks) return databaseUrl;
    const network = this.#networks.get(name) ?? (await Network.to(databaseUrl));
    this.#networks.set(name, network);
    return network.url;
  }
}
