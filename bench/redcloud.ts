import pg from 'pg';
import { type Child, startChild } from './child.ts';
import { temporaryFolder } from './leftovers.ts';

export const OPERATOR = 'bench-operator-token';
export const CLIENT = 'rc_test_client_123';

export interface RedCloud extends AsyncDisposable {
  url: string;
  pid: number;
  /** The server's memory in MiB, as it says itself. */
  memory(): Promise<number>;
}

/** An empty store, and processes on it. */
export interface Store extends AsyncDisposable {
  databaseUrl: string | undefined;
  /** @param file the server's entry point, also of another checkout. */
  start(roles?: string, env?: Record<string, string>, file?: string): Promise<RedCloud>;
}

let made = 0;

/** A database of the run's own on DATABASE_URL's server, dropped in the end; without it an embedded store. */
export async function emptyStore(): Promise<Store> {
  const folder = temporaryFolder();
  const databaseUrl = await createDatabase();
  const settings = {
    PORT: '0',
    RC_DATA_DIR: folder.path,
    RC_SANDBOX: 'true',
    RC_ADMIN_TOKEN: OPERATOR,
    // As `npm start` has it.
    NODE_OPTIONS: '--max-semi-space-size=32',
    ...(databaseUrl ? { DATABASE_URL: databaseUrl, RC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') } : {}),
  };
  return {
    databaseUrl,
    async start(roles = 'api,outbound,webhooks', env = {}, file = './server.ts') {
      const server: Child<{ url: string }> = await startChild(file, [], {
        ...settings,
        BENCH_ROLES: roles,
        ...env,
      });
      return {
        url: server.told.url,
        pid: server.pid,
        memory: () => server.ask<number>('memory'),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      if (databaseUrl) await dropDatabase(databaseUrl);
    },
  };
}

async function createDatabase(): Promise<string | undefined> {
  const server = process.env['DATABASE_URL'];
  if (!server) return undefined;
  made += 1;
  const name = `redcloud_bench_${process.pid}_${made}`;
  await ask(server, `create database ${name}`);
  return Object.assign(new URL(server), { pathname: `/${name}` }).href;
}

async function dropDatabase(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await ask(process.env['DATABASE_URL'] as string, `drop database if exists ${name} with (force)`);
}

/** One statement on a connection of its own. */
export async function ask(
  databaseUrl: string,
  sql: string,
  params: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql, params)).rows;
  } finally {
    await client.end();
  }
}

export async function operator(url: string, method: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}/api/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Leads the sandbox client's webhooks to the run's own receiver. */
export async function sendWebhooksTo(url: string, port: number): Promise<void> {
  const deliveryWebhookUrl = `http://127.0.0.1:${port}/hook`;
  await operator(url, 'PATCH', `/clients/${CLIENT}`, { deliveryWebhookUrl });
}
