import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openStore } from '#db/drivers/open.ts';
import { addDays } from '#db/schema/days.ts';
import { migrate } from '#db/schema/migrate.ts';
import { systemClock } from '#platform/clock.ts';
import { createLog } from '#platform/log.ts';
import { SCRATCH } from './scratch.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated store. Each test file gets a copy. */
    template: { databaseUrl: string | undefined; directory: string };
  }
}

/**
 * Creates one migrated store for the whole run. Uses PostgreSQL with TEST_DATABASE_URL, otherwise the embedded store.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env['TEST_DATABASE_URL'];
  const directory = await mkdtemp(join(SCRATCH, 'redcloud-template-'));
  const databaseUrl = server && (await createDatabase(server));
  process.stdout.write(`store under test: ${server ? 'PostgreSQL' : 'embedded'}\n`);
  const db = await openStore({ databaseUrl, dataDir: directory }, createLog('silent'));
  await migrate(db);
  // Adds the day partitions to the template, because each start without them takes a second longer.
  await addDays(db, systemClock);
  await db.close();
  project.provide('template', { databaseUrl, directory });
  return async () => {
    await rm(directory, { recursive: true, force: true });
    if (server && databaseUrl) await dropDatabase(server, databaseUrl);
  };
}

async function createDatabase(server: string): Promise<string> {
  const name = `redcloud_template_${process.pid}`;
  await statement(server, `create database ${name}`);
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

async function dropDatabase(server: string, databaseUrl: string): Promise<void> {
  await statement(server, `drop database if exists ${new URL(databaseUrl).pathname.slice(1)} with (force)`);
}

/** Runs one statement on the default database of the server. */
async function statement(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
