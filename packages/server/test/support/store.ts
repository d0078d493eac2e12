import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { Store } from '#db/db.ts';
import { openStore } from '#db/drivers/open.ts';
import { createLog } from '#platform/log.ts';
import { SCRATCH } from './scratch.ts';

/** Location of the migrated store of one test. */
export interface TestStore {
  databaseUrl: string | undefined;
  dataDir: string;
  open(): Promise<Store>;
  /** Removes the store. Close it first. */
  drop(): Promise<void>;
}

/** Creates a copy of the template for one test, on PostgreSQL or embedded as selected for the run. */
export async function testStore(): Promise<TestStore> {
  const template = inject('template');
  const dataDir = await mkdtemp(join(SCRATCH, 'redcloud-test-'));
  const databaseUrl = template.databaseUrl && (await cloneDatabase(template.databaseUrl));
  // Several times faster than `cp`, which uses the thread pool for each of a thousand files.
  if (!databaseUrl) cpSync(template.directory, dataDir, { recursive: true });
  return {
    databaseUrl,
    dataDir,
    open: () => openStore({ databaseUrl, dataDir }, createLog('silent')),
    async drop() {
      await rm(dataDir, { recursive: true, force: true });
      if (databaseUrl) await administer(databaseUrl, (name) => `drop database if exists ${name} with (force)`);
    },
  };
}

async function cloneDatabase(template: string): Promise<string> {
  const name = `redcloud_test_${randomBytes(6).toString('hex')}`;
  await administer(template, (from) => `create database ${name} template ${from}`);
  return Object.assign(new URL(template), { pathname: `/${name}` }).href;
}

/** Runs one statement about a database on a connection to another database. */
async function administer(databaseUrl: string, sql: (name: string) => string): Promise<void> {
  const url = new URL(databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql(name));
  } finally {
    await client.end();
  }
}

/** Runs `work` while PostgreSQL ends every connection to the database and accepts no new one. */
export async function withoutStore(databaseUrl: string, work: () => Promise<void>): Promise<void> {
  await administer(databaseUrl, (name) => `alter database ${name} allow_connections false`);
  await administer(
    databaseUrl,
    (name) => `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  try {
    await work();
  } finally {
    await administer(databaseUrl, (name) => `alter database ${name} allow_connections true`);
  }
}
