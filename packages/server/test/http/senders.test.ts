import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
let keys = 0;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const CLIENT = 'rc_test_client_123';

async function numberOf(e164: string, settings: object = {}): Promise<string> {
  const { status, json } = await redcloud.admin('POST', '/numbers', {
    numbers: [{ e164, apiClientId: CLIENT, ...settings }],
  });
  expect(status).toBe(201);
  return json.imported[0].numberId;
}

async function send(sendFrom: string, to: readonly string[]) {
  keys += 1;
  return redcloud.send(`senders-${keys}`, { sendFrom, to });
}

describe('Senders of all kinds', () => {
  test.each([
    ['+447911123456', 'LONG_CODE'],
    ['+18005550123', 'TOLL_FREE'],
    ['12345', 'SHORT_CODE'],
    ['SHOP', 'ALPHANUMERIC'],
    ['24 Hours', 'ALPHANUMERIC'],
  ])('The sender %s has the type %s and needs no campaign.', async (address, type) => {
    const numberId = await numberOf(address);
    const { json } = await send(numberId, ['+15551230001']);
    expect(json.results).toMatchObject([{ to: '+15551230001', status: 'QUEUED' }]);
    const { numbers } = (await redcloud.call('/api/core/numbers')).json;
    expect(numbers.find((one: { numberId: string }) => one.numberId === numberId)).toMatchObject({
      e164: address,
      campaignRegId: null,
      ...(type === 'LONG_CODE' ? {} : { type }),
    });
    const message = (await redcloud.call(`/api/core/messages/${json.results[0].messageId}`)).json;
    expect(message.from).toBe(address);
    const found = (await redcloud.call(`/api/core/messages?from=${encodeURIComponent(address)}`)).json;
    expect(found.messages.map((one: { messageId: string }) => one.messageId)).toEqual([message.messageId]);
  });

  test('A long code of country code 1 needs a campaign.', async () => {
    const { status, json } = await send(await numberOf('+12125550123'), ['+15551230001']);
    expect([status, json.error.message]).toEqual([400, 'sendFrom must have campaignregId configured']);
  });

  test.each(['SHOP\0', 'Twelve chars', '12', '123456789', ' SHOP', 'SHOP ', 'SH\u0301OP', '', '+1', 'a'.repeat(5_000)])(
    'The address %j is rejected with the form of an address.',
    async (e164) => {
      const { status, json } = await redcloud.admin('POST', '/numbers', { numbers: [{ e164, apiClientId: CLIENT }] });
      expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    },
  );

  test('A sender with allowed countries rejects other recipients one by one.', async () => {
    const numberId = await numberOf('MARKET', { allowedCountries: ['44', '49'] });
    const { status, json } = await send(numberId, ['+447911123456', '+15551230001', '+4915112345678']);
    expect(status).toBe(202);
    expect(json.results.map(({ to }: { to: string }) => to)).toEqual(['+447911123456', '+4915112345678']);
    expect(json.errors).toEqual([
      {
        to: '+15551230001',
        error: {
          code: 'COUNTRY_NOT_ALLOWED',
          message: 'MARKET may only send to recipients with the country code 44, 49',
          details: { allowedCountries: ['44', '49'] },
        },
      },
    ]);
  });

  test('The list of allowed countries can be changed and cleared, and must have calling codes.', async () => {
    const numberId = await numberOf('54321', { allowedCountries: ['1'] });
    const path = `/numbers/${numberId}`;
    const wrong = await redcloud.admin('PATCH', path, { allowedCountries: ['999'] });
    expect([wrong.status, wrong.json.error.message]).toEqual([
      400,
      'allowedCountries contains 999, which is no country calling code such as "1" or "44"',
    ]);
    expect((await redcloud.admin('PATCH', path, { allowedCountries: null })).json).toMatchObject({
      allowedCountries: null,
      type: 'SHORT_CODE',
    });
  });

  test('A number may only name configured carriers.', async () => {
    const numberId = await numberOf('SHOP2');
    const unknown = await redcloud.admin('PATCH', `/numbers/${numberId}`, { carriers: ['simulator', 'acme'] });
    expect([unknown.status, unknown.json.error.message]).toEqual([
      400,
      'carrier acme is not configured. Configured carriers: simulator',
    ]);
    const known = await redcloud.admin('PATCH', `/numbers/${numberId}`, { carriers: ['simulator'] });
    expect(known.json.carriers).toEqual(['simulator']);
  });
});
