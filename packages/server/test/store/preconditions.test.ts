// Conditions that an operator must fix in the database before Red Cloud can work. Each of them ends the start with one
// line and status 78 (EX_CONFIG).
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { start } from '#app/app.ts';
import { DatabaseUnavailable } from '#db/db.ts';
import { openStore } from '#db/drivers/open.ts';
import { type Facts, problemWith, sessionFor } from '#db/drivers/preconditions.ts';
import { readConfig } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';
import { createLog } from '#platform/log.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { testStore } from '../support/store.ts';

const TEMPLATE = inject('template').databaseUrl;
const NAME = `redcloud_pre_${randomBytes(5).toString('hex')}`;
const ROLE = `${NAME}_role`;

const ok: Facts = {
  ...{ version: 150_004, versionText: '15.4', encoding: 'UTF8', role: 'us', database: 'redcloud', schema: 'public' },
  ...{ standby: false, readOnly: false, mayCreate: true, mayCreateTemporary: true, otherOwner: null },
  synchronousCommit: 'on',
};

test.each<[Partial<Facts>, RegExp | undefined]>([
  [{}, undefined],
  [{ version: 180_000, synchronousCommit: 'remote_apply' }, undefined],
  [{ version: 140_012, versionText: '14.12' }, /^PostgreSQL 14\.12 is too old\. Upgrade to 15/],
  [{ version: 90_624, versionText: '9.6.24', schema: null }, /^PostgreSQL 9\.6\.24 is too old/],
  [{ encoding: 'LATIN1' }, /LATIN1.*createdb --template=template0 --encoding=UTF8/],
  [{ encoding: 'SQL_ASCII' }, /SQL_ASCII/],
  [{ encoding: 'EUC_JP' }, /EUC_JP/],
  [{ standby: true, readOnly: true }, /standby.*primary/],
  [{ readOnly: true, role: 'Us' }, /alter role "Us" set default_transaction_read_only = off/],
  [{ schema: null, mayCreate: null }, /search_path/],
  [{ mayCreate: false }, /grant create on schema public to us\.$/],
  [{ mayCreateTemporary: false }, /grant temporary on database redcloud to us\.$/],
  [{ otherOwner: 'them' }, /belong to role them/],
])('A database like %j is accepted, or rejected with the fix.', (facts, expected) => {
  const problem = problemWith({ ...ok, ...facts });
  if (expected) expect(problem).toMatch(expected);
  else expect(problem).toBeUndefined();
});

test('Commits are durable even if the database setting differs, and a stricter setting is kept.', () => {
  expect(sessionFor({ ...ok, synchronousCommit: 'off' })).toMatchObject({ synchronous_commit: 'on' });
  for (const synchronousCommit of ['on', 'local', 'remote_write', 'remote_apply']) {
    expect(sessionFor({ ...ok, synchronousCommit })).not.toHaveProperty('synchronous_commit');
  }
  expect(sessionFor(ok)).not.toHaveProperty('transaction_timeout');
  expect(sessionFor({ ...ok, version: 170_000 })).toMatchObject({ transaction_timeout: '0' });
});

const server = (more: Partial<Pick<URL, 'pathname' | 'username' | 'search'>> = {}) =>
  Object.assign(new URL(TEMPLATE ?? 'postgres://localhost'), { pathname: '/postgres', ...more }).href;

