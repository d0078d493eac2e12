import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAPABILITIES } from '#identity/api-clients.ts';
import { newCustomer } from '../support/customer.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const CANONICAL = {
  numberId: 'num_abc123',
  e164: '+15551234567',
  status: 'ACTIVE',
  campaignRegId: 'camp_abc123',
  smsEnabled: true,
  mmsEnabled: true,
};

const list = (token?: string) => redcloud.call('/api/core/numbers', token ? { token } : {});
const search = (body: unknown, token?: string) =>
  redcloud.call('/api/core/numbers/search', { method: 'POST', body, ...(token ? { token } : {}) });
const change = (numberId: string, body: unknown, token?: string) =>
  redcloud.call(`/api/core/numbers/${numberId}`, { method: 'PATCH', body, ...(token ? { token } : {}) });

async function listed(numberId: string): Promise<Record<string, unknown>> {
  return (await list()).json.numbers.find((number: { numberId: string }) => number.numberId === numberId);
}

async function importNumber(number: { e164: string } & Record<string, unknown>): Promise<string> {
  const { json } = await redcloud.admin('POST', '/numbers', { numbers: [number] });
  return json.imported[0].numberId;
}

describe('whoami', () => {
  test('whoami returns the client, its capabilities, the counts of its numbers, and its webhooks.', async () => {
    const { status, json } = await redcloud.call('/api/core/whoami');
    expect(status).toBe(200);
    expect(json).toEqual({
      apiClientId: 'rc_test_client_123',
      apiClientName: 'Sandbox',
      apiClientStatus: 'ACTIVE',
      capabilities: [...CAPABILITIES],
      assignedNumbers: { total: 4, smsEnabledCount: 4, mmsEnabledCount: 2 },
      inboundWebhookConfigured: true,
      deliveryWebhookConfigured: true,
    });
  });

  test('whoami counts the currently assigned numbers and requires no capability.', async () => {
    const { clientId: id, token } = await newCustomer(redcloud, {
      capabilities: [],
      deliveryWebhookUrl: 'https://example.com/d',
    });
    const who = async () => (await redcloud.call('/api/core/whoami', { token })).json;
    expect(await who()).toMatchObject({
      capabilities: [],
      assignedNumbers: { total: 0, smsEnabledCount: 0, mmsEnabledCount: 0 },
      inboundWebhookConfigured: false,
      deliveryWebhookConfigured: true,
    });
    await importNumber({ e164: '+15557780001', apiClientId: id, smsEnabled: false, mmsEnabled: true });
    await redcloud.admin('PATCH', `/clients/${id}`, {
      inboundWebhookUrl: 'https://example.com/i',
      deliveryWebhookUrl: null,
    });
    expect(await who()).toMatchObject({
      assignedNumbers: { total: 1, smsEnabledCount: 0, mmsEnabledCount: 1 },
      inboundWebhookConfigured: true,
      deliveryWebhookConfigured: false,
    });
  });
});

describe('The list of numbers', () => {
  test('The list contains only the numbers of the client, without overrides that are not set.', async () => {
    const { status, json } = await list();
    expect(status).toBe(200);
    expect(json.numbers[0]).toEqual(CANONICAL);
    expect(json.numbers.map(({ numberId }: { numberId: string }) => numberId)).toEqual([
      'num_abc123',
      'num_nomms',
      'num_nocampaign',
      'num_inactive',
    ]);
  });

  test('The list reflects an assignment immediately.', async () => {
    const { clientId: id, token } = await newCustomer(redcloud);
    expect((await list(token)).json).toEqual({ numbers: [] });
    const numberId = await importNumber({ e164: '+15557780002' });
    await redcloud.admin('PATCH', `/numbers/${numberId}`, {
      apiClientId: id,
      webhookInboundOverride: 'https://example.com/i',
    });
    expect((await list(token)).json.numbers).toEqual([
      {
        ...CANONICAL,
        numberId,
        e164: '+15557780002',
        campaignRegId: null,
        mmsEnabled: false,
        webhookInboundOverride: 'https://example.com/i',
      },
    ]);
    await redcloud.admin('PATCH', `/numbers/${numberId}`, { apiClientId: null });
    expect((await list(token)).json).toEqual({ numbers: [] });
  });
});

