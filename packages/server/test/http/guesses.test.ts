import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newCustomer } from '../support/customer.ts';
import { type Answer, OPERATOR, startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

const CLIENT = { id: 'rc_test_client_123', secret: 'rc_secret_abc123' };
const OTHER = { id: 'rc_test_client_other', secret: 'rc_secret_other123' };
/** The load balancer in front, which appends the address of its client. */
const BALANCER = { RC_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' };
/** More attempts than the limits of one source and of one target. */
const COUNT = 50;

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud({ env: BALANCER });
});
afterAll(() => redcloud.stop());
/** Lets the guesses of the previous test expire. */
beforeEach(() => redcloud.clock.advance(60_000));

type Headers = Record<string, string>;
type Credentials = typeof CLIENT;

const forwarded = (address: string) => ({ 'x-forwarded-for': address });

const token = ({ id, secret }: Credentials, headers: Headers = {}, server = redcloud) =>
  server.call('/api/auth/token', {
    method: 'POST',
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    raw: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }).toString(),
  });
const signIn = (body: object, headers: Headers = {}) =>
  redcloud.call('/console/session', { method: 'POST', token: null, headers, body });
const whoami = (bearer: string, headers: Headers = {}) => redcloud.call('/api/core/whoami', { token: bearer, headers });
const accounts = (bearer: string, headers: Headers = {}) =>
  redcloud.call('/api/admin/accounts', { token: bearer, headers });
const session = (cookie: string, headers: Headers = {}) =>
  redcloud.call('/api/core/whoami', {
    token: null,
    headers: { 'x-redcloud-console': '1', cookie: `rc_console=${cookie}`, ...headers },
  });

/** Makes attempts one after the other. @returns the responses by status. */
async function attempts(count: number, attempt: (i: number) => Promise<Answer>): Promise<Record<number, Answer[]>> {
  const all: Answer[] = [];
  for (let i = 0; i < count; i += 1) all.push(await attempt(i));
  return Object.groupBy(all, ({ status }) => status) as Record<number, Answer[]>;
}

const counts = (answers: Record<number, Answer[]>) =>
  Object.fromEntries(Object.entries(answers).map(([status, { length }]) => [status, length]));

/** Tolerates some more, because the limits recover while a test runs. */
const between = (least: number) => expect.toSatisfy((n: number) => n >= least && n <= least + 12);

