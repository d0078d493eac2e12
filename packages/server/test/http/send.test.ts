import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CAPABILITIES } from '#identity/api-clients.ts';
import { newCustomer, newNumber } from '../support/customer.ts';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  // Without a link nothing is sent, so that a slow machine is not mistaken for an overloaded one.
  redcloud = await startRedCloud({ overrides: { simulatorLinks: 0 } });
});
afterAll(() => redcloud.stop());

const MEDIA = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182340 };

describe('Accepted send requests', () => {
  test('A send request gets 202 and one QUEUED result per recipient.', async () => {
    const { status, json } = await redcloud.send('accepted-1', { to: ['+15551234567', '+15551234568'] });
    expect(status).toBe(202);
    expect(json.errors).toEqual([]);
    expect(json.results).toEqual([
      { to: '+15551234567', messageId: expect.stringMatching(/^msg_/), status: 'QUEUED' },
      { to: '+15551234568', messageId: expect.stringMatching(/^msg_/), status: 'QUEUED' },
    ]);
  });

  test('1,000 recipients are checked one by one in order, with 985 results and 15 errors.', async () => {
    const to = Array.from({ length: 1000 }, (_, i) => `+1555${String(2_000_000 + i)}`);
    for (let i = 0; i < 10; i += 1) to[i * 90 + 5] = `invalid-${i}`;
    for (let i = 0; i < 5; i += 1) to[i * 100 + 50] = to[1] as string;
    const { status, json } = await redcloud.send('thousand', { to });
    expect(status).toBe(202);
    expect(json.results).toHaveLength(985);
    expect(json.errors).toHaveLength(15);
    const refused = new Set(json.errors.map((error: { to: string }) => error.to));
    expect(json.results.map((result: { to: string }) => result.to)).toEqual(
      [...new Set(to)].filter((recipient) => recipient === to[1] || !refused.has(recipient)),
    );
    const codes = json.errors.map(({ error }: { error: { code: string } }) => error.code);
    expect(codes.filter((code: string) => code === 'INVALID_RECIPIENT')).toHaveLength(10);
    expect(codes.filter((code: string) => code === 'DUPLICATE_RECIPIENT')).toHaveLength(5);
  });

  test('Each message of an MMS request contains the content of the request.', async () => {
    const media = Array.from({ length: 10 }, (_, i) => ({
      ...{ storageKey: `${i}-${'k'.repeat(500)}`, mimeType: 'image/jpeg', byteLength: 1_000 },
      ...{ sourceUrl: `https://example.com/${'u'.repeat(1_500)}`, fileName: 'f'.repeat(255) },
    }));
    const to = Array.from({ length: 1000 }, (_, i) => `+1555${String(3_000_000 + i)}`);
    const text = 'Catalog preview';
    const { json } = await redcloud.send('shared-content', { messageType: 'MMS', text, media, to });
    const ids: string[] = json.results.map(({ messageId }: { messageId: string }) => messageId);
    for (const id of [ids[0], ids[999]]) {
      expect((await redcloud.call(`/api/core/messages/${id}`)).json).toMatchObject({ text, media });
      expect((await redcloud.call(`/api/admin/messages/${id}`, { token: OPERATOR })).json).toMatchObject({
        text,
        media,
      });
    }
    const listed = await redcloud.call(`/api/core/messages?limit=500&to=%2B15553000500`);
    expect(listed.json.messages).toMatchObject([{ text, media }]);
  });

  test('A recipient of 64 characters is returned as invalid.', async () => {
    const { status, json } = await redcloud.send('sixty-four', { to: ['x'.repeat(64)] });
    expect([status, json.errors[0].error.code]).toEqual([202, 'INVALID_RECIPIENT']);
  });

  test('A send request gets 202 even if every recipient is rejected.', async () => {
    const { status, json } = await redcloud.send('all-refused', { to: ['invalid'] });
    expect(status).toBe(202);
    expect(json).toEqual({
      results: [],
      errors: [
        {
          to: 'invalid',
          error: { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} },
        },
      ],
    });
  });

  test('An MMS may have no text.', async () => {
    const { status } = await redcloud.send('mms-only', { messageType: 'MMS', text: undefined, media: [MEDIA] });
    expect(status).toBe(202);
  });
});