describe('A search of the inventory', () => {
  const PORTLAND = { npa: '503', nxx: '555', city: 'Portland', state: 'OR', rateCenter: 'PORTLAND' };

  test('A search groups numbers by place, and its count includes numbers that are not listed.', async () => {
    const { status, json } = await search({ npa: '503', limit: 2 });
    expect([status, json]).toEqual([
      200,
      {
        groups: [
          {
            ...PORTLAND,
            count: 12,
            numbers: [
              { e164: '+15035550100', smsEnabled: true, mmsEnabled: false },
              { e164: '+15035550101', smsEnabled: true, mmsEnabled: true },
            ],
          },
        ],
      },
    ]);
  });

  const FILTERS = ['npa=503', 'nxx=555&state=OR', 'city=portland', 'city=PORTLAND', 'state=or', 'zipCode=97201'];
  const ALL = 'npa=503&nxx=555&city=pOrTlAnD&state=Or&zipCode=97201&rateCenter=portland';
  test.each([...FILTERS, ALL])('A search for %s matches all filters, ignoring case.', async (filters) => {
    const filter = Object.fromEntries(new URLSearchParams(filters));
    const { json } = await search(filter);
    expect(json.groups).toEqual([{ ...PORTLAND, count: 12, numbers: expect.any(Array) }]);
    expect(json.groups[0].numbers).toHaveLength(12);
  });

  test('A search finds nothing if one filter does not match.', async () => {
    expect((await search({ npa: '503', state: 'WA' })).json).toEqual({ groups: [] });
    expect((await search({ city: 'Port%' })).json).toEqual({ groups: [] });
    expect((await search({ city: "Portland' or '1'='1" })).json).toEqual({ groups: [] });
  });

  test('A search returns one group for each place.', async () => {
    const { json } = await search({ nxx: '555' });
    expect(json.groups.map(({ npa, count }: { npa: string; count: number }) => [npa, count])).toEqual([
      ['206', 12],
      ['212', 12],
      ['415', 12],
      ['503', 12],
    ]);
  });

  test('A search lists 50 numbers by default and up to 500.', async () => {
    const numbers = Array.from({ length: 510 }, (_, i) => ({
      e164: `+1307556${String(i).padStart(4, '0')}`,
      city: 'Cheyenne',
      state: 'WY',
    }));
    expect((await redcloud.admin('POST', '/numbers', { numbers })).status).toBe(201);
    for (const [limit, length] of [
      [undefined, 50],
      [1, 1],
      [500, 500],
    ] as const) {
      const [group] = (await search({ city: 'cheyenne', ...(limit ? { limit } : {}) })).json.groups;
      expect([group.count, group.numbers.length]).toEqual([510, length]);
      expect(group).toMatchObject({ npa: '307', nxx: '556', rateCenter: null });
    }
  });

  test('A search finds neither assigned nor inactive numbers.', async () => {
    const filter = { city: 'Nome' };
    const numberId = await importNumber({ e164: '+19075550001', ...filter, npa: null, nxx: null });
    const found = async () => (await search(filter)).json.groups;
    expect(await found()).toEqual([
      {
        npa: null,
        nxx: null,
        city: 'Nome',
        state: null,
        rateCenter: null,
        count: 1,
        numbers: [{ e164: '+19075550001', smsEnabled: true, mmsEnabled: false }],
      },
    ]);
    await redcloud.admin('PATCH', `/numbers/${numberId}`, { apiClientId: 'rc_test_client_other' });
    expect(await found()).toEqual([]);
    await redcloud.admin('PATCH', `/numbers/${numberId}`, { apiClientId: null, status: 'INACTIVE' });
    expect(await found()).toEqual([]);
    await redcloud.admin('PATCH', `/numbers/${numberId}`, { status: 'ACTIVE' });
    expect(await found()).toHaveLength(1);
  });

  test('A search requires at least one filter.', async () => {
    for (const body of [{}, { limit: 10 }]) {
      const { status, json } = await search(body);
      expect([status, json.error.message]).toEqual([400, 'At least one filter is required']);
    }
  });

  const BAD = [
    'npa=50',
    'npa=103',
    'nxx=5555',
    'city=',
    'state=Oregon',
    'zipCode=9720',
    'zipCode=97201-1234',
    'country=US',
  ];
  const LIMITS = [{ limit: 0 }, { limit: 501 }, { limit: 1.5 }, { limit: '10' }].map((limit) => ({
    npa: '503',
    ...limit,
  }));
  test.each([...LIMITS, ...BAD.map((filter) => Object.fromEntries([filter.split('=')]))])(
    'A search rejects the invalid filter %j.',
    async (body) => {
      const { status, json } = await search(body);
      expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    },
  );
});

