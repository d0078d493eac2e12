import { describe, expect, test } from 'vitest';
import { ownRedCloud } from '../support/own-redcloud.ts';
import { OPERATOR, startRedCloud, TOKEN } from '../support/redcloud.ts';

const { redcloud } = ownRedCloud();

const ROUTES: [string, string, object?][] = [
  ['POST', '/accounts', { name: 'A' }],
  ['GET', '/accounts'],
  ['PATCH', '/accounts/acc_nobody', { name: 'A' }],
  ['POST', '/clients', { accountId: 'acc_nobody', name: 'A' }],
  ['GET', '/clients'],
  ['GET', '/clients/rc_test_client_123'],
  ['PATCH', '/clients/client_nobody', { name: 'A' }],
  ['POST', '/clients/client_nobody/secrets'],
  ['GET', '/clients/rc_test_client_123/secrets'],
  ['DELETE', '/clients/client_nobody/secrets/secret_nobody'],
  ['POST', '/clients/client_nobody/webhook-secret/rotate', {}],
  ['POST', '/numbers', { numbers: [{ e164: '+15558880000' }] }],
  ['GET', '/numbers'],
  ['PATCH', '/numbers/num_nobody', { status: 'ACTIVE' }],
];

/** Time after which wrong operator tokens of the previous test no longer count. */
const GUESSES_EXPIRE_MS = 60_000;

describe('The operator token', () => {
  test.each(ROUTES)('%s %s requires the operator token.', async (method, path, body) => {
    redcloud().clock.advance(GUESSES_EXPIRE_MS);
    for (const token of [
      null,
      'wrong-operator-token',
      TOKEN,
      `${OPERATOR}x`,
      OPERATOR.slice(1),
      OPERATOR.toUpperCase(),
    ]) {
      const { status, json } = await redcloud().call(`/api/admin${path}`, { method, token, ...(body ? { body } : {}) });
      expect([status, json.error]).toEqual([
        401,
        { code: 'UNAUTHORIZED', message: 'Invalid or missing bearer token', details: {} },
      ]);
    }
  });

  test('The operator token does not authenticate on routes for API clients.', async () => {
    expect((await redcloud().call('/api/core/whoami', { token: OPERATOR })).status).toBe(401);
  });

  test('The operator token may have any characters that the configuration accepts.', { tags: 'slow' }, async () => {
    const token = 'operator:token!with#symbols';
    const other = await startRedCloud({ env: { RC_ADMIN_TOKEN: token } });
    try {
      expect((await other.call('/api/admin/accounts', { token })).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  test('Without an operator token, the operator routes return 404 and are absent from the API document.', async () => {
    const without = await startRedCloud({ env: { RC_ADMIN_TOKEN: '' } });
    try {
      for (const [method, path, body] of ROUTES) {
        for (const token of [OPERATOR, '', null]) {
          const answer = await without.call(`/api/admin${path}`, { method, token, ...(body ? { body } : {}) });
          expect([answer.status, answer.json.error.code]).toEqual([404, 'NOT_FOUND']);
        }
      }
      const { paths } = (await (await fetch(`${without.url}/openapi.json`)).json()) as { paths: object };
      expect(Object.keys(paths).filter((path) => path.startsWith('/api/admin'))).toEqual([]);
    } finally {
      await without.stop();
    }
  });
});
