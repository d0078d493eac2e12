import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendTo } from '../support/exchange.ts';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const CLIENT = { clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123' };

const signIn = (body: unknown) => redcloud.call('/console/session', { method: 'POST', token: null, body });

async function cookieOf(body: unknown): Promise<string> {
  const { status, headers } = await signIn(body);
  expect(status).toBe(204);
  const cookie = headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^rc_console=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  return cookie.split(';')[0] as string;
}

const asked = (path: string, cookie: string, headers: Record<string, string> = { 'x-redcloud-console': '1' }) =>
  redcloud.call(path, { token: null, headers: { cookie, ...headers } });

const NOBODY = { role: 'nobody', sandbox: true };

describe('Console sessions', () => {
  test('A session of an API client has access to that client and to no operator route.', async () => {
    const cookie = await cookieOf(CLIENT);
    expect((await asked('/console/session', cookie)).json).toEqual({
      role: 'client',
      apiClientId: CLIENT.clientId,
      sandbox: true,
    });
    expect((await asked('/api/core/whoami', cookie)).json.apiClientId).toBe(CLIENT.clientId);
    expect((await asked('/api/admin/clients', cookie)).status).toBe(401);
    const own = { 'x-redcloud-console': '1', 'x-redcloud-client': CLIENT.clientId };
    expect((await asked('/api/core/whoami', cookie, own)).json.apiClientId).toBe(CLIENT.clientId);
  });

  test('A session of one API client is rejected when the page shows another client.', async () => {
    const cookie = await cookieOf(CLIENT);
    const headers = { cookie, 'x-redcloud-console': '1', 'x-redcloud-client': 'rc_test_client_other' };
    const before = (await redcloud.call('/api/core/webhooks')).json;
    const body = { deliveryUrl: 'http://127.0.0.1:9/elsewhere' };
    const changed = await redcloud.call('/api/core/webhooks', { method: 'PATCH', token: null, headers, body });
    expect([changed.status, changed.json.error.code]).toEqual([403, 'FORBIDDEN']);
    const rotated = await redcloud.call('/api/core/webhooks/secret/rotate', { method: 'POST', token: null, headers });
    expect(rotated.status).toBe(403);
    expect((await redcloud.call('/api/core/webhooks')).json).toEqual(before);
    const byToken = { 'x-redcloud-client': 'rc_test_client_other' };
    expect((await redcloud.call('/api/core/whoami', { headers: byToken })).status).toBe(403);
  });

  test('A session of the operator has access to operator routes and to each client that it names.', async () => {
    const cookie = await cookieOf({ operatorToken: OPERATOR });
    expect((await asked('/console/session', cookie)).json).toEqual({ role: 'operator', sandbox: true });
    expect((await asked('/api/admin/clients', cookie)).status).toBe(200);
    expect((await asked('/api/core/whoami', cookie)).status).toBe(401);
    const named = { 'x-redcloud-console': '1', 'x-redcloud-client': 'rc_test_client_other' };
    expect((await asked('/api/core/whoami', cookie, named)).json.apiClientId).toBe('rc_test_client_other');
    const nobody = { 'x-redcloud-console': '1', 'x-redcloud-client': 'nobody' };
    expect((await asked('/api/core/whoami', cookie, nobody)).status).toBe(404);
    expect(redcloud.logged()).toMatch(/"apiClientId":"rc_test_client_other","operator":true,"session":true/);
  });

  test('A session of the operator can view a suspended client but cannot send for it.', async () => {
    const cookie = await cookieOf({ operatorToken: OPERATOR });
    const named = { 'x-redcloud-console': '1', 'x-redcloud-client': 'rc_test_client_other' };
    await redcloud.admin('PATCH', '/clients/rc_test_client_other', { status: 'SUSPENDED' });
    expect((await asked('/api/core/whoami', cookie, named)).json.apiClientStatus).toBe('SUSPENDED');
    const sent = await redcloud.send(
      'suspended',
      { sendFrom: 'num_other' },
      { token: null, headers: { cookie, ...named } },
    );
    expect([sent.status, sent.json.error.code]).toEqual([403, 'FORBIDDEN']);
    await redcloud.admin('PATCH', '/clients/rc_test_client_other', { status: 'ACTIVE' });
    expect(
      (await redcloud.send('active', { sendFrom: 'num_other' }, { token: null, headers: { cookie, ...named } })).status,
    ).toBe(202);
  });

  test('A cookie without the console header is ignored, so that other sites cannot use it.', async () => {
    for (const credentials of [CLIENT, { operatorToken: OPERATOR }]) {
      const cookie = await cookieOf(credentials);
      for (const path of ['/api/core/whoami', '/api/admin/clients']) {
        expect((await asked(path, cookie, {})).status).toBe(401);
      }
      expect((await asked('/console/session', cookie, {})).json).toEqual(NOBODY);
    }
  });

  test.each([
    ['of an API client', CLIENT, '/api/core/whoami'],
    ['of the operator', { operatorToken: OPERATOR }, '/api/admin/clients'],
  ])(
    'A session %s ends at its sign-out, even for a copied cookie, and other sessions continue.',
    async (_, who, path) => {
      // Both sessions usually start in the same second.
      const [cookie, other] = [await cookieOf(who), await cookieOf(who)];
      const foreign = await redcloud.call('/console/session', { method: 'DELETE', token: null, headers: { cookie } });
      expect([foreign.status, (await asked(path, cookie)).status]).toEqual([204, 200]);
      const headers = { cookie, 'x-redcloud-console': '1' };
      const out = await redcloud.call('/console/session', { method: 'DELETE', token: null, headers });
      expect(out.headers.get('set-cookie')).toMatch(/^rc_console=; .*Max-Age=0/);
      expect([(await asked(path, cookie)).status, (await asked(path, other)).status]).toEqual([401, 200]);
      expect((await asked('/console/session', cookie)).json).toEqual(NOBODY);
    },
  );

  test('A session is not an access token, nor the reverse, so that a sign-out ends all access.', async () => {
    for (const credentials of [CLIENT, { operatorToken: OPERATOR }]) {
      const session = (await cookieOf(credentials)).replace('rc_console=', '');
      for (const path of ['/api/core/whoami', '/api/admin/clients']) {
        expect((await redcloud.call(path, { token: session })).status).toBe(401);
      }
    }
    const issued = await redcloud.call('/api/auth/token', {
      method: 'POST',
      token: null,
      body: { grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret },
    });
    for (const token of [issued.json.access_token, 'rc_token_example']) {
      expect((await redcloud.call('/api/core/whoami', { token })).status).toBe(200);
      expect((await asked('/api/core/whoami', `rc_console=${token}`)).status).toBe(401);
    }
  });

  test('A session expires.', async () => {
    const cookie = await cookieOf({ operatorToken: OPERATOR });
    const client = await cookieOf(CLIENT);
    redcloud.clock.advance(3601_000);
    expect((await asked('/api/core/whoami', client)).status).toBe(401);
    expect((await asked('/api/admin/clients', cookie)).status).toBe(200);
    redcloud.clock.advance(12 * 3600_000);
    expect((await asked('/api/admin/clients', cookie)).status).toBe(401);
  });

  test.each([
    [{ operatorToken: 'wrong' }, 401],
    [{ ...CLIENT, clientSecret: 'wrong' }, 401],
    [{ clientId: 'nobody', clientSecret: 'x' }, 401],
    [{ clientId: 'x' }, 400],
    [{}, 400],
    [{ operatorToken: '' }, 400],
    [{ ...CLIENT, operatorToken: OPERATOR }, 400],
    [[], 400],
  ])('A session is not started by %j.', async (body, expected) => {
    const { status, headers } = await signIn(body);
    expect([status, headers.get('set-cookie')]).toEqual([expected, null]);
  });

  test.each(['rc_console=', 'rc_console=x', 'rc_console=a.b.c', 'other=rc_console=x', ''])(
    'The forged cookie "%s" is not accepted as a session.',
    async (cookie) => {
      expect((await asked('/console/session', cookie)).json).toEqual(NOBODY);
      expect((await asked('/api/core/whoami', cookie)).status).toBe(401);
    },
  );
});

describe('A session after sign-out', () => {
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const END = { method: 'DELETE', token: null };

  /**
   * Variants of a cookie that a lenient decoder accepts. The signature has 43 characters for 256 bits, so that two bits
   * of the last character are unused.
   */
  function spellings(cookie: string): string[] {
    const last = ALPHABET.indexOf(cookie.at(-1) as string);
    const lowBits = [1, 2, 3].map((bits) => `${cookie.slice(0, -1)}${ALPHABET[last ^ bits]}`);
    return [...lowBits, `${cookie}.`, `${cookie}=`, `${cookie}==`, `"${cookie.slice(11)}"`, ` ${cookie} `];
  }

  test.each([
    ['of an API client', CLIENT, '/api/core/whoami'],
    ['of the operator', { operatorToken: OPERATOR }, '/api/admin/clients'],
  ])('A session %s stays ended under every spelling of its cookie.', async (_, who, path) => {
    redcloud.clock.advance(60_000);
    const cookie = await cookieOf(who);
    const all = spellings(cookie).slice(0, -1);
    for (const other of all) expect((await asked(path, other)).status, other).toBe(401);
    expect((await asked(path, cookie)).status).toBe(200);
    await redcloud.call('/console/session', { ...END, headers: { cookie, 'x-redcloud-console': '1' } });
    for (const other of spellings(cookie)) {
      expect((await asked(path, other)).status, other).toBe(401);
      expect((await asked('/console/session', other)).json, other).toEqual(NOBODY);
    }
  });

  test('A session stays ended if a process of the previous version ended it by its token fingerprint.', async () => {
    const cookie = await cookieOf(CLIENT);
    const fingerprint = createHash('sha256').update(cookie.slice(11)).digest('base64url');
    expect((await asked('/api/core/whoami', cookie)).status).toBe(200);
    const { store, clock } = redcloud;
    await redcloud.running.stop();
    const db = await store.open();
    await db.query('insert into ended_sessions (id, created_at) values ($1, now())', [fingerprint]);
    await db.close();
    redcloud = await startRedCloud({ store, clock });
    expect((await asked('/api/core/whoami', cookie)).status).toBe(401);
    expect((await asked('/console/session', cookie)).json).toEqual(NOBODY);
  });
});

describe('Several session cookies', () => {
  test('Different session cookies are all ignored in any order, and equal ones count as one.', async () => {
    const [own, planted] = [await cookieOf(CLIENT), await cookieOf({ operatorToken: OPERATOR })];
    for (const cookie of [`${own}; ${planted}`, `${planted}; ${own}`, `${own}; rc_console=`, `rc_console=x;${own}`])
      expect((await asked('/console/session', cookie)).json, cookie).toEqual(NOBODY);
    for (const cookie of [`${own}; ${own}`, `a=b; ${own};c=d`, `RC_CONSOLE=x; ${own}`, `x${own}; ${own}`])
      expect((await asked('/api/core/whoami', cookie)).status, cookie).toBe(200);
  });
});

describe('Cookies under HTTPS', () => {
  const HTTPS = { 'x-forwarded-proto': 'https' };
  let behind: TestRedCloud;

  beforeAll(async () => {
    behind = await startRedCloud({ env: { RC_TRUSTED_PROXIES: '127.0.0.1' } });
  });
  afterAll(() => behind.stop());

  const cookieFrom = async (server: TestRedCloud, headers: Record<string, string>) => {
    const answer = await server.call('/console/session', { method: 'POST', token: null, headers, body: CLIENT });
    return answer.headers.get('set-cookie') ?? '';
  };
  const ask = (cookie: string, headers: Record<string, string>, method = 'GET') =>
    behind.call('/console/session', {
      method,
      token: null,
      headers: { 'x-redcloud-console': '1', cookie, ...headers },
    });

  test.each(['https', 'HTTPS', 'http, https'])(
    'With X-Forwarded-Proto %s, the cookie has the prefix __Host- and the required attributes.',
    async (proto) => {
      const cookie = await cookieFrom(behind, { 'x-forwarded-proto': proto });
      expect(cookie).toMatch(/^__Host-rc_console=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=3600; Secure$/);
    },
  );

  test.each(['http', 'https, http', '', 'httpsx'])('X-Forwarded-Proto "%s" gives no cookie prefix.', async (proto) => {
    const cookie = await cookieFrom(behind, { 'x-forwarded-proto': proto });
    expect(cookie).toMatch(/^rc_console=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=3600$/);
  });

  test('Only the cookie of the current scheme counts, so that planted cookies are ignored.', async () => {
    const [secure = ''] = (await cookieFrom(behind, HTTPS)).split(';');
    const [plain = ''] = (await cookieFrom(behind, {})).split(';');
    const role = async (cookie: string, headers = {}) => (await ask(cookie, headers)).json.role;
    expect([await role(secure, HTTPS), await role(plain)]).toEqual(['client', 'client']);
    expect([await role(plain, HTTPS), await role(secure)]).toEqual(['nobody', 'nobody']);
    expect(await role(`${plain}x; ${secure}`, HTTPS)).toBe('client');
  });

  test('The sign-out deletes the prefixed cookie and ends its session.', async () => {
    const [secure = ''] = (await cookieFrom(behind, HTTPS)).split(';');
    const out = await ask(secure, HTTPS, 'DELETE');
    expect(out.headers.get('set-cookie')).toBe(
      '__Host-rc_console=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure',
    );
    expect((await ask(secure, HTTPS)).json.role).toBe('nobody');
  });

  test('The header of an untrusted proxy is ignored and logged once.', async () => {
    for (const _ of [1, 2]) expect(await cookieFrom(redcloud, HTTPS)).toMatch(/^rc_console=[^;]+.*Max-Age=3600$/);
    expect(redcloud.logged().match(/"event":"proxy_not_trusted"/g)).toHaveLength(1);
    expect(behind.logged()).not.toContain('proxy_not_trusted');
  });
});

test('A forged session that is rate-limited loses its cookie, so that the page shows the sign-in again.', async () => {
  redcloud.clock.advance(60_000);
  const answers = [];
  for (let i = 0; i < 40; i += 1) answers.push(await asked('/console/session', `rc_console=forged${i}`));
  const [first, last] = [answers[0], answers.at(-1)];
  expect([first?.status, first?.json, first?.headers.get('set-cookie')]).toEqual([200, NOBODY, null]);
  expect([last?.status, last?.json.error.code]).toEqual([429, 'RATE_LIMITED']);
  expect(last?.headers.get('set-cookie')).toMatch(/^rc_console=; .*Max-Age=0$/);
  expect((await asked('/console/session', '')).json).toEqual(NOBODY);
  await cookieOf(CLIENT);
});

describe('The overview', () => {
  test('The overview shows the totals of all processes, the state of their links, and failures.', async () => {
    await sendTo(redcloud, '+15550000001');
    await sendTo(redcloud, '+15550000002');
    await expect
      .poll(async () => {
        await redcloud.running.look();
        return (await redcloud.admin('GET', '/overview')).json;
      })
      .toMatchObject({
        totals: { accepted: expect.any(Number), delivered: expect.any(Number), failed: 1 },
        failures: [{ code: 'CARRIER_REJECTED', count: 1 }],
        submits: [
          {
            carrier: 'simulator',
            perSecond: expect.any(Number),
            outcomes: { accepted: expect.any(Number), rejected: 1 },
          },
        ],
        processes: [{ roles: ['api', 'outbound', 'webhooks'] }],
        carriers: [{ name: 'simulator', link: 1, state: 'up' }],
        endpoints: { known: 1, failing: 0, disabled: 0 },
      });
    const { json } = await redcloud.admin('GET', '/overview');
    expect(json.totals.accepted).toBeGreaterThanOrEqual(2);
    expect(json.carriers[0].heldBy).toBe(json.processes[0].id);
  });

  test('The overview and the details of a message are for operators only.', async () => {
    const { json } = await redcloud.send('explained', { to: ['+15550000001'] });
    const id = json.results[0].messageId;
    await expect.poll(async () => (await redcloud.admin('GET', `/messages/${id}`)).json.status).toBe('DELIVERED');
    const explained = (await redcloud.admin('GET', `/messages/${id}`)).json;
    expect(explained).toMatchObject({
      messageId: id,
      apiClientId: 'rc_test_client_123',
      idempotencyKey: 'explained',
      receipts: [{ carrier: 'simulator', state: 'DELIVERED', part: 1 }],
    });
    expect(explained.receipts[0].raw).not.toBe('');
    for (const path of ['/api/admin/overview', `/api/admin/messages/${id}`]) {
      expect((await redcloud.call(path)).status).toBe(401);
    }
    expect((await redcloud.admin('GET', '/messages/msg_nope')).status).toBe(404);
  });
});