describe('An update of a number', () => {
  const SETTINGS = {
    campaignregId: 'camp_other',
    webhookInboundOverride: 'https://example.com/in?a=1#b',
    webhookDeliveryOverride: 'http://127.0.0.1:9/delivery',
  };

  test('An update sets the given fields, and null clears a field.', async () => {
    const { campaignregId, ...overrides } = SETTINGS;
    const full = { ...CANONICAL, campaignRegId: campaignregId, ...overrides };
    const set = await change('num_abc123', SETTINGS);
    expect([set.status, set.json]).toEqual([200, full]);
    expect(await listed('num_abc123')).toEqual(full);

    const { webhookInboundOverride: _, ...kept } = full;
    expect((await change('num_abc123', { webhookInboundOverride: null })).json).toEqual(kept);
    await change('num_abc123', { campaignregId: null, webhookDeliveryOverride: null });
    expect(await listed('num_abc123')).toEqual({ ...CANONICAL, campaignRegId: null });
    expect((await redcloud.send('no-campaign')).json.error.message).toBe('sendFrom must have campaignregId configured');
    expect((await change('num_abc123', { campaignregId: CANONICAL.campaignRegId })).json).toEqual(CANONICAL);
    expect((await redcloud.send('campaign')).status).toBe(202);
  });

  test.each(['num_other', 'num_nobody', 'search'])('The foreign or unknown number %s gets 404.', async (numberId) => {
    const { status, json } = await change(numberId, SETTINGS);
    expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
    const all = (await redcloud.admin('GET', '/numbers?after=num_o')).json.numbers;
    expect(all.find((number: { numberId: string }) => number.numberId === 'num_other').campaignRegId).toBe(
      'camp_abc123',
    );
  });

  const BAD_URLS = [
    '',
    'example.com',
    '/path',
    'ftp://example.com',
    'javascript:alert(1)',
    'http://',
    'https:// ',
    'http://a b/',
  ];
  const OTHER = [
    'https://example.com:99999/',
    'https://user:password@example.com/',
    'https://user@example.com/',
    `https://example.com/${'x'.repeat(2049)}`,
    ' https://example.com/',
    'https://[::1/',
  ];
  test.each([...BAD_URLS, ...OTHER])('An update rejects the override "%.60s".', async (url) => {
    for (const field of ['webhookInboundOverride', 'webhookDeliveryOverride']) {
      const { status, json } = await change('num_abc123', { [field]: url });
      expect([status, json.error.code, json.error.details.field]).toEqual([400, 'INVALID_REQUEST', field]);
    }
    expect(await listed('num_abc123')).toEqual(CANONICAL);
  });

  test.each(['https://example.com/\nx', 'https://exam\tple.com/', 'http:///path'])(
    'An update rejects %j, which only a lenient parser accepts as a URL.',
    async (url) => {
      const { status } = await change('num_nomms', { webhookInboundOverride: url });
      expect(status).toBe(400);
    },
  );

  test('An update accepts a URL scheme in any case (RFC 3986 §3.1).', async () => {
    const { status } = await change('num_nomms', { webhookInboundOverride: 'HTTPS://example.com/hook' });
    expect(status).toBe(200);
  });

  const UNKNOWN = ['campaignRegId', 'smsEnabled', 'status', 'e164'].map((field) => [
    { [field]: 'x' },
    `${field} is not a known field`,
  ]);
  const LENGTHS = ['', 'x'.repeat(256)].map((campaignregId) => [{ campaignregId }, expect.any(String)]);
  test.each([[{}, 'Nothing to change'], ...UNKNOWN, ...LENGTHS])('%.60j is no valid update.', async (body, message) => {
    const { status, json } = await change('num_abc123', body);
    expect([status, json.error.message]).toEqual([400, message]);
    expect(await listed('num_abc123')).toEqual(CANONICAL);
  });
});

describe('Capabilities', () => {
  test('A capability gives access to its own routes, and its absence gets 403.', async () => {
    const tries = {
      'numbers:read': (token: string) => list(token),
      'numbers:search': (token: string) => search({ npa: '503' }, token),
      'numbers:update': (token: string) => change('num_nobody', { campaignregId: 'x' }, token),
    };
    for (const given of Object.keys(tries)) {
      const { clientId: id, token } = await newCustomer(redcloud, { capabilities: [given] });
      for (const [capability, attempt] of Object.entries(tries)) {
        const { status, json } = await attempt(token);
        if (capability === given) expect([200, 404]).toContain(status);
        else expect([status, json.error.code]).toEqual([403, 'FORBIDDEN']);
      }
      await redcloud.admin('PATCH', `/clients/${id}`, { capabilities: [] });
      expect((await tries[given as keyof typeof tries](token)).status).toBe(403);
    }
  });
});
