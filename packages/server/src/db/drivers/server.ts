import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Log } from '#platform/log.ts';
import { type Admit, DatabaseUnavailable, type Queryable, type Store } from '../db.ts';
import { Admission } from './admission.ts';
import { hostsOf } from './connection.ts';
import { Listener } from './listener.ts';
import { Primary } from './primary.ts';
import { PrimaryClient } from './primary-client.ts';
import { Topics } from './topics.ts';
import { Transaction } from './transaction.ts';
import { translated } from './unavailable.ts';
import { WriteProbe } from './write-probe.ts';

/** Maximum delay of a timer, in milliseconds. */
const ENDLESS_MS = 2 ** 31 - 1;

/**
 * Statements of a transaction are planned for their parameters. A generic plan locks the partitions of all days, and
 * PostgreSQL has space for about 6,400 locks in total. A plan for given ids locks the partitions of their days only
 * (ADR 0009).
 */
const BEGIN = 'begin; set local plan_cache_mode = force_custom_plan';

const INT8 = 20;
pg.types.setTypeParser(INT8, Number);

export interface ServerOptions {
  poolSize?: number;
  /** Session parameters of each connection. */
  session?: Readonly<Record<string, string>>;
}

/** PostgreSQL 15 or newer through a pool. Wake-ups use LISTEN/NOTIFY on a separate connection. */
export async function openServer(
  url: string,
  log: Log,
  { poolSize = 10, session }: ServerOptions = {},
): Promise<Store> {
  const hosts = hostsOf(url, session);
  const primary = new Primary(hosts, log);
  const connection = { ...hosts[0].config, primary };
  const admission = new Admission((client) => ({ query: (sql, params) => ask(client, sql, params) }));
  const onConnect = (client: pg.ClientBase): Promise<void> =>
    admission.check(client).catch((error) => {
      (client as PrimaryClient).reject();
      throw error;
    });
  const Client = PrimaryClient as unknown as new () => pg.ClientBase;
  const pool = new pg.Pool({ ...connection, Client, max: poolSize, onConnect });
  pool.on('error', (error) => log.warn({ event: 'db_connection_lost', reason: error.message }));
  const db = new Server({ pool, primary, admission, listener: new Listener(connection, log) });
  primary.watch();
  try {
    await db.query('select 1', []);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}

interface ServerParts {
  pool: pg.Pool;
  primary: Primary;
  admission: Admission;
  listener: Listener;
}

class Server implements Store {
  readonly kind = 'server';
  readonly #pool: pg.Pool;
  readonly #primary: Primary;
  readonly #admission: Admission;
  readonly #listener: Listener;
  readonly #topics = new Topics();
  readonly #probe = new WriteProbe();
  readonly #announced = new Set<string>();

  constructor({ pool, primary, admission, listener }: ServerParts) {
    this.#pool = pool;
    this.#primary = primary;
    this.#admission = admission;
    this.#listener = listener;
    listener.start((topic) => this.#topics.emit(topic));
  }

  query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]> {
    return this.#lend((client, discard) =>
      this.#ask<R>(client, sql, params).catch((error) => {
        // As pg does: the state of the connection is not known after an error.
        discard(error);
        throw error;
      }),
    );
  }

  /** Lends a connection to `work`. A connection that breaks meanwhile, or that `work` discards, is closed. */
  async #lend<T>(work: (client: pg.PoolClient, discard: (error: Error) => void) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let broken: Error | undefined;
    const discard = (error: Error) => {
      broken = error;
    };
    client.on('error', discard);
    try {
      return await work(client, discard);
    } finally {
      client.off('error', discard);
      client.release(broken);
    }
  }

  /**
   * @throws DatabaseUnavailable also if the timeline has changed during the wait for the connection. The caller has decided on the
   *   statement with its knowledge of the earlier timeline.
   */
  async #connect(): Promise<pg.PoolClient> {
    const { changes } = this.#admission;
    const client = await this.#pool.connect().catch((error) => {
      throw translated(error);
    });
    if (changes === this.#admission.changes) return client;
    client.release();
    throw new DatabaseUnavailable('another server has become the primary');
  }

  async #ask<R extends object>(
    on: pg.Pool | pg.ClientBase,
    sql: string,
    params?: readonly unknown[],
    readTimeoutMs?: number,
  ): Promise<R[]> {
    try {
      return await ask<R>(on, sql, params, readTimeoutMs);
    } catch (error) {
      this.#probe.saw(error);
      throw error;
    }
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>, patience?: 'endless'): Promise<T> {
    return this.#lend(async (client, discard) => {
      try {
        await ask(client, BEGIN);
        if (patience) await ask(client, 'set local statement_timeout = 0');
        const readTimeoutMs = patience && ENDLESS_MS;
        const transaction = new Transaction((sql, params) => this.#ask(client, sql, params, readTimeoutMs));
        const result = await work(transaction);
        transaction.check();
        await this.#ask(client, 'commit');
        return result;
      } catch (error) {
        // Discard a connection that cannot roll back, because the pool must never lend an open transaction.
        await client.query('rollback').catch(discard);
        throw error;
      }
    });
  }

  /**
   * Sends NOTIFY at most once per topic in 2 ms, outside of transactions. NOTIFY takes a lock that all commits share.
   */
  wake(topic: string): void {
    this.#topics.emit(topic);
    if (this.#announced.has(topic)) return;
    this.#announced.add(topic);
    setTimeout(() => {
      this.#announced.delete(topic);
      this.#pool.query('select pg_notify($1, $2)', [Listener.CHANNEL, topic]).catch(() => undefined);
    }, 2).unref();
  }

  onWake(topic: string, listener: () => void): () => void {
    return this.#topics.on(topic, listener);
  }

  async onTimeline(admit: Admit): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await this.#admission.begin(admit, client);
      client.release();
    } catch (error) {
      client.release(true);
      throw translated(error);
    }
  }

  ready(): Promise<void> {
    return this.#probe.run(this);
  }

  async close(): Promise<void> {
    await this.#listener.stop();
    await this.#primary.stop();
    await this.#pool.end();
  }
}

const names = new Map<string, string>();

/** Name of a prepared statement, which is parsed and planned once per connection. */
function statementName(sql: string): string {
  const known = names.get(sql);
  if (known) return known;
  const name = createHash('sha256').update(sql).digest('hex').slice(0, 32);
  names.set(sql, name);
  return name;
}

async function ask<R extends object>(
  on: pg.Pool | pg.ClientBase,
  sql: string,
  params?: readonly unknown[],
  readTimeoutMs?: number,
): Promise<R[]> {
  // pg accepts this option per query, although its types do not.
  const timeout = readTimeoutMs === undefined ? {} : { query_timeout: readTimeoutMs };
  try {
    if (!params) return lastRows<R>(await on.query({ text: sql, ...timeout }));
    const { rows } = await on.query({ name: statementName(sql), text: sql, values: [...params], ...timeout });
    return rows as R[];
  } catch (error) {
    throw translated(error);
  }
}

/** For several statements in one text, pg returns an array of results. */
function lastRows<R>(result: pg.QueryResult | pg.QueryResult[]): R[] {
  const last = Array.isArray(result) ? result.at(-1) : result;
  return (last?.rows ?? []) as R[];
}
