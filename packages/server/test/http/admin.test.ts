import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAPABILITIES } from '#identity/accounts.ts';
import { OPERATOR, startRedCloud, type TestRedCloud, TOKEN } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const LONG = 'x'.repeat(256);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
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

const admin = (method: string, path: string, body?: unknown) => redcloud.admin(method, path, body);

async function account(name = 'Account'): Promise<{ id: string }> {
  return (await admin('POST', '/accounts', { name })).json;
}

async function client(settings: object = {}) {
  const { id } = await account();
  return (await admin('POST', '/clients', { accountId: id, name: 'Client', ...settings })).json;
}

describe('The operator token', () => {
  test.each(ROUTES)('%s %s requires the operator token.', async (method, path, body) => {
    redcloud.clock.advance(GUESSES_EXPIRE_MS);
    for (const token of [
      null,
      'wrong-operator-token',
      TOKEN,
      `${OPERATOR}x`,
      OPERATOR.slice(1),
      OPERATOR.toUpperCase(),
    ]) {
      const { status, json } = await redcloud.call(`/api/admin${path}`, { method, token, ...(body ? { body } : {}) });
      expect([status, json.error]).toEqual([
        401,
        { code: 'UNAUTHORIZED', message: 'Invalid or missing bearer token', details: {} },
      ]);
    }
  });

  test('The operator token does not authenticate on routes for API clients.', async () => {
    expect((await redcloud.call('/api/core/whoami', { token: OPERATOR })).status).toBe(401);
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

  test('Without an operator token, the operator routes are 404 and absent from the API document.', async () => {
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

describe('Accounts', () => {
  test('Accounts can be created, listed, renamed and suspended.', async () => {
    const created = await admin('POST', '/accounts', { name: 'Ærø & Søn' });
    expect([created.status, created.json]).toEqual([
      201,
      { id: expect.stringMatching(/^acc_/), name: 'Ærø & Søn', status: 'ACTIVE', createdAt: TIME },
    ]);
    const path = `/accounts/${created.json.id}`;
    expect((await admin('PATCH', path, { name: 'New' })).json).toEqual({ ...created.json, name: 'New' });
    const changed = { ...created.json, name: 'New', status: 'SUSPENDED' };
    expect((await admin('PATCH', path, { status: 'SUSPENDED' })).json).toEqual(changed);
    expect((await admin('GET', '/accounts')).json.accounts).toContainEqual(changed);
  });

  test('An unknown account is 404.', async () => {
    const { status, json } = await admin('PATCH', '/accounts/acc_nobody', { name: 'x' });
    expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
  });

  test.each([
    {},
    { name: '' },
    { name: LONG },
    { name: 1 },
    { name: null },
    { name: 'x', status: 'ACTIVE' },
    [],
    'x',
    null,
  ])('An account is not created with %.40j.', async (body) => {
    expect((await admin('POST', '/accounts', body)).status).toBe(400);
  });

  test.each([{ name: '' }, { name: LONG }, { status: 'DELETED' }, { status: null }, { id: 'x' }])(
    'An account is not changed by %.40j.',
    async (body) => {
      const { id } = await account();
      expect((await admin('PATCH', `/accounts/${id}`, body)).status).toBe(400);
    },
  );
});

describe('API clients', () => {
  test('A new API client has all capabilities, no webhooks, and secrets that are returned only once.', async () => {
    const { id: accountId } = await account();
    const { status, json, headers } = await admin('POST', '/clients', { accountId, name: 'Shop' });
    expect(status).toBe(201);
    expect(json).toEqual({
      client: {
        id: expect.stringMatching(/^client_/),
        accountId,
        name: 'Shop',
        status: 'ACTIVE',
        capabilities: [...CAPABILITIES],
        deliveryWebhookUrl: null,
        inboundWebhookUrl: null,
        createdAt: TIME,
      },
      clientSecret: expect.stringMatching(/^rc_secret_.{32,}$/),
      webhookSecret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]+={0,2}$/),
    });
    expect(headers.get('cache-control')).toBe('no-store');
    const [one, all] = [await admin('GET', `/clients/${json.client.id}`), await admin('GET', '/clients')];
    expect(one.json).toEqual(json.client);
    expect(all.json.clients).toContainEqual(json.client);
    for (const secret of [json.clientSecret, json.webhookSecret]) {
      expect(one.text + all.text + redcloud.logged()).not.toContain(secret);
    }
  });

  test('An update changes only the given fields of a client, and null clears a field.', async () => {
    const urls = { deliveryWebhookUrl: 'https://example.com/d', inboundWebhookUrl: 'https://example.com/i' };
    const created = (await client(urls)).client;
    expect(created).toMatchObject(urls);
    const path = `/clients/${created.id}`;
    expect((await admin('PATCH', path, {})).json).toEqual(created);
    const change = { name: 'Renamed', capabilities: ['numbers:read'], deliveryWebhookUrl: null, status: 'SUSPENDED' };
    expect((await admin('PATCH', path, change)).json).toEqual({ ...created, ...change });
    expect((await admin('GET', path)).json).toEqual({ ...created, ...change });
    expect((await admin('PATCH', path, { capabilities: [] })).json.capabilities).toEqual([]);
  });

  test.each([
    ['GET', ''],
    ['PATCH', ''],
    ['GET', '/secrets'],
    ['POST', '/secrets'],
    ['DELETE', '/secrets/secret_x'],
  ])('%s %s returns 404 for an unknown client.', async (method, path) => {
    const { status, json } = await admin(method, `/clients/client_nobody${path}`, method === 'PATCH' ? {} : undefined);
    expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
  });

  const BAD: object[] = [
    { name: '' },
    { name: LONG },
    { capabilities: ['numbers:write'] },
    { capabilities: ['numbers:read', 'numbers:read'] },
    { capabilities: 'numbers:read' },
    { capabilities: null },
    { deliveryWebhookUrl: 'example.com' },
    { deliveryWebhookUrl: 'https://a:b@example.com' },
    { inboundWebhookUrl: 'ftp://example.com' },
    { inboundWebhookUrl: '' },
    { id: 'client_mine' },
    { clientSecret: 'mine' },
  ];
  test.each([...BAD, { accountId: 'acc_nobody' }, { accountId: null }])(
    'An API client is not created with %.60j.',
    async (settings) => {
      const before = (await admin('GET', '/clients')).text;
      const { id } = await account();
      const { status, json } = await admin('POST', '/clients', { accountId: id, name: 'Client', ...settings });
      expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
      expect((await admin('GET', '/clients')).text).toBe(before);
    },
  );

  test.each([...BAD, { accountId: 'acc_other' }, { status: 'DELETED' }])('%.60j changes no client.', async (change) => {
    const created = (await client()).client;
    expect((await admin('PATCH', `/clients/${created.id}`, change)).status).toBe(400);
    expect((await admin('GET', `/clients/${created.id}`)).json).toEqual(created);
  });
});

describe('Numbers', () => {
  const PLAIN = {
    numberId: expect.stringMatching(/^num_/),
    apiClientId: null,
    status: 'ACTIVE',
    campaignRegId: null,
    smsEnabled: true,
    mmsEnabled: false,
    webhookInboundOverride: null,
    webhookDeliveryOverride: null,
  };
  const load = (...numbers: object[]) => admin('POST', '/numbers', { numbers });

  async function everything(): Promise<{ numberId: string; e164: string }[][]> {
    const pages = [];
    let after = '';
    for (;;) {
      const { json } = await admin('GET', `/numbers${after}`);
      pages.push(json.numbers);
      if (json.nextCursor === null) return pages;
      after = `?after=${encodeURIComponent(json.nextCursor)}`;
    }
  }

  test('Numbers are imported with the given values or with defaults.', async () => {
    const { client: owner } = await client();
    const given = {
      apiClientId: owner.id,
      status: 'INACTIVE',
      campaignRegId: 'camp_1',
      smsEnabled: false,
      mmsEnabled: true,
      webhookInboundOverride: 'https://example.com/i',
      webhookDeliveryOverride: 'https://example.com/d',
    };
    const place = { npa: '555', nxx: '888', city: 'Oslo', state: 'NY', zipCode: '10001', rateCenter: 'OSLO' };
    const { status, json } = await load({ e164: '+15558880001' }, { e164: '+4722334455', ...given, ...place });
    expect(status).toBe(201);
    expect(json.imported).toHaveLength(2);
    expect(json.imported).toContainEqual({ ...PLAIN, e164: '+15558880001' });
    expect(json.imported).toContainEqual({ ...PLAIN, ...given, e164: '+4722334455' });
  });

  test('An import leaves existing numbers unchanged, so that it can be repeated.', async () => {
    const [first] = (await load({ e164: '+15558880002', campaignRegId: 'camp_1' })).json.imported;
    const again = await load({ e164: '+15558880002', campaignRegId: 'camp_2' }, { e164: '+15558880003' });
    expect(again.json.imported).toEqual([{ ...PLAIN, e164: '+15558880003' }]);
    expect((await load({ e164: '+15558880002' })).json).toEqual({ imported: [] });
    expect((await everything()).flat()).toContainEqual(first);
    const twice = await load({ e164: '+15558880004' }, { e164: '+15558880004' });
    expect([twice.status, twice.json.imported.length]).toEqual([201, 1]);
  });

  test('Concurrent imports import each number exactly once.', async () => {
    const numbers = Array.from({ length: 50 }, (_, i) => ({ e164: `+1555887${1000 + i}` }));
    const answers = await Promise.all(Array.from({ length: 8 }, () => load(...numbers)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(answers.flatMap(({ json }) => json.imported)).toHaveLength(50);
  });

  test('A number can be assigned to a client and returned to the inventory.', async () => {
    const { client: owner } = await client();
    const [{ numberId }] = (await load({ e164: '+15558880005' })).json.imported;
    const path = `/numbers/${numberId}`;
    const assigned = await admin('PATCH', path, { apiClientId: owner.id, mmsEnabled: true });
    expect(assigned.json).toEqual({
      ...PLAIN,
      numberId,
      e164: '+15558880005',
      apiClientId: owner.id,
      mmsEnabled: true,
    });
    const unknown = await admin('PATCH', path, { apiClientId: 'client_nobody' });
    expect([unknown.status, unknown.json.error.message]).toEqual([400, 'apiClientId must be the id of an API client']);
    expect((await admin('PATCH', path, { status: 'INACTIVE' })).json.apiClientId).toBe(owner.id);
    expect((await admin('PATCH', path, { apiClientId: null })).json.apiClientId).toBeNull();
    expect((await admin('PATCH', '/numbers/num_nobody', { status: 'ACTIVE' })).status).toBe(404);
  });

  test('Pages of numbers contain each number exactly once.', async () => {
    const e164s = Array.from({ length: 450 }, (_, i) => `+1555886${1000 + i}`);
    await load(...e164s.map((e164) => ({ e164 })));
    const pages = await everything();
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(200);
    const all = pages.flat().map(({ e164 }) => e164);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining([...e164s, '+15551234567', '+15551234571', '+15035550100']));
    expect((await admin('GET', '/numbers?after=zzzz')).json).toEqual({ numbers: [], nextCursor: null });
    expect((await admin('GET', '/numbers?after=%00')).status).toBe(400);
    expect((await admin('GET', '/numbers?after=a&after=b')).status).toBe(400);
  });

  const BAD: object[] = [
    { apiClientId: 'client_nobody' },
    { apiClientId: '' },
    { status: 'PENDING' },
    { campaignRegId: '' },
    { smsEnabled: 'true' },
    { webhookInboundOverride: 'example.com' },
    { webhookDeliveryOverride: 'https://a:b@example.com' },
    { numberId: 'num_mine' },
  ];
  const E164S = ['15558880009', '+0555888', '+12345', '+1555888000900000', '+1555 888 0009', '', null, 15558880009];
  const PLACES = [
    { npa: '055' },
    { nxx: '1' },
    { state: 'or' },
    { zipCode: '1234' },
    { city: '' },
    { rateCenter: LONG },
  ];
  test.each([...BAD, ...PLACES, ...E164S.map((e164) => ({ e164 }))])('%.60j prevents an import.', async (bad) => {
    const { status, json } = await load({ e164: '+15558880010' }, { e164: '+15558880009', ...bad });
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    // The import is atomic. The valid number of the request is not imported either.
    expect((await everything()).flat().map(({ e164 }) => e164)).not.toContain('+15558880010');
  });

  test('An import has from 1 to 1,000 numbers.', async () => {
    const numbers = Array.from({ length: 1001 }, (_, i) => ({ e164: `+1555885${1000 + i}` }));
    expect((await load(...numbers)).status).toBe(400);
    expect((await load()).status).toBe(400);
    expect((await load(...numbers.slice(1))).json.imported).toHaveLength(1000);
  });

  test.each([...BAD, {}, { e164: '+15558880011' }])('A number is not changed by %.60j.', async (change) => {
    const { status, json } = await admin('PATCH', '/numbers/num_abc123', change);
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
  });
});

test('A reassigned number loses the campaign and the overrides of its former client.', async () => {
  const account = (await redcloud.admin('POST', '/accounts', { name: 'Two' })).json;
  const [one, two] = await Promise.all(
    ['One', 'Two'].map(
      async (name) => (await redcloud.admin('POST', '/clients', { accountId: account.id, name })).json.client.id,
    ),
  );
  const own = {
    campaignRegId: 'camp_one',
    webhookInboundOverride: 'https://one.example/in',
    webhookDeliveryOverride: 'https://one.example/out',
  };
  const imported = await redcloud.admin('POST', '/numbers', {
    numbers: [{ e164: '+15035550987', apiClientId: one, ...own }],
  });
  const path = `/numbers/${imported.json.imported[0].numberId}`;
  expect((await redcloud.admin('PATCH', path, { apiClientId: one })).json).toMatchObject(own);
  expect((await redcloud.admin('PATCH', path, { apiClientId: two, campaignRegId: 'camp_two' })).json).toMatchObject({
    apiClientId: two,
    campaignRegId: 'camp_two',
    webhookInboundOverride: null,
    webhookDeliveryOverride: null,
  });
});

describe('Opt-outs with impossible recipients', () => {
  const add = (recipient: string) =>
    redcloud.call('/api/core/opt-outs', { method: 'POST', body: { numberId: 'num_abc123', recipient } });
  const list = (query = '') => redcloud.admin('GET', `/opt-outs/impossible${query}`);
  const repair = (body: object) => redcloud.admin('POST', '/opt-outs/repair', body);
  const recipients = (json: { optOuts: { recipient: string }[] }) => json.optOuts.map(({ recipient }) => recipient);

  test('Impossible opt-outs are logged at start, listed with corrections, and corrected only on request.', async () => {
    for (const recipient of ['+115550107001', '+115550107002', '+15550107002', '+99912345678', '+15550107003']) {
      expect((await add(recipient)).status).toBe(201);
    }
    const again = await redcloud.restart();
    redcloud = again;
    await expect
      .poll(() => again.logged())
      .toMatch(/"impossible_opt_outs","count":3,"command":"redcloud admin opt-outs repair"/);
    const faulty = [
      { recipient: '+115550107001', corrections: ['+15550107001'], action: 'REPLACE', fault: 'IMPOSSIBLE' },
      { recipient: '+115550107002', corrections: ['+15550107002'], action: 'REMOVE', fault: 'IMPOSSIBLE' },
      { recipient: '+99912345678', corrections: [], action: 'NONE', fault: 'IMPOSSIBLE' },
    ];
    expect((await list()).json).toMatchObject({ optOuts: faulty, nextCursor: null });
    const first = (await list('?limit=2')).json;
    expect(recipients(first)).toEqual(['+115550107001', '+115550107002']);
    expect(recipients((await list(`?limit=2&after=${first.nextCursor}`)).json)).toEqual(['+99912345678']);

    expect((await repair({})).json).toMatchObject({ applied: false, optOuts: faulty });
    expect((await list()).json.optOuts).toHaveLength(3);
    expect((await repair({ apply: true, limit: 1 })).json).toMatchObject({ applied: true, optOuts: [faulty[0]] });
    const { nextCursor: after } = (await repair({ limit: 1 })).json;
    expect((await repair({ apply: true })).json).toMatchObject({ applied: true, optOuts: faulty.slice(1) });
    expect(after).toBeTypeOf('string');
    expect(recipients((await list()).json)).toEqual(['+99912345678']);
    expect((await redcloud.send('corrected', { to: ['+15550107001'] })).json.errors).toMatchObject([
      { to: '+15550107001', error: { code: 'RECIPIENT_OPTED_OUT' } },
    ]);
    for (const recipient of ['%2B99912345678', '+15550107001', '+15550107002', '+15550107003']) {
      await redcloud.call(`/api/core/opt-outs/num_abc123/${recipient}`, { method: 'DELETE' });
    }
  });

  test.each([
    ['GET', '/opt-outs/impossible?after=x', undefined],
    ['GET', '/opt-outs/impossible?limit=0', undefined],
    ['POST', '/opt-outs/repair', { after: 'x' }],
    ['POST', '/opt-outs/repair', { apply: 'yes' }],
    ['POST', '/opt-outs/repair', { all: true }],
  ])('%s %s %j is rejected.', async (method, path, body) => {
    expect((await redcloud.admin(method, path, body)).status).toBe(400);
  });

  test('The routes for impossible opt-outs require the operator token.', async () => {
    for (const path of ['/opt-outs/impossible', '/opt-outs/repair']) {
      const method = path.endsWith('repair') ? 'POST' : 'GET';
      expect(
        (await redcloud.call(`/api/admin${path}`, { method, body: method === 'POST' ? {} : undefined })).status,
      ).toBe(401);
    }
  });
});

describe('Inbound messages created by the operator', () => {
  const bring = (body: object) => redcloud.admin('POST', '/inbound', body);
  const WRITTEN = { carrier: 'acme', from: '+15557650001', to: '+15551234567', text: 'Hello' };

  test('An inbound message is stored once for the client of the number, even if its carrier repeats it.', async () => {
    const first = await bring({ ...WRITTEN, carrierRef: 'in-1' });
    expect([first.status, first.json.outcome]).toEqual([202, 'NEW']);
    expect((await bring({ ...WRITTEN, carrierRef: 'in-1' })).json).toEqual({ outcome: 'REPEAT' });
    expect((await bring({ ...WRITTEN, carrierRef: 'in-1', carrier: 'other' })).json.outcome).toBe('NEW');
    const { json } = await redcloud.call(`/api/core/messages/${first.json.messageId}`);
    expect(json).toMatchObject({ direction: 'INBOUND', status: 'RECEIVED', from: '+15557650001', text: 'Hello' });
  });

  test.each([
    ['15557650011', '+15557650011'],
    ['5557650012', '+15557650012'],
    ['+1 (555) 765-0013', '+15557650013'],
    ['0015557650014', '+15557650014'],
    ['447911123456', '+447911123456'],
    ['72345', '72345'],
    ['RedBank', 'RedBank'],
    ['0612345678', '0612345678'],
  ])('The sender is normalized to E.164 where possible, from %s to %s.', async (from, expected) => {
    const { json } = await bring({ ...WRITTEN, from, carrierRef: `from ${from}`, text: 'STOP' });
    expect((await redcloud.call(`/api/core/messages/${json.messageId}`)).json.from).toBe(expected);
  });

  test('A message to a number without a client is stored, and its outcome is NOBODY.', async () => {
    expect((await bring({ ...WRITTEN, carrierRef: 'in-2', to: '+15559999999' })).json.outcome).toBe('NOBODY');
  });

  test('An MMS from a handset is accepted, and its keyword opts out.', async () => {
    const media = [{ storageKey: 's', mimeType: 'image/png', byteLength: 1 }];
    const { json } = await bring({ ...WRITTEN, carrierRef: 'in-3', text: 'stop', media });
    expect(json.outcome).toBe('NEW');
    const optOuts = await redcloud.call('/api/core/opt-outs?recipient=%2B15557650001');
    expect(optOuts.json.optOuts).toMatchObject([{ numberId: 'num_abc123', keyword: 'STOP' }]);
  });

  test.each([
    [{ carrierRef: '' }],
    [{ carrierRef: 'x', to: 'num_abc123' }],
    [{ carrierRef: 'x', text: undefined }],
    [{ carrierRef: 'x', carrier: '../x' }],
    [{ carrierRef: 'x', extra: 1 }],
  ])('An inbound message with %j is rejected.', async (change) => {
    expect((await bring({ ...WRITTEN, ...change })).status).toBe(400);
  });
});
