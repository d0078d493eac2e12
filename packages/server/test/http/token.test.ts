import { createHmac, randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createKeys } from '#identity/keys.ts';
import { type Answer, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SECRET_KEY = Buffer.alloc(32, 9);
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const GRANT = { grant_type: 'client_credentials' };
const SANDBOX = { id: 'rc_test_client_123', secret: 'rc_secret_abc123' };

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud({ env: { RC_SECRET_KEY: SECRET_KEY.toString('base64') } });
});
afterAll(() => redcloud.stop());
/** Lets the guesses of the previous test expire. */
beforeEach(() => redcloud.clock.advance(60_000));

interface Client {
  id: string;
  secret: string;
}

async function ask(form: Record<string, string> | string | Uint8Array, headers = {}): Promise<Answer> {
  const raw = typeof form === 'string' || form instanceof Uint8Array ? form : new URLSearchParams(form).toString();
  const call = { method: 'POST', token: null, headers: { ...FORM, ...headers }, raw };
  const answer = await redcloud.call('/api/auth/token', call);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-request-id')).toMatch(/^[\w.-]{1,64}$/);
  return answer;
}

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const byBasic = ({ id, secret }: Client) => ask(GRANT, basic(id, secret));
const byBody = ({ id, secret }: Client) => ask({ ...GRANT, client_id: id, client_secret: secret });
const percentEncoded = (text: string) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');

async function tokenOf(client: Client): Promise<string> {
  return (await byBody(client)).json.access_token;
}

/** Status of a request with this token. */
async function use(token: string): Promise<number> {
  return (await redcloud.call('/api/core/whoami', { token })).status;
}

async function newClient(): Promise<Client & { accountId: string }> {
  const account = (await redcloud.admin('POST', '/accounts', { name: 'Tokens' })).json;
  const created = await redcloud.admin('POST', '/clients', { accountId: account.id, name: 'Tokens' });
  return { accountId: account.id, id: created.json.client.id, secret: created.json.clientSecret };
}

describe('Access tokens', () => {
  test.each([
    ['HTTP Basic', byBasic],
    ['client_id and client_secret in the body', byBody],
  ])('A token is issued for %s.', async (_name, request) => {
    const client = await newClient();
    const { status, json } = await request(client);
    expect(status).toBe(200);
    expect(json).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 3600 });
    const { json: who } = await redcloud.call('/api/core/whoami', { token: json.access_token });
    expect(who.apiClientId).toBe(client.id);
  });

  test('A token is a JWT.', async () => {
    const parts = (await tokenOf(SANDBOX)).split('.');
    expect(parts).toHaveLength(3);
    expect(JSON.parse(Buffer.from(parts[0] as string, 'base64url').toString())).toMatchObject({ alg: 'HS256' });
  });

  test('A token is issued for form-encoded Basic credentials.', async () => {
    const { id, secret } = await newClient();
    expect((await ask(GRANT, basic(percentEncoded(id), percentEncoded(secret)))).status).toBe(200);
    expect((await ask(GRANT, basic(percentEncoded(id), `%20${secret}`))).status).toBe(401);
  });

  test('A token is issued for a scheme in any case and with unknown parameters.', async () => {
    const { authorization } = basic(SANDBOX.id, SANDBOX.secret);
    expect((await ask(GRANT, { authorization: authorization.replace('Basic', 'bAsIc') })).status).toBe(200);
    expect((await ask({ ...GRANT, audience: 'x', scope: '' }, { authorization })).status).toBe(200);
  });

  test.each([
    ['ClientSecretBasic', oauth.ClientSecretBasic],
    ['ClientSecretPost', oauth.ClientSecretPost],
  ])('An independent OAuth client understands the token response with %s.', async (_name, method) => {
    const { id, secret } = await newClient();
    const server = { issuer: redcloud.url, token_endpoint: `${redcloud.url}/api/auth/token` };
    const client = { client_id: id };
    const request = (auth: oauth.ClientAuth) =>
      oauth.clientCredentialsGrantRequest(server, client, auth, {}, { [oauth.allowInsecureRequests]: true });
    const token = await oauth.processClientCredentialsResponse(server, client, await request(method(secret)));
    expect(token).toMatchObject({ token_type: 'bearer', expires_in: 3600 });
    expect(await use(token.access_token)).toBe(200);
    const refused = await request(method('wrong'));
    await expect(oauth.processClientCredentialsResponse(server, client, refused)).rejects.toMatchObject({
      status: 401,
    });
  });
});

