import { type ClientCredentials, type ConnectionOptions, RedCloud, type Runtime } from '../src/index.ts';

export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** One response of the server, or a failure without a response. */
export type Step = (seen: Seen, signal: AbortSignal) => Response | Promise<Response>;

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export const refused = (status: number, code: string, headers: Record<string, string> = {}): Step => {
  const body = { error: { code, message: `It is ${code}`, details: { field: 'to' } }, requestId: 'req_1' };
  return () => json(status, body, headers);
};

export const unreachable: Step = () => {
  throw new TypeError('fetch failed');
};

/** Never responds, like a network with a pulled cable. Only the signal ends the request. */
export const silent: Step = (_seen, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

export const accepted: Step = ({ body }) => {
  const { to } = JSON.parse(body ?? '') as { to: string[] };
  const results = to.map((one) => ({ to: one, messageId: `msg_${one}`, status: 'QUEUED' }));
  return json(202, { results, errors: [] }, { 'x-request-id': 'req_ok' });
};

export const SEND = {
  sendFrom: 'num_abc123',
  to: ['+15551234567'],
  messageType: 'SMS' as const,
  text: 'Hello from Red Cloud',
};

/** A server with scripted responses, and a clock that advances only during waits. */
export class Scripted {
  /** Responses of the API in order. The last one repeats. */
  steps: Step[] = [accepted];
  tokenSteps: Step[] = [];
  readonly seen: Seen[] = [];
  readonly tokens: Seen[] = [];
  /** Waits between attempts in milliseconds. */
  readonly waits: number[] = [];
  now = 1_800_000_000_000;
  #keys = 0;

  readonly #issue: Step = () =>
    json(200, { access_token: `token-${this.tokens.length}`, token_type: 'bearer', expires_in: 3600 });

  get runtime(): Runtime {
    return {
      now: () => this.now,
      random: () => 0.5,
      newKey: () => {
        this.#keys += 1;
        return `key-${this.#keys}`;
      },
      sleep: async (ms) => {
        this.waits.push(ms);
        this.now += ms;
      },
      fetch: async (url, init) => this.#answer(url, init),
    };
  }

  client(options: Partial<ConnectionOptions & ClientCredentials> = {}): RedCloud {
    return new RedCloud({
      clientId: 'rc_test_client_123',
      clientSecret: 'rc_secret_abc123',
      baseUrl: 'http://redcloud.test',
      ...options,
      runtime: { ...this.runtime, ...options.runtime },
    });
  }

  async #answer(url: string, init: RequestInit): Promise<Response> {
    const { pathname, search } = new URL(url);
    const body = init.body as string | undefined;
    const seen = {
      method: init.method ?? 'GET',
      path: pathname + search,
      headers: init.headers as Record<string, string>,
      body,
    };
    const isToken = pathname.endsWith('/api/auth/token');
    (isToken ? this.tokens : this.seen).push(seen);
    const signal = init.signal as AbortSignal;
    if (isToken) return (this.tokenSteps.shift() ?? this.#issue)(seen, signal);
    const [step = accepted, ...rest] = this.steps;
    if (rest.length > 0) this.steps = rest;
    return step(seen, signal);
  }
}
