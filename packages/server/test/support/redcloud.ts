import { Writable } from 'node:stream';
import { type Overrides, type RedCloud, start } from '#app/app.ts';
import { readConfig } from '#platform/config.ts';
import { createLog } from '#platform/log.ts';
import { TestClock } from './clock.ts';
import { Contract } from './contract.ts';
import { type TestStore, testStore } from './store.ts';

export const OPERATOR = 'test-operator-token';
export const TOKEN = 'rc_token_example';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: any response, whose form the contract check validates
  json: any;
}

export interface Call {
  method?: string;
  token?: string | null;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent unchanged, instead of `body`. */
  raw?: string | Uint8Array;
}

export interface TestRedCloud {
  url: string;
  clock: TestClock;
  store: TestStore;
  running: RedCloud;
  /** All log lines so far. */
  logged(): string;
  /** Sends any request and validates the response against the API document. Uses the sandbox token by default. */
  call(path: string, call?: Call): Promise<Answer>;
  /** Sends a message with default values. `body` overrides some of them. */
  send(key: string, body?: Record<string, unknown>, call?: Call): Promise<Answer>;
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  stop(): Promise<void>;
  /** Stops, and starts again on the same store with changed settings. */
  restart(env?: Record<string, string>): Promise<TestRedCloud>;
}

export interface Options {
  env?: Record<string, string>;
  overrides?: Overrides;
  store?: TestStore;
  clock?: TestClock;
}

/** Checks that no response of the API is cached and that no browser guesses its type. */
function checkHeaders({ url, status, headers }: Response): void {
  const found = [headers.get('cache-control'), headers.get('x-content-type-options')].join();
  if (found !== 'no-store,nosniff') throw new Error(`${url} answered ${status} with the headers ${found}`);
}

/** Starts all of Red Cloud in this process, with sandbox and operator, on a separate store and port. */
export async function startRedCloud(options: Options = {}): Promise<TestRedCloud> {
  if (options.store) return startOn(options.store, options);
  const store = await testStore();
  try {
    return await startOn(store, options);
  } catch (error) {
    await store.drop();
    throw error;
  }
}

async function startOn(store: TestStore, options: Options): Promise<TestRedCloud> {
  const clock = options.clock ?? new TestClock();
  const config = readConfig({
    PORT: '0',
    RC_DATA_DIR: store.dataDir,
    RC_SANDBOX: 'true',
    RC_ADMIN_TOKEN: OPERATOR,
    ...(store.databaseUrl
      ? { DATABASE_URL: store.databaseUrl, RC_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }
      : {}),
    ...options.env,
  });
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const overrides = { clock, log: createLog('debug', sink), simulatorPace: 0.05, ...options.overrides };
  const running = await start(config, overrides);
  const { url } = running;
  const contract = new Contract(
    (await (await fetch(`${url}/openapi.json`)).json()) as ConstructorParameters<typeof Contract>[0],
  );

  async function call(
    path: string,
    { method = 'GET', token = TOKEN, headers = {}, body, raw }: Call = {},
  ): Promise<Answer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload as string }),
    });
    const text = await response.text();
    const contentType = response.headers.get('content-type') ?? '';
    contract.check(method, new URL(`${url}${path}`).pathname, response.status, contentType, text);
    if (path.startsWith('/api/')) checkHeaders(response);
    const json = contentType.includes('json') ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, json };
  }

  return {
    url,
    clock,
    store,
    running,
    call,
    logged: () => lines.join(''),
    send: (key, body = {}, more = {}) =>
      call('/api/core/messages/send', {
        method: 'POST',
        body: {
          sendFrom: 'num_abc123',
          to: ['+15551234567'],
          messageType: 'SMS',
          text: 'Hello from Red Cloud',
          ...body,
        },
        ...more,
        headers: { 'idempotency-key': key, ...more.headers },
      }),
    admin: (method, path, body) =>
      call(`/api/admin${path}`, { method, token: OPERATOR, ...(body === undefined ? {} : { body }) }),
    async stop() {
      await running.stop();
      await store.drop();
    },
    async restart(env = {}) {
      await running.stop();
      return startRedCloud({ ...options, env: { ...options.env, ...env }, store, clock });
    },
  };
}