describe('Limits of wrong credentials', () => {
  const wrong = (i: number) => ({ id: CLIENT.id, secret: `rc_secret_wrong${i}` });
  const forged = (i: number) => `${Buffer.from(`{"alg":"HS256"}`).toString('base64url')}.e30.${i}aaa`;

  test.each<[string, number, (i: number) => Promise<Answer>, () => Promise<Answer>]>([
    ['client secrets', 10, (i) => token(wrong(i)), () => token(CLIENT)],
    [
      'client secrets of the console',
      10,
      (i) => signIn({ clientId: CLIENT.id, clientSecret: wrong(i).secret }),
      () => signIn({ clientId: CLIENT.id, clientSecret: CLIENT.secret }),
    ],
    [
      'operator tokens of the console',
      10,
      (i) => signIn({ operatorToken: `wrong ${i}` }),
      () => signIn({ operatorToken: OPERATOR }),
    ],
    ['operator tokens', 10, (i) => accounts(`${OPERATOR}${i}`), () => accounts(OPERATOR)],
    [
      'operator tokens that name a client',
      10,
      (i) => whoami(`wrong-${i}`, { 'x-redcloud-client': CLIENT.id }),
      () => whoami(OPERATOR, { 'x-redcloud-client': CLIENT.id }),
    ],
    ['access tokens', 30, (i) => whoami(`wrong-${i}`), () => whoami(TOKEN)],
    ['forged access tokens', 30, (i) => whoami(forged(i)), () => whoami(TOKEN)],
    ['sessions', 30, (i) => session(`wrong-${i}`), () => whoami(TOKEN)],
  ])('Wrong %s get 401, then 429 with Retry-After. The right one works.', async (_name, allowed, guess, right) => {
    const answers = await attempts(COUNT, guess);
    expect(counts(answers)).toEqual({ 401: between(allowed), 429: expect.any(Number) });
    for (const { headers } of answers[429] ?? []) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
      expect(headers.get('www-authenticate')).toBeNull();
    }
    expect((await right()).status).toBeLessThan(300);
    expect((await guess(COUNT)).status).toBe(429);
  });

  test('A limited request gets an error in the format of its route.', async () => {
    await attempts(11, (i) => token(wrong(i)));
    const [byToken, bySession] = [
      await token(wrong(12)),
      await signIn({ clientId: CLIENT.id, clientSecret: 'rc_secret_x' }),
    ];
    expect(byToken.json).toEqual({
      error: 'temporarily_unavailable',
      error_description: expect.stringMatching(/^Too many wrong credentials/),
    });
    expect(byToken.headers.get('cache-control')).toBe('no-store');
    expect(bySession.json.error).toMatchObject({ code: 'RATE_LIMITED', details: {} });
  });

  test('Wrong credentials get 401 again after Retry-After.', async () => {
    const { 429: limited = [] } = await attempts(20, (i) => token(wrong(i)));
    redcloud.clock.advance(Number(limited.at(-1)?.headers.get('retry-after')) * 1000);
    expect((await token(wrong(21))).status).toBe(401);
    expect((await token(wrong(22))).status).toBe(429);
  });

  test('Wrong secrets for one client from many addresses are limited.', async () => {
    const spread = (i: number) => token(wrong(i), forwarded(`203.0.${i >> 8}.${i & 255}`));
    expect(counts(await attempts(COUNT, spread))).toEqual({ 401: between(10), 429: expect.any(Number) });
    expect((await token(CLIENT, forwarded('203.0.113.200'))).status).toBe(200);
    // Another client is another target, from each of these addresses.
    expect((await token({ ...OTHER, secret: 'rc_secret_wrong' }, forwarded('203.0.113.200'))).status).toBe(401);
  });

  test('Wrong secrets for many clients from one address are limited.', async () => {
    const spread = (i: number) => token({ id: `client_${i}`, secret: 'rc_secret_wrong' }, forwarded('203.0.113.1'));
    expect(counts(await attempts(COUNT, spread))).toEqual({ 401: between(30), 429: expect.any(Number) });
    expect((await token(CLIENT, forwarded('203.0.113.1'))).status).toBe(200);
    expect((await token({ ...OTHER, secret: 'rc_secret_wrong' }, forwarded('203.0.113.2'))).status).toBe(401);
  });

  test('Wrong access tokens from many addresses are limited.', async () => {
    const spread = (i: number) => whoami(`wrong-${i}`, forwarded(`203.0.${i >> 8}.${i & 255}`));
    expect(counts(await attempts(130, spread))).toEqual({ 401: between(100), 429: expect.any(Number) });
  });
});

describe('Requests that are not guesses', () => {
  const EXPECTED = { 401: COUNT };

  test('A request without a token is not a guess.', async () => {
    const nothing = () => redcloud.call('/api/core/whoami', { token: null });
    expect(counts(await attempts(COUNT, nothing))).toEqual(EXPECTED);
  });

  test('An expired token is not a guess, so that an SDK can request a new one.', async () => {
    const { token: expired } = await newCustomer(redcloud);
    redcloud.clock.advance(3_601_000);
    expect(counts(await attempts(COUNT, () => whoami(expired)))).toEqual(EXPECTED);
    expect(counts(await attempts(COUNT, () => accounts(expired)))).toEqual(EXPECTED);
  });

  test('An ended session is not a guess.', async () => {
    const { headers } = await signIn({ clientId: CLIENT.id, clientSecret: CLIENT.secret });
    const cookie = /rc_console=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
    const own = { cookie: `rc_console=${cookie}`, 'x-redcloud-console': '1' };
    await redcloud.call('/console/session', { method: 'DELETE', token: null, headers: own });
    expect(counts(await attempts(COUNT, () => session(cookie)))).toEqual(EXPECTED);
  });

  test('The right secret or token of a suspended client is not a guess.', async () => {
    const path = `/clients/${OTHER.id}`;
    const issued = (await token(OTHER)).json.access_token;
    await redcloud.admin('PATCH', path, { status: 'SUSPENDED' });
    expect(counts(await attempts(COUNT, () => token(OTHER)))).toEqual(EXPECTED);
    expect(counts(await attempts(COUNT, () => whoami(issued)))).toEqual(EXPECTED);
    await redcloud.admin('PATCH', path, { status: 'ACTIVE' });
  });
});

