import { describe, expect, test } from 'vitest';
import { CAPABILITIES } from '#identity/api-clients.ts';
import { asOperator, LONG, TIME } from './operator.ts';

const NO_QUIET_HOURS = {
  ...{ enabled: false, start: '08:00', end: '21:00' },
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'],
};

const { redcloud, admin, account, client } = asOperator();

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

  test('An unknown account gets 404.', async () => {
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
        quietHours: NO_QUIET_HOURS,
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
      expect(one.text + all.text + redcloud().logged()).not.toContain(secret);
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

  test('An operator sees and sets the quiet hours of a client, which the client also sees.', async () => {
    const path = '/clients/rc_test_client_123';
    const own = async () => (await redcloud().call('/api/core/quiet-hours')).json;
    const before = (await admin('GET', path)).json;
    expect([before.quietHours, await own()]).toEqual([NO_QUIET_HOURS, NO_QUIET_HOURS]);
    const quietHours = { enabled: true, start: '09:00', end: '12:30', days: ['MON', 'FRI'] };
    const changed = await admin('PATCH', path, { quietHours });
    expect([changed.status, changed.json]).toEqual([200, { ...before, quietHours }]);
    expect(await own()).toEqual(quietHours);
    const body = { enabled: false, start: '10:00', end: '11:00', days: ['SUN'] };
    await redcloud().call('/api/core/quiet-hours', { method: 'PUT', body });
    expect((await admin('GET', path)).json.quietHours).toEqual(body);
    expect((await admin('PATCH', path, { quietHours: { enabled: true } })).json.quietHours).toEqual({
      ...NO_QUIET_HOURS,
      enabled: true,
    });
    expect((await admin('PATCH', path, { name: before.name })).json.quietHours.enabled).toBe(true);
    await admin('PATCH', path, { quietHours: NO_QUIET_HOURS });
    expect(await own()).toEqual(NO_QUIET_HOURS);
  });

  test.each([
    [{ start: '08:00' }, 'enabled'],
    [{ enabled: true, start: '8' }, 'start'],
    [{ enabled: true, start: '08:00', end: '08:00' }, 'end'],
    [{ enabled: true, days: [] }, 'days'],
    [{ enabled: true, days: ['MON', 'TODAY'] }, 'days[1]'],
    [{ enabled: true, zone: 'UTC' }, 'zone'],
    [null, 'quietHours'],
  ])('Quiet hours %j are rejected with the name of the field.', async (quietHours, field) => {
    const created = (await client()).client;
    const { status, json } = await admin('PATCH', `/clients/${created.id}`, { quietHours });
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(`${json.error.message} ${JSON.stringify(json.error.details)}`).toContain(field);
    expect((await admin('GET', `/clients/${created.id}`)).json.quietHours).toEqual(NO_QUIET_HOURS);
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
