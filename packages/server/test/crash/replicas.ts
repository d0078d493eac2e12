import { setTimeout as delay } from 'node:timers/promises';
import { Cluster } from './cluster.ts';

/** Modes of replication. */
export type Replication = 'remote_apply' | 'on' | 'asynchronous';

/** A primary and its standby. */
export class Replicas {
  readonly #replication: Replication;
  #primary: Cluster;
  #standby: Cluster;
  /** Further standby, which follows the first primary only. */
  #third: Cluster | undefined;
  #databases = 0;

  private constructor(primary: Cluster, standby: Cluster, replication: Replication) {
    this.#primary = primary;
    this.#standby = standby;
    this.#replication = replication;
  }

  static async start(replication: Replication): Promise<Replicas> {
    const primary = await Cluster.start();
    const replicas = new Replicas(primary, await Cluster.standbyOf(primary), replication);
    await replicas.#replicate();
    return replicas;
  }

  /** Adds a standby of the present primary. Call before `database`, whose URL names all hosts. */
  async addThird(): Promise<void> {
    this.#third = await Cluster.standbyOf(this.#primary);
  }

  /** Promotes the third server from its state, as the primary from now on. The former primary continues. */
  async promoteThird(): Promise<void> {
    if (!this.#third) throw new Error('There is no third server.');
    if (!this.#third.running) await this.#third.up();
    await this.#third.promote();
    [this.#primary, this.#third] = [this.#third, this.#primary];
  }

  /** Ends the primary, and starts the former one as it was left. */
  async returnToFormer(): Promise<void> {
    await this.#primary.down('immediate');
    await this.#standby.up();
    [this.#primary, this.#standby] = [this.#standby, this.#primary];
  }

  /** Ends the primary without a shutdown. */
  async stopPrimary(): Promise<void> {
    await this.#primary.down('immediate');
  }

  /** Ends the third server without a shutdown. */
  async stopThird(): Promise<void> {
    await this.#third?.down('immediate');
  }

  get running(): boolean {
    return this.#primary.running;
  }

  async up(): Promise<void> {
    await this.#primary.up();
  }

  /** @returns the URL of a new, empty database, with both hosts. */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `replicated_${this.#databases}`;
    await this.#primary.ask(`create database ${name}`, []);
    return `postgres://postgres@${this.hosts}/${name}?target_session_attrs=read-write`;
  }

  /** Runs one statement on the primary. @param url URL from `database` */
  ask<Row extends object>(sql: string, params: unknown[], url: string): Promise<Row[]> {
    const own = new URL(this.#primary.url);
    own.pathname = new URL(url.replace(/@[^/]*/, '@host')).pathname;
    return this.#primary.ask<Row>(sql, params, own.href);
  }

  /**
   * Ends the primary without a shutdown, and promotes the standby.
   * @param behindMs time for which the standby gets no commits before. Only with asynchronous replication.
   * @returns time of the promotion.
   */
  async failOver(behindMs = 0): Promise<number> {
    if (behindMs > 0) {
      await this.#standby.down('fast');
      await delay(behindMs);
    }
    await this.#primary.down('immediate');
    if (!this.#standby.running) await this.#standby.up();
    await this.#standby.promote();
    [this.#primary, this.#standby] = [this.#standby, this.#primary];
    this.#primary.configure('');
    return Date.now();
  }

  /** Promotes the standby while the primary continues, as after a broken network. The former standby is the primary from now on. */
  async promoteOther(): Promise<void> {
    await this.#standby.promote();
    [this.#primary, this.#standby] = [this.#standby, this.#primary];
  }

  /** Resolves when each standby has all commits. */
  async caughtUp(): Promise<void> {
    const sql = 'select 1 from pg_stat_replication having bool_and(replay_lsn >= pg_current_wal_lsn())';
    while ((await this.#primary.ask(sql, [])).length === 0) await delay(20);
  }

  /** Ends the standby, which gets no more commits until `failOver`. */
  async stopStandby(): Promise<void> {
    await this.#standby.down('fast');
  }

  /** Lets the primary commit without a standby, as an operator or Patroni does when the standby has ended. */
  continueAlone(): void {
    this.#primary.configure('');
  }

  /** Hosts with their ports. */
  get hosts(): string[] {
    const all = [this.#primary, this.#standby, ...(this.#third ? [this.#third] : [])];
    return all.map(({ url }) => new URL(url).host);
  }

  /** Makes the former primary the standby of the new one. */
  async rejoin(): Promise<void> {
    await this.#standby.followAgain(this.#primary);
    await this.#replicate();
  }

  async end(): Promise<void> {
    await this.#primary.end();
    await this.#standby.end();
    await this.#third?.end();
  }

  /** Waits for the standby, and then makes commits wait for it. */
  async #replicate(): Promise<void> {
    const streaming = `select 1 from pg_stat_replication where state = 'streaming'`;
    while ((await this.#primary.ask(streaming, [])).length === 0) await delay(50);
    if (this.#replication === 'asynchronous') return;
    this.#primary.configure(`synchronous_standby_names = 'standby'\nsynchronous_commit = ${this.#replication}\n`);
  }
}
