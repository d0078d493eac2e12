import { afterEach, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
afterEach(() => redcloud.stop());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const CREDENTIALS = 'grant_type=client_credentials&client_id=rc_test_client_123&client_secret=rc_secret_abc123';

test('a store that was a sandbox once gives nobody in by the public credentials', async () => {
  redcloud = await startRedCloud();
  const issued = await redcloud.call('/api/auth/token', {
    method: 'POST',
    token: null,
    headers: FORM,
    raw: CREDENTIALS,
  });
  expect(issued.status).toBe(200);
  redcloud = await redcloud.restart({ RC_SANDBOX: 'false' });
  const refused = await redcloud.call('/api/auth/token', {
    method: 'POST',
    token: null,
    headers: FORM,
    raw: CREDENTIALS,
  });
  expect(refused.status).toBe(401);
  for (const token of ['rc_token_example', issued.json.access_token]) {
    expect((await redcloud.call('/api/core/whoami', { token })).status).toBe(401);
  }
  expect((await redcloud.call('/sandbox/inbox/received')).status).toBe(404);
});

test('what somebody changed in the sandbox stays over a restart', async () => {
  redcloud = await startRedCloud();
  await redcloud.admin('PATCH', '/numbers/num_abc123', { campaignRegId: 'camp_mine' });
  await redcloud.admin('PATCH', '/clients/rc_test_client_123', { deliveryWebhookUrl: 'https://example.com/mine' });
  redcloud = await redcloud.restart();
  const { json } = await redcloud.call('/api/core/numbers');
  expect(json.numbers[0].campaignRegId).toBe('camp_mine');
  const client = await redcloud.admin('GET', '/clients/rc_test_client_123');
  expect(client.json.deliveryWebhookUrl).toBe('https://example.com/mine');
  expect(client.json.inboundWebhookUrl).toBe(`${redcloud.url}/sandbox/inbox`);
});