async function ask<R extends object>(url: string, statement: string): Promise<R[]> {
  // Overrides timeouts in the defaults of the database, so that this statement runs.
  const client = new pg.Client({ connectionString: url, options: '-c statement_timeout=0 -c idle_session_timeout=0' });
  await client.connect();
  try {
    return (await client.query<R>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Runs statements that must not share a transaction. */
async function run(statements: string, url = server()): Promise<void> {
  for (const statement of statements.split(';')) await ask(url, statement);
}

/** Error of a start with this database, in this process. */
async function errorOf(databaseUrl: string): Promise<Error> {
  const env = { DATABASE_URL: databaseUrl, RC_SECRET_KEY: Buffer.alloc(32).toString('base64'), PORT: '0' };
  const config = readConfig({ ...env, RC_DATA_DIR: tmpdir(), RC_ROLES: 'api' });
  const started = await start(config, { log: createLog('silent') }).catch((error: Error) => error);
  if (started instanceof Error) return started;
  await started.stop();
  throw new Error('it started');
}

/** Exit status and standard error of a start as a process. */
async function endOf(databaseUrl: string): Promise<{ status: number; stderr: string }> {
  const bin = new URL('../../bin/redcloud.mjs', import.meta.url).pathname;
  const env = { DATABASE_URL: databaseUrl, RC_SECRET_KEY: Buffer.alloc(32).toString('base64'), PORT: '0' };
  // Limit for the case that the process starts.
  const child = spawn(process.execPath, [bin], { env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 20_000 });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, 'close');
  return { status, stderr };
}

describe.skipIf(!TEMPLATE)('Preconditions on PostgreSQL', () => {
  beforeAll(async () => {
    await run(`create role ${ROLE} login; create database ${NAME}; revoke temporary on database ${NAME} from public;
      create database ${NAME}_latin1 template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C';
      create database ${NAME}_ascii template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'`);
  });
  afterAll(async () => {
    const databases = [NAME, `${NAME}_latin1`, `${NAME}_ascii`];
    await run([...databases.map((name) => `drop database if exists ${name}`), `drop role if exists ${ROLE}`].join(';'));
  });

  const as = (role: string, database = NAME, search = '') =>
    server({ username: role, pathname: `/${database}`, search });

  test.each([
    ['a database in LATIN1', as('postgres', `${NAME}_latin1`), /LATIN1/],
    ['a server without TLS', as('postgres', NAME, '?sslmode=require'), /does not support SSL.* sslmode=disable/],
  ])('A start on %s ends with status 78 and one line.', async (_, url, expected) => {
    const { status, stderr } = await endOf(url);
    expect(stderr).toMatch(/^DATABASE_URL: 127\.0\.0\.1:5432\/\w+: [^\n]+\.\n$/);
    expect(stderr).toMatch(expected);
    expect(status).toBe(78);
  });

  test.each([
    ['a database in SQL_ASCII', as('postgres', `${NAME}_ascii`), /SQL_ASCII/],
    ['a role that may not create tables', as(ROLE), /grant create on schema public to redcloud_pre_\w+_role\.$/],
    ['an unknown role', as('nobody_at_all'), /nobody_at_all.*Correct the user/],
    ['an unknown parameter', as('postgres', NAME, '?options=-c%20absent=1'), /absent.*Correct `options`/],
    ['a wrong parameter', as('postgres', NAME, '?options=-c%20work_mem=x'), /work_mem.*Correct `options`/],
    ['no schema', as('postgres', NAME, '?options=-c%20search_path=absent'), /search_path has no existing schema/],
    [
      'read only',
      as('postgres', NAME, '?options=-c%20default_transaction_read_only=on'),
      /is read-only for role postgres/,
    ],
    ['pg_catalog first', as('postgres', NAME, '?options=-c%20search_path=pg_catalog,public'), /Change search_path\.$/],
    ['an absent certificate', as('postgres', NAME, '?sslrootcert=/absent.pem'), /absent\.pem.*path of the file/],
    ['a user that cannot be decoded', 'postgres://%zz@127.0.0.1/postgres', /^DATABASE_URL: /],
  ])('A start with %s fails with a ConfigError of one line.', async (_, url, expected) => {
    const error = await errorOf(url).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/^DATABASE_URL: [^\n]+\.$/);
    expect(error.message).toMatch(expected);
  });

  test('A start reports the missing privileges of the role one after the other, and requires no more.', async () => {
    await run(`grant create on schema public to ${ROLE}`, as('postgres'));
    expect((await errorOf(as(ROLE))).message).toContain(`grant temporary on database ${NAME} to ${ROLE}`);
    await run(`grant temporary on database ${NAME} to ${ROLE}; create table schema_migrations ()`, as('postgres'));
    expect((await errorOf(as(ROLE))).message).toContain('belong to role postgres');
    await run('drop table schema_migrations', as('postgres'));
    const db = await openStore({ databaseUrl: as(ROLE), dataDir: tmpdir() }, createLog('silent'));
    await db.close();
    await run(`drop owned by ${ROLE}`, as('postgres'));
  });

  test('Without a free connection, the error names the limits to raise and is not a ConfigError.', async () => {
    for (const limit of [0, 1]) {
      await run(
        `alter role ${ROLE} connection limit ${limit}; grant create, usage on schema public to ${ROLE}`,
        as('postgres'),
      );
      await run(`grant temporary on database ${NAME} to ${ROLE}`, as('postgres'));
      // Without a holder, the start might get along with the one connection, and fail later for another reason.
      const holder = new pg.Client({ connectionString: as(ROLE) });
      await holder.connect().catch(() => undefined);
      const error = await errorOf(as(ROLE)).finally(() => holder.end().catch(() => undefined));
      expect(error.message).toMatch(/^DATABASE_URL: [^\n]*too many connections[^\n]*Raise max_connections[^\n]*\.$/);
      expect(error).toBeInstanceOf(DatabaseUnavailable);
    }
    await run(`alter role ${ROLE} connection limit -1; drop owned by ${ROLE}`, as('postgres'));
  });

  test('An unreachable server is not a ConfigError, because it may become reachable.', async () => {
    const error = await errorOf('postgres://127.0.0.1:1/none');
    expect(error).toBeInstanceOf(DatabaseUnavailable);
  });
});

/** Defaults that affect the format of values, the parsing of statements, timeouts and query plans. */
const HOSTILE: Record<string, string> = {
  ...{ datestyle: 'German, DMY', intervalstyle: 'sql_standard', timezone: 'Asia/Kathmandu', client_encoding: 'LATIN1' },
  ...{ bytea_output: 'escape', extra_float_digits: '-15', array_nulls: 'off', xmlbinary: 'hex' },
  ...{ standard_conforming_strings: 'off', transform_null_equals: 'on', quote_all_identifiers: 'on' },
  ...{ default_transaction_isolation: 'serializable', default_transaction_deferrable: 'on', synchronous_commit: 'off' },
  ...{ statement_timeout: '1ms', lock_timeout: '1ms', idle_in_transaction_session_timeout: '1ms' },
  ...{ idle_session_timeout: '1ms', client_min_messages: 'debug5', plan_cache_mode: 'force_custom_plan' },
  ...{ enable_indexscan: 'off', enable_indexonlyscan: 'off', enable_nestloop: 'off', enable_sort: 'off' },
  ...{ enable_partition_pruning: 'off', enable_tidscan: 'off', join_collapse_limit: '1', geqo_threshold: '2' },
};

test.skipIf(!TEMPLATE)(
  'Messages are processed with other defaults of the database and the role, in the schema of search_path.',
  async () => {
    const name = `${NAME}_hostile`;
    await run(`create role ${name} login; create database ${name} owner ${name}`);
    await run(`create schema messaging authorization ${name}`, server({ pathname: `/${name}` }));
    const defaults = Object.entries({ ...HOSTILE, search_path: 'messaging' });
    const where = [`database ${name}`, `role ${name} in database ${name}`];
    await run(defaults.map(([key, value], i) => `alter ${where[i % 2]} set ${key} = '${value}'`).join(';'));
    const databaseUrl = server({ username: name, pathname: `/${name}` });
    const store = await testStore();
    let redcloud: TestRedCloud | undefined;
    let receiver: Receiver | undefined;
    try {
      redcloud = await startRedCloud({ store: { ...store, databaseUrl } });
      receiver = await withReceiver(redcloud);
      const text = "back\\slash 'quote' ж 😀";
      const id = await sendTo(redcloud, '+15550000009', { text, externalReference: '{NULL}' });
      await receiver.until((all) => all.some(({ body }) => body.type === 'message.inbound'));
      await receiver.until((all) => all.some(({ body }) => body.messageId === id && body.type === 'message.delivery'));
      const { json: message } = await redcloud.call(`/api/core/messages/${id}`);
      expect(message).toMatchObject({ status: 'DELIVERED', text, externalReference: '{NULL}' });
      expect(Math.abs(Date.parse(message.createdAt) - Date.now())).toBeLessThan(60_000);
      for (const path of ['/numbers', '/events', '/whoami', '/webhooks/deliveries', '/messages']) {
        expect((await redcloud.call(`/api/core${path}`)).status, path).toBe(200);
      }
      expect(redcloud.logged()).not.toMatch(/db_listen_lost|db_connection_lost|_failed|days_not_added/);
      expect(redcloud.logged()).toContain('synchronous_commit_set');
      const [tables] = await ask<{ count: number }>(
        databaseUrl,
        `select count(*)::int from pg_tables where schemaname = 'messaging'`,
      );
      expect(tables?.count).toBeGreaterThan(10);
    } finally {
      await receiver?.stop();
      await redcloud?.stop();
      await store.drop();
      await run(`drop database ${name} with (force); drop role ${name}`);
    }
  },
);
