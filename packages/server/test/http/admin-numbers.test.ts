import { describe, expect, test } from 'vitest';
import { asOperator, LONG } from './operator.ts';

const { redcloud, admin, client } = asOperator();

describe('Numbers', () => {
  const PLAIN = {
    numberId: expect.stringMatching(/^num_/),
    apiClientId: null,
    status: 'ACTIVE',
    campaignRegId: null,
    smsEnabled: true,
    mmsEnabled: false,
    type: 'LONG_CODE',
    carrier: null,
    carriers: null,
    allowedCountries: null,
    webhookInboundOverride: null,
    webhookDeliveryOverride: null,
    poolId: null,
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
      carrier: null,
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
      carrier: null,
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
  const account = (await redcloud().admin('POST', '/accounts', { name: 'Two' })).json;
  const [one, two] = await Promise.all(
    ['One', 'Two'].map(
      async (name) => (await redcloud().admin('POST', '/clients', { accountId: account.id, name })).json.client.id,
    ),
  );
  const own = {
    campaignRegId: 'camp_one',
    webhookInboundOverride: 'https://one.example/in',
    webhookDeliveryOverride: 'https://one.example/out',
  };
  const imported = await redcloud().admin('POST', '/numbers', {
    numbers: [{ e164: '+15035550987', apiClientId: one, ...own }],
  });
  const path = `/numbers/${imported.json.imported[0].numberId}`;
  expect((await redcloud().admin('PATCH', path, { apiClientId: one })).json).toMatchObject(own);
  expect((await redcloud().admin('PATCH', path, { apiClientId: two, campaignRegId: 'camp_two' })).json).toMatchObject({
    apiClientId: two,
    campaignRegId: 'camp_two',
    webhookInboundOverride: null,
    webhookDeliveryOverride: null,
  });
});