describe('Rejected send requests', () => {
  const CASES: [string, Record<string, unknown>, number, string][] = [
    [
      'a phone number as sendFrom',
      { sendFrom: '+15551234567' },
      400,
      'sendFrom must be a numberId such as num_abc123, not a phone number',
    ],
    ["another client's number", { sendFrom: 'num_other' }, 403, 'sendFrom is not owned by this API client'],
    ['an unknown number, alike', { sendFrom: 'num_nobody' }, 403, 'sendFrom is not owned by this API client'],
    ['a number without campaign', { sendFrom: 'num_nocampaign' }, 400, 'sendFrom must have campaignregId configured'],
    ['a number that is not ACTIVE', { sendFrom: 'num_inactive' }, 400, 'sendFrom is not ACTIVE'],
    [
      'a number without MMS',
      { sendFrom: 'num_nomms', messageType: 'MMS', media: [MEDIA] },
      400,
      'sendFrom is not enabled for MMS',
    ],
    ['no recipient', { to: [] }, 400, 'to must contain at least one recipient'],
    ['SMS with media', { media: [MEDIA] }, 400, 'SMS cannot include media'],
    ['MMS without media', { messageType: 'MMS' }, 400, 'MMS must include media'],
    ['MMS with empty media', { messageType: 'MMS', media: [] }, 400, 'MMS must include media'],
    ['neither text nor media', { text: undefined }, 400, 'At least one of text or media is required'],
    ['an empty text', { text: '' }, 400, 'At least one of text or media is required'],
    [
      '1,001 recipients',
      { to: Array.from({ length: 1001 }, (_, i) => `+1555${1_000_000 + i}`) },
      400,
      'to must NOT have more than 1000 items',
    ],
    [
      'a recipient of 65 characters',
      { to: ['+15551234567', '+15551234568', '+15551234569', 'x'.repeat(65)] },
      400,
      'to[3] must NOT have more than 64 characters',
    ],
    ['a recipient of a megabyte', { to: ['9'.repeat(1_000_000)] }, 400, 'to[0] must NOT have more than 64 characters'],
    ['1,601 characters', { text: 'x'.repeat(1601) }, 400, 'text must NOT have more than 1600 characters'],
    ['11 segments', { text: 'ж'.repeat(671) }, 400, 'text takes 11 segments, but at most 10 are allowed'],
    [
      '11 media',
      { messageType: 'MMS', media: Array.from({ length: 11 }, () => MEDIA) },
      400,
      'media must NOT have more than 10 items',
    ],
    [
      'a long externalReference',
      { externalReference: 'x'.repeat(256) },
      400,
      'externalReference must NOT have more than 255 characters',
    ],
    ['an unknown field', { colour: 'red' }, 400, 'colour is not a known field'],
    ['U+0000 in the text', { text: 'a\0b' }, 400, 'Strings must not contain U+0000 or unpaired surrogates'],
    ['half a surrogate pair', { text: 'a\ud83d' }, 400, 'Strings must not contain U+0000 or unpaired surrogates'],
  ];

  test.each(CASES)('A send request with %s is rejected with the reason.', async (name, body, status, message) => {
    const answer = await redcloud.send(`refused ${name}`, body);
    expect([answer.status, answer.json.error.message]).toEqual([status, message]);
  });

  test('A rejected send request leaves its key unused.', async () => {
    expect((await redcloud.send('free', { to: [] })).status).toBe(400);
    const { status, headers } = await redcloud.send('free');
    expect([status, headers.get('idempotent-replayed')]).toEqual([202, null]);
  });

  test('A send request requires an Idempotency-Key of 1 to 255 printable ASCII characters.', async () => {
    const { status, json } = await redcloud.call('/api/core/messages/send', {
      method: 'POST',
      body: { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'x' },
    });
    expect([status, json.error.message]).toEqual([400, 'Idempotency-Key header is required']);
    expect((await redcloud.send('x'.repeat(256))).status).toBe(400);
    expect((await redcloud.send('x'.repeat(255))).status).toBe(202);
    expect((await redcloud.send('tab\there')).status).toBe(400);
  });
});

