import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './connection.ts';
import type { LoadOptions } from './options.ts';
import { type BuildRequest, requestBuilder } from './requests.ts';
import { type LoadResult, Tally } from './tally.ts';

/** Longest wait for responses after the last request. */
const GRACE_MS = 10_000;
const TICK_MS = 1;

/** One run of the load generator: its connections, the schedule of their requests, and the results. */
export class LoadRun {
  readonly #options: LoadOptions;
  readonly #build: BuildRequest;
  readonly #tally = new Tally();
  readonly #free = new Set<Connection>();
  readonly #startedAt = performance.now();
  readonly #limit: number;
  readonly #done = Promise.withResolvers<void>();
  /** Number of the last request of this process's earlier runs. */
  readonly #before: number;
  #sent = 0;
  #underWay = 0;
  #over = false;

  /** @param before number of requests that this process has already sent. No request is sent twice */
  constructor(options: LoadOptions, before: number) {
    this.#options = options;
    this.#before = before;
    this.#build = requestBuilder(options);
    const { rate = Number.POSITIVE_INFINITY, requests = Number.POSITIVE_INFINITY, seconds } = options;
    this.#limit = Math.min(requests, Math.floor(rate * seconds));
  }

  get sent(): number {
    return this.#sent;
  }

  async run(): Promise<LoadResult> {
    const connections = this.#connect();
    const timer = setTimeout(() => this.#timeIsUp(), this.#options.seconds * 1000);
    const ticks = this.#options.rate === undefined ? undefined : setInterval(() => this.#tick(), TICK_MS);
    await this.#done.promise;
    clearTimeout(timer);
    clearInterval(ticks);
    for (const connection of connections) connection.end();
    this.#tally.errors += this.#underWay;
    return this.#tally.result(this.#unsent());
  }

  #connect(): Connection[] {
    const { url, connections, record } = this.#options;
    const { hostname, port } = new URL(url);
    const events = {
      onFree: (connection: Connection) => this.#offer(connection),
      onAnswer: (connection: Connection, status: number, body: Buffer) => {
        this.#underWay -= 1;
        this.#tally.answered(status, connection.dueAt);
        if (record && status < 300) this.#tally.record(body);
        this.#settle();
      },
      onLost: (connection: Connection, asked: boolean) => {
        this.#free.delete(connection);
        this.#tally.reopened += 1;
        if (!asked) return;
        this.#underWay -= 1;
        this.#tally.errors += 1;
        this.#settle();
      },
    };
    return Array.from({ length: connections }, () => new Connection(hostname, Number(port), events));
  }

  /** Sends the next request on a free connection if it is due. Otherwise the connection waits. */
  #offer(connection: Connection): void {
    const dueAt = this.#nextDueAt();
    if (dueAt !== undefined && dueAt <= performance.now()) this.#send(connection, dueAt);
    else this.#free.add(connection);
  }

  /** Open loop: sends the requests that have become due since the last tick. */
  #tick(): void {
    for (const connection of this.#free) {
      const dueAt = this.#nextDueAt();
      const now = performance.now();
      if (dueAt === undefined || dueAt > now) return;
      this.#tally.lag.add(now - dueAt);
      this.#free.delete(connection);
      this.#send(connection, dueAt);
    }
  }

  /** @returns undefined when no request remains */
  #nextDueAt(): number | undefined {
    if (this.#over || this.#sent >= this.#limit) return undefined;
    const { rate } = this.#options;
    return rate === undefined ? performance.now() : this.#startedAt + (this.#sent * 1000) / rate;
  }

  #send(connection: Connection, dueAt: number): void {
    this.#sent += 1;
    this.#underWay += 1;
    connection.dueAt = dueAt;
    connection.send(this.#build(this.#before + this.#sent));
    if (this.#sent >= this.#limit) this.#stopSending();
  }

  #timeIsUp(): void {
    // Requests that became due since the last tick must not count as unsent, because the server did not delay them.
    if (this.#options.rate !== undefined) this.#tick();
    this.#stopSending();
  }

  #stopSending(): void {
    if (this.#over) return;
    this.#over = true;
    this.#tally.end();
    this.#settle();
    delay(GRACE_MS, undefined, { ref: false }).then(() => this.#done.resolve());
  }

  #settle(): void {
    if (this.#over && this.#underWay === 0) this.#done.resolve();
  }

  #unsent(): number {
    return this.#options.rate === undefined ? 0 : Math.max(0, this.#limit - this.#sent);
  }
}
