import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PgliteThread } from '#db/drivers/thread.ts';
import { type Answer, OPERATOR, startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';
import { withoutStore } from '../support/store.ts';

const CLIENT = { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Operation {
  method: string;
  path: string;
  body?: unknown;
}

/** Bodies of routes without an example in the documentation. */
const BODIES: Record<string, unknown> = {
  'PATCH /api/core/webhooks': { deliveryUrl: null },
  'PATCH /api/core/numbers/{numberId}': { campaignregId: 'camp_1' },
  'PATCH /api/core/auto-replies': { help: null },
  'POST /api/core/opt-outs': { numberId: 'num_abc123', recipient: '+15551230000' },
  'POST /api/core/numbers/search': { npa: '503' },
  'POST /api/core/webhooks/replays': { from: '2026-11-23T12:00:00Z' },
  'POST /api/core/webhooks/test': { url: 'http://127.0.0.1:9/' },
  'POST /api/admin/accounts': { name: 'Account' },
  'PATCH /api/admin/accounts/{accountId}': { name: 'Account' },
  'POST /api/admin/clients': { accountId: 'acc_1', name: 'Client' },
  'PATCH /api/admin/clients/{clientId}': { name: 'Client' },
  'POST /api/admin/numbers': { numbers: [{ e164: '+15558880001' }] },
  'PATCH /api/admin/numbers/{numberId}': { status: 'ACTIVE' },
  'POST /api/admin/inbound': {
    carrier: 'acme',
    carrierRef: 'a1',
    from: '+15551230000',
    to: '+15551234567',
    text: 'Hi',
  },
  'POST /api/admin/clients/{clientId}/webhook-secret/rotate': { overlapSeconds: 0 },
  'POST /api/admin/opt-outs/repair': {},
  'POST /api/admin/pools': { apiClientId: CLIENT.clientId, name: 'Shop' },
  'PATCH /api/admin/pools/{poolId}': { name: 'Shop' },
  'POST /console/session': CLIENT,
};

let redcloud: TestRedCloud;
const workers = new Set<Worker>();

beforeAll(async () => {
  const post = vi.spyOn(Worker.prototype, 'postMessage');
  redcloud = await startRedCloud();
  for (const worker of post.mock.contexts) workers.add(worker as Worker);
  post.mockRestore();
});
afterAll(() => redcloud.stop());

/**
 * Runs `work` while the store is unreachable. The embedded store stays unreachable, because its thread has ended and no
 * other one opens.
 */
async function unreachable(work: () => Promise<void>): Promise<void> {
  const { databaseUrl } = redcloud.store;
  if (databaseUrl) return withoutStore(databaseUrl, work);
  vi.spyOn(PgliteThread, 'open').mockRejectedValue(new Error('unreachable'));
  await Promise.all([...workers].map((worker) => worker.terminate()));
  await work();
}

/** Every route that needs the store. */
async function operations(): Promise<Operation[]> {
  const document = (await (await fetch(`${redcloud.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Documented>>;
  };
  return Object.entries(document.paths)
    .filter(([path]) => /^\/(api\/(core|admin)|console)\//.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([name, { requestBody }]) => {
        const method = name.toUpperCase();
        const schema = requestBody?.content['application/json']?.schema;
        const body = BODIES[`${method} ${path}`] ?? schema?.examples?.[0];
        return { method, path, ...(body === undefined ? {} : { body }) };
      }),
    );
}

interface Documented {
  requestBody?: { content: Record<string, { schema?: { examples?: unknown[] } }> };
}

const IDS: Record<string, string> = {
  numberId: 'num_abc123',
  clientId: CLIENT.clientId,
  name: 'simulator',
  poolId: 'pool_01JDQ0000000000000000000AA',
};
const filled = (path: string) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name) => IDS[name] ?? 'msg_01M8HVJQZCXKNY90X3PFM0HXTH');

function queryOf(path: string): string {
  if (path.endsWith('/history')) return '?numberId=num_abc123&recipient=%2B15551230000';
  return path.endsWith('/route') ? '?from=num_abc123&to=%2B15551230000' : '';
}

test('While the store is unreachable, every route returns 502 and none returns 500.', async () => {
  const cookieOf = async (body: object) => {
    const { headers } = await redcloud.call('/console/session', { method: 'POST', token: null, body });
    return { cookie: headers.get('set-cookie')?.split(';')[0] ?? '', 'x-redcloud-console': '1' };
  };
  const [client, operator] = [await cookieOf(CLIENT), await cookieOf({ operatorToken: OPERATOR })];
  const all = await operations();
  expect(all.length).toBeGreaterThan(40);
  const ask = ({ method, path, body }: Operation): Promise<Answer> =>
    redcloud.call(filled(path) + queryOf(path), {
      method,
      token: path.startsWith('/console') ? null : path.startsWith('/api/admin') ? OPERATOR : TOKEN,
      headers: { 'idempotency-key': `of ${path}`, ...(path.startsWith('/console') ? client : {}) },
      ...(body === undefined ? {} : { body }),
    });

  await unreachable(async () => {
    const answers = await Promise.all(all.map(async (one) => [`${one.method} ${one.path}`, await ask(one)] as const));
    for (const [name, { status, json }] of answers)
      expect([name, status, json?.error?.code]).toEqual([name, 502, 'UPSTREAM_ERROR']);

    for (const headers of [client, operator]) {
      expect((await redcloud.call('/console/session', { token: null, headers })).status).toBe(502);
      expect((await redcloud.call('/api/admin/accounts', { token: null, headers })).status).toBe(502);
    }
    const token = (secret: string) =>
      redcloud.call('/api/auth/token', {
        method: 'POST',
        token: null,
        headers: FORM,
        raw: `grant_type=client_credentials&client_id=${CLIENT.clientId}&client_secret=${secret}`,
      });
    // No response reveals whether the secret is right, and no request counts as a guess.
    for (const secret of [CLIENT.clientSecret, ...Array.from({ length: 40 }, (_, i) => `rc_secret_wrong${i}`)]) {
      const { status, json, headers } = await token(secret);
      expect([status, json]).toEqual([502, { error: 'server_error', error_description: expect.any(String) }]);
      expect(headers.get('cache-control')).toBe('no-store');
    }
    // Requests that need no store are still rejected as usual.
    expect((await token('wrong')).status).toBe(401);
    expect((await redcloud.call('/api/admin/accounts', { token: 'wrong-operator-token' })).status).toBe(401);
    expect((await redcloud.call('/api/core/whoami', { token: 'wrong' })).status).toBe(401);
  });
});