/** Basic credentials with an invalid base64 that a lenient decoder accepts. */
function respelt(authorization: string): [string, { authorization: string }][] {
  const garbage = ['%', '!', '=', '-', '_', '\\', '"'];
  return [
    ...garbage.map((text) => `${authorization}${text}`),
    ...[...garbage, ' ', '\t'].map((text) => authorization.replace('cmNf', `cm${text}Nf`)),
    // Two bits of the last character are unused.
    authorization.replace(/(.)=$/, (_, last) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`),
    authorization.replace(/=$/, ''),
  ].map((text): [string, { authorization: string }] => [
    `base64 of another spelling: ${text}`,
    { authorization: text },
  ]);
}

describe('Rejected token requests', () => {
  const { id, secret } = SANDBOX;
  const CREDENTIALS = { client_id: id, client_secret: secret };
  const FULL = new URLSearchParams({ ...GRANT, ...CREDENTIALS }).toString();
  const REQUIRED = 'client_id and client_secret are required';
  const FAILED = 'Client authentication failed';
  const CASES: [string, Record<string, string> | string, object, number, string, string?][] = [
    ['no credentials', GRANT, {}, 400, 'invalid_request', REQUIRED],
    ['no client_secret', { ...GRANT, client_id: id }, {}, 400, 'invalid_request', REQUIRED],
    ['no client_id', { ...GRANT, client_secret: secret }, {}, 400, 'invalid_request', REQUIRED],
    ['an empty secret', { ...GRANT, ...CREDENTIALS, client_secret: '' }, {}, 400, 'invalid_request', REQUIRED],
    ['no grant_type', CREDENTIALS, {}, 400, 'invalid_request'],
    ['an empty body', '', {}, 400, 'invalid_request'],
    ['Basic and body', FULL, basic(id, secret), 400, 'invalid_request'],
    ['Basic and another client_id', { ...GRANT, client_id: 'x' }, basic(id, secret), 400, 'invalid_request'],
    ['a repeated grant_type', `${FULL}&grant_type=client_credentials`, {}, 400, 'invalid_request'],
    ['a repeated client_id', `${FULL}&client_id=${id}`, {}, 400, 'invalid_request'],
    ['a repeated client_secret', `${FULL}&client_secret=x`, {}, 400, 'invalid_request'],
    ['a repeated unknown parameter', `${FULL}&x=1&x=2`, {}, 400, 'invalid_request'],
    ['JSON', JSON.stringify(GRANT), { 'content-type': 'application/json' }, 400, 'invalid_request'],
    ['text', FULL, { 'content-type': 'text/plain' }, 400, 'invalid_request'],
    ['another scheme', FULL, { authorization: 'Bearer rc_token_example' }, 400, 'invalid_request'],
    ['a body over 16 KiB', `${FULL}&x=${'x'.repeat(20_000)}`, {}, 413, 'invalid_request'],
    ...['password', 'authorization_code', 'CLIENT_CREDENTIALS', 'client_credentials '].map(
      (grant): [string, Record<string, string>, object, number, string, string] => [
        `the grant "${grant}"`,
        { ...CREDENTIALS, grant_type: grant },
        {},
        400,
        'unsupported_grant_type',
        'Only client_credentials is supported',
      ],
    ),
    ['a wrong secret', { ...GRANT, client_id: id, client_secret: 'wrong' }, {}, 401, 'invalid_client', FAILED],
    ['an unknown client', { ...GRANT, client_id: 'x', client_secret: secret }, {}, 401, 'invalid_client', FAILED],
    [
      "another's secret",
      { ...GRANT, client_id: 'rc_test_client_other', client_secret: secret },
      {},
      401,
      'invalid_client',
    ],
    ['U+0000 in the secret', { ...GRANT, client_id: id, client_secret: `${secret}\0` }, {}, 401, 'invalid_client'],
    [
      'a broken escape in the secret',
      `grant_type=client_credentials&client_id=${id}&client_secret=%f`,
      {},
      401,
      'invalid_client',
    ],
  ];

  test.each(CASES)(
    'A token request with %s is rejected with the reason.',
    async (_name, form, headers, status, error, description) => {
      const answer = await ask(form, headers);
      expect(answer.status).toBe(status);
      expect(answer.json).toEqual({ error, error_description: description ?? expect.stringMatching(/./) });
      expect(answer.headers.get('www-authenticate')).toBeNull();
    },
  );

  test.each([
    ['a wrong secret', basic(SANDBOX.id, 'wrong')],
    ['an unknown client', basic('unknown', SANDBOX.secret)],
    ['no colon', { authorization: `Basic ${Buffer.from('nocolon').toString('base64')}` }],
    ['no base64', { authorization: 'Basic !!!' }],
    ...respelt(basic(SANDBOX.id, SANDBOX.secret).authorization),
    ['nothing', { authorization: 'Basic' }],
    ['a broken escape', basic(SANDBOX.id, '%zz')],
    ['U+0000', basic(`${SANDBOX.id}%00`, SANDBOX.secret)],
    ['no UTF-8', basic('%ff', SANDBOX.secret)],
  ])('A token request with Basic credentials that have %s gets 401 with WWW-Authenticate.', async (_name, headers) => {
    const answer = await ask(GRANT, headers);
    expect([answer.status, answer.json]).toEqual([
      401,
      { error: 'invalid_client', error_description: 'Client authentication failed' },
    ]);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic\b/);
  });

  test('A token request with two Authorization headers gets 400.', async () => {
    const url = new URL('/api/auth/token', redcloud.url);
    const { authorization } = basic(SANDBOX.id, SANDBOX.secret);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { ...FORM, authorization: [authorization, basic(SANDBOX.id, 'wrong').authorization] };
      request(url, { method: 'POST', headers: headers as never }, resolve)
        .on('error', reject)
        .end(new URLSearchParams(GRANT).toString());
    });
    expect([response.statusCode, JSON.parse(await text(response)).error]).toEqual([400, 'invalid_request']);
  });

  test.each([
    ['403 for a foreign Host', { host: 'evil.example' }, 403],
    ['403 for a foreign Origin', { origin: 'https://evil.example' }, 403],
  ])('A token request gets %s, in the format of OAuth.', async (_, headers, status) => {
    const url = new URL('/api/auth/token', redcloud.url);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { method: 'POST', headers: { ...FORM, ...headers } }, resolve)
        .on('error', reject)
        .end(new URLSearchParams(GRANT).toString());
    });
    expect([response.statusCode, JSON.parse(await text(response)).error]).toEqual([status, 'invalid_request']);
    expect(redcloud.logged()).not.toContain('"event":"request_failed"');
  });

  test('A token request with an arbitrary body gets 400 or 401.', async () => {
    const name = fc.constantFrom('grant_type', 'client_id', 'client_secret', '__proto__', 'x');
    const form = fc
      .array(fc.tuple(name, fc.string({ unit: 'binary' })))
      .map((fields) => new URLSearchParams(fields).toString());
    const body = fc.oneof(form, fc.uint8Array({ minLength: 1, maxLength: 200 }));
    for (const raw of fc.sample(body, { seed: 6749, numRuns: 80 })) {
      const { status, json } = await ask(raw);
      expect([400, 401]).toContain(status);
      expect(Object.keys(json)).toEqual(['error', 'error_description']);
    }
  });
});

describe('Suspensions', () => {
  test.each([
    ['client', ({ id }: { id: string; accountId: string }) => `/clients/${id}`],
    ['account', ({ accountId }: { id: string; accountId: string }) => `/accounts/${accountId}`],
  ])('A suspension of the %s applies from the next request until it is removed.', async (_name, path) => {
    const client = await newClient();
    const token = await tokenOf(client);
    expect(await use(token)).toBe(200);
    expect((await redcloud.admin('PATCH', path(client), { status: 'SUSPENDED' })).status).toBe(200);
    const { status, json } = await redcloud.call('/api/core/whoami', { token });
    expect([status, json.error]).toEqual([
      401,
      { code: 'UNAUTHORIZED', message: 'Invalid or missing bearer token', details: {} },
    ]);
    const answers = await Promise.all([byBasic(client), byBody(client)]);
    expect(answers.map((answer) => [answer.status, answer.json.error])).toEqual([
      [401, 'invalid_client'],
      [401, 'invalid_client'],
    ]);
    await redcloud.admin('PATCH', path(client), { status: 'ACTIVE' });
    expect([await use(token), (await byBody(client)).status]).toEqual([200, 200]);
  });
});

describe('Client secrets', () => {
  test('Two client secrets are valid at a time, a third is rejected, and a deleted one is invalid.', async () => {
    const { id, secret } = await newClient();
    const added = (await redcloud.admin('POST', `/clients/${id}/secrets`)).json;
    const both = [secret, added.clientSecret];
    for (const valid of both) expect((await byBody({ id, secret: valid })).status).toBe(200);
    const third = await redcloud.admin('POST', `/clients/${id}/secrets`);
    expect([third.status, third.json.error.code]).toEqual([409, 'CONFLICT']);

    const list = await redcloud.admin('GET', `/clients/${id}/secrets`);
    expect(list.json.secrets).toEqual(
      both.map((valid) => ({ id: expect.any(String), hint: valid.slice(-4), createdAt: expect.any(String) })),
    );
    for (const valid of both) expect(list.text).not.toContain(valid);

    const old = list.json.secrets[0].id;
    expect((await redcloud.admin('DELETE', `/clients/${id}/secrets/${old}`)).status).toBe(204);
    expect((await redcloud.admin('DELETE', `/clients/${id}/secrets/${old}`)).status).toBe(404);
    expect((await byBody({ id, secret })).status).toBe(401);
    expect((await byBody({ id, secret: added.clientSecret })).status).toBe(200);
    expect((await redcloud.admin('POST', `/clients/${id}/secrets`)).status).toBe(201);
  });

  test('Concurrent requests create at most two secrets.', async () => {
    const { id } = await newClient();
    const added = await Promise.all(Array.from({ length: 8 }, () => redcloud.admin('POST', `/clients/${id}/secrets`)));
    expect(added.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });

  test('A secret can be deleted only by the path of its own client.', async () => {
    const [one, other] = [await newClient(), await newClient()];
    const [secret] = (await redcloud.admin('GET', `/clients/${one.id}/secrets`)).json.secrets;
    expect((await redcloud.admin('DELETE', `/clients/${other.id}/secrets/${secret.id}`)).status).toBe(404);
    expect((await byBody(one)).status).toBe(200);
  });
});

describe('Invalid access tokens', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = () => {
    const now = Math.floor(redcloud.clock.now() / 1000);
    return { iss: 'redcloud', aud: 'redcloud:core', sub: SANDBOX.id, iat: now, exp: now + 3600 };
  };
  const signed = (payload: object, key: Uint8Array = createKeys(SECRET_KEY).tokens, alg = 'HS256') =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg, typ: 'at+jwt' }).sign(key);

  test('A token that is altered, forged or for another audience is rejected.', async () => {
    const [head, payload, signature] = (await tokenOf(SANDBOX)).split('.') as [string, string, string];
    const other = part({ ...claims(), sub: 'rc_test_client_other' });
    const { exp: _exp, ...endless } = claims();
    const { sub: _sub, ...anonymous } = claims();
    const none = part({ alg: 'none', typ: 'at+jwt' });
    const forged = [
      `${head}.${other}.${signature}`,
      `${head}.${payload}.${signature.slice(0, -2)}`,
      `${head}.${payload}.`,
      `${head}.${payload}`,
      `${head}.${payload}.${signature}=`,
      `${head}.${payload}.${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(42) + 1)}`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${part({ alg: 'NONE' })}.${payload}.`,
      `${head}.${other}.${createHmac('sha256', '').update(`${head}.${other}`).digest('base64url')}`,
      await signed(claims(), randomBytes(32)),
      await signed(claims(), SECRET_KEY),
      await signed(claims(), createKeys(SECRET_KEY).tokens, 'HS512'),
      await signed({ ...claims(), aud: 'another' }),
      await signed({ ...claims(), iss: 'another' }),
      await signed({ ...claims(), exp: claims().iat - 1 }),
      await signed({ ...claims(), sub: 'unknown' }),
      await signed(endless),
      await signed(anonymous),
    ];
    expect(await use(await signed(claims()))).toBe(200);
    expect(await Promise.all(forged.map(use))).toEqual(forged.map(() => 401));
  });

  test('A token expires after one hour.', async () => {
    const token = await tokenOf(SANDBOX);
    redcloud.clock.advance(3_570_000);
    expect(await use(token)).toBe(200);
    redcloud.clock.advance(31_000);
    expect(await use(token)).toBe(401);
    expect(await use(await tokenOf(SANDBOX))).toBe(200);
  });
});