describe('Repeated send requests', () => {
  test('A repeated request gets the stored 202 byte for byte, with Idempotent-Replayed.', async () => {
    const first = await redcloud.send('repeat', { to: ['+15551234567', 'invalid'] });
    const second = await redcloud.send('repeat', { to: ['+15551234567', 'invalid'] });
    expect(second.status).toBe(202);
    expect(second.text).toBe(first.text);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
  });

  test('A request with equal JSON is a repetition, independent of its bytes.', async () => {
    const raw = '{"text":"caf\\u00e9", "to":["+15551234567"] ,"sendFrom":"num_abc123","messageType":"SMS"}';
    const first = await redcloud.send('canonical', { text: 'café' });
    const second = await redcloud.send('canonical', {}, { raw });
    expect([second.status, second.text]).toEqual([202, first.text]);
  });

  test('A request with the same key and another payload gets 409.', async () => {
    await redcloud.send('different', { text: 'one' });
    const { status, json } = await redcloud.send('different', { text: 'two' });
    expect([status, json.error.code]).toEqual([409, 'CONFLICT']);
  });

  test('A repeated request gets its stored response, independent of the current state of the number.', async () => {
    const first = await redcloud.send('number-off', { sendFrom: 'num_nomms' });
    await redcloud.admin('PATCH', '/numbers/num_nomms', { status: 'INACTIVE' });
    const again = await redcloud.send('number-off', { sendFrom: 'num_nomms' });
    const fresh = await redcloud.send('number-off-2', { sendFrom: 'num_nomms' });
    await redcloud.admin('PATCH', '/numbers/num_nomms', { status: 'ACTIVE' });
    expect([again.status, again.text]).toEqual([202, first.text]);
    expect(fresh.status).toBe(400);
  });

  test('200 concurrent requests with one key create one message.', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => redcloud.send('at-once')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
  });

  test('Equal keys of different clients are independent.', async () => {
    const account = (await redcloud.admin('POST', '/accounts', { name: 'Apart' })).json;
    const created = (await redcloud.admin('POST', '/clients', { accountId: account.id, name: 'Apart' })).json;
    const imported = await redcloud.admin('POST', '/numbers', {
      numbers: [{ e164: '+15557770001', apiClientId: created.client.id, campaignRegId: 'camp_1' }],
    });
    const token = await tokenOf(created.client.id, created.clientSecret);
    const own = await redcloud.send('shared-key', { text: 'ours' });
    const theirs = await redcloud.send(
      'shared-key',
      { text: 'theirs', sendFrom: imported.json.imported[0].numberId },
      { token },
    );
    expect([own.status, theirs.status]).toEqual([202, 202]);
    expect(theirs.headers.get('idempotent-replayed')).toBeNull();
  });
});

describe('The capability messages:send', () => {
  const FORBIDDEN = [403, 'This API client lacks the capability messages:send'];

  test('The capability is required to send and to repeat a send, and nothing else requires it.', async () => {
    const capabilities = CAPABILITIES.filter((capability) => capability !== 'messages:send');
    const { clientId, token } = await newCustomer(redcloud);
    const sendFrom = await newNumber(redcloud, clientId, '+15557770002');
    const send = async (key: string, body: object = { sendFrom }) => {
      const { status, json } = await redcloud.send(key, { ...body }, { token });
      return [status, json.error?.message];
    };
    expect(await send('before')).toEqual([202, undefined]);

    await redcloud.admin('PATCH', `/clients/${clientId}`, { capabilities });
    expect(await send('before')).toEqual(FORBIDDEN);
    expect(await send('after')).toEqual(FORBIDDEN);
    // The capability is checked before the body and the key.
    expect(await send('', { sendFrom: 17 })).toEqual(FORBIDDEN);
    expect((await redcloud.call('/api/core/whoami', { token })).json.capabilities).toEqual(capabilities);
    const { messages } = (await redcloud.call('/api/core/messages', { token })).json;
    expect(messages).toHaveLength(1);

    await redcloud.admin('PATCH', `/clients/${clientId}`, { capabilities: ['messages:send'] });
    const again = await redcloud.send('before', { sendFrom }, { token });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect((await redcloud.call('/api/core/messages', { token })).status).toBe(403);
  });

  test('Both clients of the sandbox have the capability.', async () => {
    expect((await redcloud.call('/api/core/whoami')).json.capabilities).toContain('messages:send');
    const token = await tokenOf('rc_test_client_other', 'rc_secret_other123');
    expect((await redcloud.send('of the other', { sendFrom: 'num_other' }, { token })).status).toBe(202);
  });
});

async function tokenOf(id: string, secret: string): Promise<string> {
  const { json } = await redcloud.call('/api/auth/token', {
    method: 'POST',
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    raw: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }).toString(),
  });
  return json.access_token;
}
