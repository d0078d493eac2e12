import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR, startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
let clientId: string;

const ask = (path: string, key: string, body: object, token = OPERATOR) =>
  redcloud.call(path, { method: 'POST', body, token, headers: { 'idempotency-key': key } });
const replayed = ({ headers }: { headers: Headers }) => headers.get('idempotent-replayed');

beforeAll(async () => {
  redcloud = await startRedCloud();
  const account = (await redcloud.admin('POST', '/accounts', { name: 'Example Ltd' })).json;
  clientId = (await redcloud.admin('POST', '/clients', { accountId: account.id, name: 'Shop' })).json.client.id;
});
afterAll(() => redcloud.stop());

/** Routes that create something that a second request could neither return nor undo. */
const ROUTES: [string, () => string, () => object, string?][] = [
  ['an account', () => '/api/admin/accounts', () => ({ name: 'Twice Ltd' })],
  ['a client secret', () => `/api/admin/clients/${clientId}/secrets`, () => ({})],
  ['a rotation by the operator', () => `/api/admin/clients/${clientId}/webhook-secret/rotate`, () => ({})],
  ['a rotation by the client', () => '/api/core/webhooks/secret/rotate', () => ({ overlapSeconds: 60 }), TOKEN],
];

describe('Idempotency of routes that create', () => {
  test.each(ROUTES)('A repeated request for %s gets the idempotent response.', async (name, path, body, token) => {
    const key = `lost ${name}`;
    const first = await ask(path(), key, body(), token);
    const second = await ask(path(), key, body(), token);
    expect([first.status, second.text]).toEqual([second.status, first.text]);
    expect(first.status).toBeLessThan(300);
    expect([replayed(first), replayed(second)]).toEqual([null, 'true']);
    const other = await ask(path(), key, { ...body(), overlapSeconds: 0, name: 'Other' }, token);
    expect(other.status).toBeGreaterThanOrEqual(400);
  });

  test('Concurrent requests with one key create one API client, whose secret is valid.', async () => {
    const accountId = (await redcloud.admin('POST', '/accounts', { name: 'Once Ltd' })).json.id;
    const body = { accountId, name: 'Once' };
    const made = await Promise.all(Array.from({ length: 5 }, () => ask('/api/admin/clients', 'once', body)));
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    const { clients } = (await redcloud.admin('GET', '/clients')).json;
    expect(clients.filter((one: { name: string }) => one.name === 'Once')).toHaveLength(1);
    const { client, clientSecret } = made[0]?.json ?? {};
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    const basic = Buffer.from(`${client.id}:${clientSecret}`).toString('base64');
    const token = await fetch(`${redcloud.url}/api/auth/token`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Basic ${basic}` },
    });
    expect(token.status).toBe(200);
  });

  test('The same key with another request is a conflict without effect.', async () => {
    const name = 'First of the key';
    await ask('/api/admin/accounts', 'reused', { name });
    const other = await ask('/api/admin/accounts', 'reused', { name: 'Second of the key' });
    expect([other.status, other.json.error.code]).toEqual([409, 'CONFLICT']);
    const { accounts } = (await redcloud.admin('GET', '/accounts')).json;
    expect(accounts.map((one: { name: string }) => one.name)).not.toContain('Second of the key');
  });

  test('A secret that was revoked in the meantime is not returned again.', async () => {
    const accountId = (await redcloud.admin('POST', '/accounts', { name: 'Gone Ltd' })).json.id;
    const { client } = (await redcloud.admin('POST', '/clients', { accountId, name: 'Gone' })).json;
    const path = `/api/admin/clients/${client.id}/secrets`;
    const added = await ask(path, 'withdrawn', {});
    await redcloud.admin('DELETE', `/clients/${client.id}/secrets/${added.json.id}`);
    const again = await ask(path, 'withdrawn', {});
    expect([again.status, again.json.error.message]).toEqual([409, expect.stringContaining('revoked')]);
  });

  test.each(['', 'é', 'x'.repeat(256)])('The invalid key %j is rejected.', async (key) => {
    const { status, json } = await redcloud.call('/api/admin/accounts', {
      method: 'POST',
      token: OPERATOR,
      body: { name: 'Never' },
      headers: { 'idempotency-key': key },
    });
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});
