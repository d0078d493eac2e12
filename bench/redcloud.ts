import pg from 'pg';
import { type Child, startChild } from './child.ts';
import { temporaryFolder } from './leftovers.ts';

export const OPERATOR = 'bench-operator-token';
export const CLIENT = 'rc_test_client_123';

export interface RedCloud extends AsyncDisposable {
  url: string;
  pid: number;
  /** Resident memory in MiB, as reported by the server process. */
  memory(): Promise<number>;
}

/** Empty store, and the processes that use it. */
export interface Store extends AsyncDisposable {
  databaseUrl: string | undefined;
  /** @param file entry point of the server, possibly in another checkout */
  start(roles?: string, env?: Record<string, string>, file?: string): Promise<RedCloud>;
}

let made = 0;

/** New database on the server at DATABASE_URL, dropped at the end. Without DATABASE_URL, an embedded store. */
export async function emptyStore(): Promise<Store> {
  const folder = temporaryFolder();
  const databaseUrl = await createDatabase();
  const settings = {
    PORT: '0',
    RC_DATA_DIR: folder.path,
    RC_SANDBOX: 'true',
    RC_ADMIN_TOKEN: OPERATOR,
    // The same as with `npm start`.
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
        url: server.ready.url,
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

/** Executes one statement on a new connection. */
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

/** Sets the webhook URL of the sandbox client to the receiver of the run. */
export async function sendWebhooksTo(url: string, port: number): Promise<void> {
  const deliveryWebhookUrl = `http://127.0.0.1:${port}/hook`;
  await operator(url, 'PATCH', `/clients/${CLIENT}`, { deliveryWebhookUrl });
}

const DELIVERED = /^redcloud_messages_finished_total\{status="DELIVERED"\} (\d+)/m;

/** Messages that the servers have delivered since their start. */
export async function deliveredBy(servers: readonly { url: string }[]): Promise<number> {
  const counts = await Promise.all(
    servers.map(async ({ url }) => Number(DELIVERED.exec(await (await fetch(`${url}/metrics`)).text())?.[1] ?? 0)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