describe('The address of a client', () => {
  const guess = (address: string) => token({ id: `client_${Math.random()}`, secret: 'wrong' }, forwarded(address));
  const isLimited = async (address: string) => (await guess(address)).status === 429;
  const limit = (address: string | ((i: number) => string)) =>
    attempts(31, (i) => guess(typeof address === 'string' ? address : address(i)));

  test('The client address is the rightmost untrusted one, and addresses to its left are ignored.', async () => {
    await limit((i) => `198.51.100.${i}, 203.0.113.5, 10.1.2.3`);
    expect(await isLimited('203.0.113.5')).toBe(true);
    expect(await isLimited('127.0.0.1, 203.0.113.5')).toBe(true);
    expect(await isLimited('198.51.100.1')).toBe(false);
    expect(await isLimited('203.0.113.5, 203.0.113.6')).toBe(false);
  });

  test('The client address is that of the proxy when the proxy sends no address.', async () => {
    await limit((i) => `not an address ${i}`);
    for (const garbage of ['unknown', '_x', '"', ',', ' , ', 'x'.repeat(8_000)])
      expect(await isLimited(garbage)).toBe(true);
    expect(await isLimited('203.0.113.7')).toBe(false);
  });

  test('An IPv6 address counts by network, and all spellings of an address are equal.', async () => {
    await limit((i) => `2001:db8:0:1::${(i + 1).toString(16)}`);
    expect(await isLimited('2001:db8:0:1:ffff::1')).toBe(true);
    expect(await isLimited('[2001:DB8::1:0:0:0:1]:4711')).toBe(true);
    expect(await isLimited('2001:db8:0:2::1')).toBe(false);

    await limit('203.0.113.8:4711');
    expect(await isLimited('203.0.113.8')).toBe(true);
    expect(await isLimited('::ffff:203.0.113.8')).toBe(true);
  });

  test('The client address is that of the connection when the proxy is not trusted.', async () => {
    const other = await startRedCloud({ env: { RC_TRUSTED_PROXIES: '10.0.0.0/8' } });
    const wrongAt = (i: number) =>
      token({ id: `client_${i}`, secret: 'rc_secret_x' }, forwarded(`203.0.113.${i}`), other);
    expect(counts(await attempts(40, wrongAt))).toEqual({ 401: between(30), 429: expect.any(Number) });
    expect((await token(CLIENT, {}, other)).status).toBe(200);
    await other.stop();
  });

  test('The client address is an IPv4 address also on an IPv6 socket.', { tags: 'slow' }, async () => {
    const other = await startRedCloud({ env: { HOST: '::', RC_SANDBOX: 'false', RC_TRUSTED_PROXIES: '127.0.0.1' } });
    const guessBy = async (host: string, address: string) => {
      const client_id = `client_${Math.random()}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret: 'x' });
      const url = `${other.url.replace('[::1]', host)}/api/auth/token`;
      return (await fetch(url, { method: 'POST', headers: forwarded(address), body })).status;
    };
    for (let i = 0; i < 30; i += 1) await guessBy('127.0.0.1', i % 2 ? '203.0.113.9' : '::ffff:203.0.113.9');
    // Both loopback addresses belong to this machine, but only one of them is trusted.
    expect(await guessBy('127.0.0.1', '203.0.113.9')).toBe(429);
    expect(await guessBy('127.0.0.1', '203.0.113.10')).toBe(401);
    expect(await guessBy('[::1]', '203.0.113.9')).toBe(401);
    await other.stop();
  });
});

test('Guesses are logged with source and target, but not individually and without secrets.', async () => {
  const before = redcloud.logged().length;
  await attempts(COUNT, (i) => token({ id: CLIENT.id, secret: `rc_secret_wrong${i}` }, forwarded('203.0.113.77')));
  await token({ id: 'rc_secret_swapped', secret: CLIENT.id }, forwarded('203.0.113.78'));
  await signIn({ operatorToken: 'my password' }, forwarded('203.0.113.79'));
  const logged = redcloud.logged().slice(before);
  const lines = logged.split('\n').filter((line) => line.includes('"event":"sign_in_refused"'));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'warn', kind: 'client_secret', source: '203.0.113.77', target: CLIENT.id, requestId: expect.any(String) },
    { kind: 'client_secret', source: '203.0.113.78', target: 'not a client id' },
    { kind: 'operator_token', source: '203.0.113.79', target: 'operator', limited: false },
  ]);
  for (const secret of ['rc_secret_wrong', 'rc_secret_swapped', 'my password']) expect(logged).not.toContain(secret);
});

test('Guesses are counted by kind.', async () => {
  const { text } = await redcloud.call('/metrics');
  for (const kind of ['client_secret', 'operator_token', 'access_token', 'session'])
    for (const limited of [true, false])
      expect(text).toMatch(new RegExp(`redcloud_guesses_total\\{kind="${kind}",limited="${limited}"\\} [1-9]`));
});
