import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../crash/random.ts';
import { type RedCloudProcess, startProcess } from '../support/process.ts';
import type { TestStore } from '../support/store.ts';
import type { Fault } from './faulty-network.ts';
import type { Accepted, MockVendor } from './mock-vendor.ts';

/** Share of submits with each fault. All other submits succeed. A submit that stalls holds its slot for 30 seconds. */
const SHARES: Readonly<Partial<Record<Fault, number>>> = {
  cutBefore: 0.06,
  stallBefore: 0.003,
  cutAfter: 0.06,
  cutWithin: 0.04,
  stallAfter: 0.003,
  failed: 0.06,
  duplicate: 0.08,
  throttled: 0.03,
};
const PAUSE_MS = 50;

/** Faults in random order. The first `count` contain each fault at least once. */
export function faults(count: number, random: Random): () => Fault {
  const some = Object.entries(SHARES).flatMap(([fault, share]) =>
    Array.from({ length: Math.max(1, Math.round(share * count)) }, () => fault as Fault),
  );
  const none = Array.from({ length: Math.max(0, count - some.length) }, (): Fault => 'none');
  let left: Fault[] = [];
  return () => {
    if (left.length === 0) left = random.shuffled([...some, ...none]);
    return left.pop() as Fault;
  };
}

/** Red Cloud in a process of its own, killed without warning and started again. */
export class Victim {
  readonly #store: TestStore;
  readonly #env: Record<string, string>;
  #running: RedCloudProcess | undefined;
  kills = 0;

  constructor(store: TestStore, env: Record<string, string>) {
    this.#store = store;
    this.#env = env;
  }

  get url(): string {
    return this.#running?.url ?? 'http://127.0.0.1:9';
  }

  async start(): Promise<void> {
    this.#running = await startProcess(this.#store, this.#env);
  }

  async kill(): Promise<void> {
    await this.#running?.kill();
    this.#running = undefined;
    this.kills += 1;
  }

  async stop(): Promise<void> {
    await this.#running?.terminate();
    this.#running = undefined;
  }

  /** Repeats a request until it succeeds, as a client does while the server restarts. */
  async call<T>(path: string, init: RequestInit = {}, token = 'rc_token_example'): Promise<T> {
    for (;;) {
      const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
      const answer = await fetch(this.url + path, { ...init, headers }).catch(() => undefined);
      const body = await answer?.json().catch(() => undefined);
      if (body !== undefined && answer?.ok) return body as T;
      const isLater = answer === undefined || body === undefined || answer.status === 429 || answer.status >= 500;
      if (!isLater) throw new Error(`${path}: HTTP ${answer.status} ${JSON.stringify(body)}`);
      await delay(PAUSE_MS);
    }
  }

  /** Reads all pages of a list. @param next name of the parameter that takes `nextCursor`. */
  async list<T>(path: string, name: string, next: 'cursor' | 'after'): Promise<T[]> {
    const all: T[] = [];
    for (let cursor = ''; ; ) {
      const page = await this.call<{ nextCursor: string | null } & Record<string, T[]>>(`${path}&limit=100${cursor}`);
      const items = page[name] as T[];
      all.push(...items);
      if (page.nextCursor === null || items.length === 0) return all;
      cursor = `&${next}=${encodeURIComponent(page.nextCursor)}`;
    }
  }
}

export interface ReporterParts {
  vendor: MockVendor;
  victim: Victim;
  random: Random;
  /** State that the reports of a recipient have. */
  stateOf(to: string): 'delivered' | 'failed';
}

/** Sends reports of accepted messages in three copies and any order, each again until the server confirms it. */
export class Reporter {
  readonly #vendor: MockVendor;
  readonly #victim: Victim;
  readonly #stateOf: (to: string) => 'delivered' | 'failed';
  readonly #random: Random;
  readonly #open = new Set<Promise<void>>();
  #reported = 0;
  /** Responses other than 204, without those of a server that is not ready. */
  readonly refusals: number[] = [];
  /** Copies that were sent again. */
  repeats = 0;

  constructor({ vendor, victim, random, stateOf }: ReporterParts) {
    this.#vendor = vendor;
    this.#victim = victim;
    this.#random = random;
    this.#stateOf = stateOf;
  }

  /** Begins to report the messages that were accepted since the last call, at most `limit` of them. */
  report(limit: number): void {
    const late = this.#vendor.accepted.slice(this.#reported, this.#reported + limit);
    this.#reported += late.length;
    for (const message of this.#random.shuffled(late.flatMap((one) => [one, one, one]))) this.#begin(message);
  }

  /** Whether all accepted messages are reported in all copies. */
  get isDone(): boolean {
    return this.#open.size === 0 && this.#reported === this.#vendor.accepted.length;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Sends one copy, once. */
  async once(message: Accepted): Promise<boolean> {
    const state = this.#stateOf(message.to);
    const status = await this.#vendor.report(this.#victim.url, message, state).catch(() => 0);
    if (![0, 204, 429, 502, 503].includes(status)) this.refusals.push(status);
    return status !== 0 && status !== 429 && status < 500;
  }

  #begin(message: Accepted): void {
    const copy = this.#copy(message).finally(() => this.#open.delete(copy));
    this.#open.add(copy);
  }

  async #copy(message: Accepted): Promise<void> {
    while (!(await this.once(message))) {
      this.repeats += 1;
      await delay(PAUSE_MS * 10);
    }
  }
}
