import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { timesTaken } from '../support/ledger.ts';
import { type Answer, OPERATOR, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const DEMO_CLIENTS = ['rc_test_client_123', 'rc_test_client_other'];

function askForToken(on: TestRedCloud, clientSecret = 'rc_secret_abc123'): Promise<Answer> {
  const raw = `grant_type=client_credentials&client_id=rc_test_client_123&client_secret=${clientSecret}`;
  return on.call('/api/auth/token', { method: 'POST', token: null, headers: FORM, raw });
}

describe('A store that was a sandbox before', () => {
  let redcloud: TestRedCloud;
  let issued: Answer;
  beforeAll(async () => {
    redcloud = await startRedCloud();
    issued = await askForToken(redcloud);
    redcloud = await redcloud.restart({ RC_SANDBOX: 'false' });
  });
  afterAll(() => redcloud.stop());

  test('The public credentials of the sandbox are rejected.', async () => {
    expect(issued.status).toBe(200);
    expect((await askForToken(redcloud)).status).toBe(401);
    for (const token of ['rc_token_example', issued.json.access_token]) {
      expect((await redcloud.call('/api/core/whoami', { token })).status).toBe(401);
    }
    expect((await redcloud.call('/sandbox/inbox/received')).status).toBe(404);
  });

  test.each(DEMO_CLIENTS)('An operator cannot activate %s.', async (id) => {
    const path = `/clients/${id}`;
    for (const change of [{ status: 'ACTIVE' }, { status: 'ACTIVE', name: 'Mine' }]) {
      const { status, json } = await redcloud.admin('PATCH', path, change);
      expect([status, json.error.code]).toEqual([409, 'CONFLICT']);
      expect(json.error.message).toMatch(/^API client rc_test_client_\w+ belongs to the sandbox, .*RC_SANDBOX=true\.$/);
    }
    const renamed = await redcloud.admin('PATCH', path, { name: 'Renamed', capabilities: ['numbers:read'] });
    expect(renamed.json).toMatchObject({ name: 'Renamed', status: 'SUSPENDED' });
  });

  test('The demo client has no access by a new secret, by its account, or by an operator.', async () => {
    const [id = ''] = DEMO_CLIENTS;
    const { json: client } = await redcloud.admin('GET', `/clients/${id}`);
    await redcloud.admin('PATCH', `/accounts/${client.accountId}`, { status: 'ACTIVE' });
    const { json: added } = await redcloud.admin('POST', `/clients/${id}/secrets`);
    expect((await askForToken(redcloud, added.clientSecret)).status).toBe(401);
    const asOperator = { token: OPERATOR, headers: { 'x-redcloud-client': id } };
    expect((await redcloud.send('operator', {}, asOperator)).status).toBe(403);
  });

  test('Any Host is accepted, because the credentials of the store are not public.', async () => {
    const headers = { host: 'sms.example.com', origin: 'https://console.example.com', 'sec-fetch-site': 'cross-site' };
    const status = await new Promise((resolve, reject) => {
      request(`${redcloud.url}/health/live`, { headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});

test.skipIf(!inject('template').databaseUrl)(
  'A process without the sandbox does not serve the demo clients that another process has activated.',
  async () => {
    const outside = await startRedCloud({ env: { RC_SANDBOX: 'false' } });
    const sandbox = await startRedCloud({ store: outside.store });
    try {
      const { status, json } = await askForToken(sandbox);
      expect(status).toBe(200);
      expect((await sandbox.call('/api/core/whoami', { token: json.access_token })).status).toBe(200);
      expect((await askForToken(outside)).status).toBe(401);
      for (const token of ['rc_token_example', json.access_token]) {
        expect((await outside.call('/api/core/whoami', { token })).status).toBe(401);
      }
    } finally {
      await outside.running.stop();
      await sandbox.stop();
    }
  },
);

test('Queued messages of the demo client fail without a submit when the sandbox is turned off.', {
  tags: 'slow',
}, async () => {
  const sandbox = await startRedCloud({ overrides: { simulatorLinks: 0 } });
  const { json } = await sandbox.send('queued');
  const id: string = json.results[0].messageId;
  await sandbox.running.stop();
  const redcloud = await startRedCloud({ store: sandbox.store, clock: sandbox.clock, env: { RC_SANDBOX: 'false' } });
  const found = async () => (await redcloud.admin('GET', `/messages/${id}`)).json;
  await expect.poll(async () => (await found()).status).toBe('FAILED');
  expect((await found()).error.code).toBe('SENDER_UNAVAILABLE');
  expect(timesTaken(redcloud.store.dataDir).get(id)).toBeUndefined();
  await redcloud.stop();
});

test('Changes in the sandbox persist over a restart.', { tags: 'slow' }, async () => {
  let redcloud = await startRedCloud();
  await redcloud.admin('PATCH', '/numbers/num_abc123', { campaignRegId: 'camp_mine' });
  await redcloud.admin('PATCH', '/clients/rc_test_client_123', { deliveryWebhookUrl: 'https://example.com/mine' });
  redcloud = await redcloud.restart();
  const { json } = await redcloud.call('/api/core/numbers');
  expect(json.numbers[0].campaignRegId).toBe('camp_mine');
  const client = await redcloud.admin('GET', '/clients/rc_test_client_123');
  expect(client.json.deliveryWebhookUrl).toBe('https://example.com/mine');
  expect(client.json.inboundWebhookUrl).toBe(`${redcloud.url}/sandbox/inbox`);
  await redcloud.stop();
});
