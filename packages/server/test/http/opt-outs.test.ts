import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const PATH = '/api/core/opt-outs';
const get = (query = '', token?: string) => redcloud.call(`${PATH}${query}`, token ? { token } : {});
const add = (body: unknown, token?: string) =>
  redcloud.call(PATH, { method: 'POST', body, ...(token ? { token } : {}) });
const remove = (path: string, token?: string) =>
  redcloud.call(`${PATH}/${path}`, { method: 'DELETE', ...(token ? { token } : {}) });
const of = (recipient: string) => `?recipient=${encodeURIComponent(recipient)}`;

async function otherToken(): Promise<string> {
  const { json } = await redcloud.call('/api/auth/token', {
    method: 'POST',
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    raw: 'grant_type=client_credentials&client_id=rc_test_client_other&client_secret=rc_secret_other123',
  });
  return json.access_token;
}

describe('Opt-outs by the API', () => {
  const recipient = '+15554000001';
  const NEW = { numberId: 'num_abc123', recipient, source: 'call centre', note: 'Ticket 4711 – “never again”' };

  test('An opt-out gets 201, then 200 with its data, applies to the next send, and is removed with 204.', async () => {
    const added = await add(NEW);
    const standing = { ...NEW, origin: 'API', keyword: null, createdAt: expect.stringMatching(/Z$/) };
    expect([added.status, added.json]).toEqual([201, standing]);
    const again = await add({ numberId: 'num_abc123', recipient, note: 'another' });
    expect([again.status, again.json]).toEqual([200, added.json]);
    expect((await get(of(recipient))).json).toEqual({ optOuts: [added.json], nextCursor: null });
    expect((await redcloud.send('opted-out', { to: [recipient] })).json.errors[0].error.code).toBe(
      'RECIPIENT_OPTED_OUT',
    );

    expect((await remove(`num_abc123/${recipient}`)).status).toBe(204);
    expect((await remove(`num_abc123/${encodeURIComponent(recipient)}`)).status).toBe(404);
    expect((await get(of(recipient))).json.optOuts).toEqual([]);
    expect((await redcloud.send('opted-in', { to: [recipient] })).json.errors).toEqual([]);
    const { changes } = (await get(`/history${of(recipient)}`)).json;
    expect(changes).toEqual([
      {
        ...NEW,
        ...{ change: 'OPTED_OUT', origin: 'API', keyword: null, messageId: null, changedAt: expect.any(String) },
      },
      {
        ...{ numberId: 'num_abc123', recipient, change: 'OPTED_IN', origin: 'API', source: null, keyword: null },
        ...{ note: null, messageId: null, changedAt: expect.any(String) },
      },
    ]);
  });

  test.each([
    '+15554000003',
    '%2B15554000003',
    '15554000003',
    '(555) 400-0003',
    '%28555%29%20400-0003',
    '555.400.0003',
  ])('An opt-out is listed and removed by its recipient in the spelling %s.', async (spelling) => {
    const added = await add({ numberId: 'num_abc123', recipient: '+15554000003' });
    expect((await get(`?recipient=${spelling}`)).json.optOuts).toEqual([added.json]);
    const { changes } = (await get(`/history?recipient=${spelling}`)).json;
    expect(changes.at(-1)).toMatchObject({ recipient: '+15554000003', change: 'OPTED_OUT' });
    expect((await remove(`num_abc123/${spelling}`)).status).toBe(204);
    expect((await get(of('+15554000003'))).json.optOuts).toEqual([]);
  });

  test('An incomplete phone number as recipient is rejected with the name of the field.', async () => {
    for (const recipient of ['+1 555', '(555) 400', '400-0003', '+0612345678', 'invalid', '']) {
      for (const path of ['', '/history']) {
        const { status, json } = await get(`${path}${of(recipient)}`);
        expect([recipient, status, json.error?.details]).toEqual([
          recipient,
          400,
          { in: 'querystring', field: 'recipient' },
        ]);
      }
    }
    const { status, json } = await remove(`num_abc123/${encodeURIComponent('+1 555')}`);
    expect([status, json.error.details]).toEqual([400, { in: 'params', field: 'recipient' }]);
  });

  test('Concurrent equal requests create one opt-out.', async () => {
    const both = { numberId: 'num_abc123', recipient: '+15554000002' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => add(both)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect((await get(`/history${of(both.recipient)}`)).json.changes).toHaveLength(1);
  });

  test.each(['num_other', 'num_nobody', 'x\u00e9'])(
    'All opt-out routes get 404 for %s, which is not a number of the client.',
    async (numberId) => {
      const answers = [
        await add({ numberId, recipient }),
        await get(`?numberId=${encodeURIComponent(numberId)}`),
        await get(`/history?numberId=${encodeURIComponent(numberId)}`),
        await remove(`${encodeURIComponent(numberId)}/${recipient}`),
      ];
      for (const { status, json } of answers) {
        expect([status, json.error.message]).toEqual([404, 'No such number']);
      }
    },
  );

  test('The removal of an opt-out that does not exist gets 404 for any recipient.', async () => {
    for (const unknown of ['+15554999999', 'invalid', '%F0%9F%9B%91', '%00', 'x'.repeat(2_000)]) {
      expect((await remove(`num_abc123/${unknown}`)).status).toBe(404);
    }
    expect((await get('?numberId=%00')).status).toBe(400);
  });

  test.each([
    [{ recipient }, 'numberId'],
    [{ numberId: 'num_abc123' }, 'recipient'],
    [{ ...NEW, recipient: '5554000001' }, 'recipient'],
    [{ ...NEW, source: '' }, 'source'],
    [{ ...NEW, source: 'x'.repeat(256) }, 'source'],
    [{ ...NEW, note: 'x'.repeat(1_001) }, 'note'],
    [{ ...NEW, keyword: 'STOP' }, 'keyword'],
    [{ ...NEW, origin: 'HANDSET' }, 'origin'],
  ])('An opt-out with %.60j is rejected with the name of the field.', async (body, field) => {
    const { status, json } = await add(body);
    expect([status, json.error.details.field]).toEqual([400, field]);
  });
});

describe('Lists of opt-outs', () => {
  const recipients = Array.from({ length: 5 }, (_, i) => `+1555410000${i}`);

  test('Pages have each opt-out exactly once in order, and the history has the newest change last.', async () => {
    for (const numberId of ['num_nomms', 'num_abc123']) {
      for (const recipient of recipients) await add({ numberId, recipient });
    }
    for (const [path, name] of [
      ['', 'optOuts'],
      ['/history', 'changes'],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { json } = await get(`${path}?numberId=num_nomms&limit=2${cursor && `&after=${cursor}`}`);
        expect(json[name].length).toBeLessThanOrEqual(2);
        seen.push(...json[name].map((one: { recipient: string }) => one.recipient));
        cursor = json.nextCursor;
      }
      expect(seen).toEqual(recipients);
    }
    const all = (await get('?limit=500')).json.optOuts.map(({ numberId }: { numberId: string }) => numberId);
    expect(all).toEqual([...all].sort());
  });

  test.each(['0', '501', '1.5', '-1', 'x', '', '1e2', '0x10', '１'])('A list rejects limit=%s.', async (limit) => {
    for (const path of ['', '/history']) {
      const { status, json } = await get(`${path}?limit=${encodeURIComponent(limit)}`);
      expect([status, json.error.details.field]).toEqual([400, 'limit']);
    }
  });

  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    '',
    'x',
    '!',
    encoded([]),
    encoded(['a']),
    encoded({}),
    encoded(['a\0', 'b']),
    encoded([-1]),
    encoded([1.5]),
  ])('A list rejects after=%s.', async (after) => {
    for (const path of ['', '/history']) {
      const { status, json } = await get(`${path}?after=${after}`);
      expect([status, json.error.details.field]).toEqual([400, 'after']);
    }
  });

  test('A list rejects unknown and repeated parameters.', async () => {
    for (const query of ['colour=x', 'limit=1&limit=2', 'recipient=invalid', 'recipient=', 'after=a&after=b']) {
      for (const path of ['', '/history']) expect((await get(`${path}?${query}`)).status).toBe(400);
    }
  });

  test('A list contains nothing of another client.', async () => {
    await redcloud.admin('PATCH', '/clients/rc_test_client_other', {
      capabilities: ['optouts:read', 'optouts:update'],
    });
    const token = await otherToken();
    expect((await get('', token)).json).toEqual({ optOuts: [], nextCursor: null });
    expect((await get('/history', token)).json).toEqual({ changes: [], nextCursor: null });
    expect((await remove(`num_abc123/${recipients[0]}`, token)).status).toBe(404);
  });
});

describe('The texts of automatic replies', () => {
  const read = (token?: string) => redcloud.call('/api/core/auto-replies', token ? { token } : {});
  const change = (body: unknown, token?: string) =>
    redcloud.call('/api/core/auto-replies', { method: 'PATCH', body, ...(token ? { token } : {}) });

  test('The default texts name the client and apply until the client sets its own.', async () => {
    const defaults = {
      optOut: 'Sandbox: You are unsubscribed and will receive no more messages. Reply START to resubscribe.',
      optIn: 'Sandbox: You are subscribed again. Reply HELP for help, STOP to unsubscribe.',
      help: 'Sandbox: Reply STOP to unsubscribe, START to resubscribe. Message and data rates may apply.',
    };
    expect((await read()).json).toEqual({ optOut: null, optIn: null, help: null, defaults });
    const set = await change({ optIn: 'Welcome back!', help: false });
    expect([set.status, set.json]).toEqual([200, { optOut: null, optIn: 'Welcome back!', help: false, defaults }]);
    expect((await change({ optIn: null, optOut: 'x'.repeat(480) })).json).toMatchObject({ optIn: null, help: false });
    expect((await read()).json).toEqual({ optOut: 'x'.repeat(480), optIn: null, help: false, defaults });
    expect((await change({ optOut: null, help: null })).json).toMatchObject({ optOut: null, help: null });
  });

  test.each([
    [{}, undefined],
    [{ optOut: '' }, 'optOut'],
    [{ optIn: '  \n' }, 'optIn'],
    [{ help: true }, 'help'],
    [{ help: 'x'.repeat(481) }, 'help'],
    // As many characters as are allowed, but more segments than a message may have.
    [{ help: '🛑'.repeat(480) }, 'help'],
    [{ stop: 'x' }, 'stop'],
    [{ defaults: {} }, 'defaults'],
  ])('A change of the texts to %.60j is rejected.', async (body, field) => {
    const { status, json } = await change(body);
    expect([status, json.error.details.field]).toEqual([400, field]);
  });

  test('Texts that the store cannot save are rejected.', async () => {
    for (const optOut of ['a\0b', '\ud83d']) expect((await change({ optOut })).status).toBe(400);
  });

  test('The texts require the same capabilities as opt-outs.', async () => {
    const tries = {
      'optouts:read': [(token: string) => get('', token), (token: string) => get('/history', token), read],
      'optouts:update': [
        (token: string) => add({ numberId: 'num_other', recipient: '+15554200001' }, token),
        (token: string) => remove('num_other/+15554200001', token),
        (token: string) => change({ help: null }, token),
      ],
    };
    for (const given of Object.keys(tries)) {
      await redcloud.admin('PATCH', '/clients/rc_test_client_other', { capabilities: [given] });
      const token = await otherToken();
      for (const [capability, attempts] of Object.entries(tries)) {
        for (const attempt of attempts) {
          const { status } = await attempt(token);
          if (capability === given) expect(status).toBeLessThan(300);
          else expect(status).toBe(403);
        }
      }
    }
  });
});

describe('The handset of the sandbox', () => {
  const write = (body: unknown) => redcloud.call('/sandbox/inbound', { method: 'POST', token: null, body });
  const MESSAGE = { from: '+15554300001', to: '+15551234567', text: 'Hello' };

  test('A message from the handset arrives in the inbox with the id in the response.', async () => {
    const { status, json } = await write(MESSAGE);
    expect(status).toBe(202);
    const arrived = async () =>
      (await redcloud.call('/sandbox/inbox/received', { token: null })).json.received.find(
        ({ body }: { body: { messageId: string } }) => body.messageId === json.messageId,
      )?.body;
    await expect.poll(arrived).toMatchObject({ type: 'message.inbound', ...MESSAGE, messageType: 'SMS' });
  });

  test.each([
    [{ ...MESSAGE, from: 'x' }, 'from'],
    [{ ...MESSAGE, to: undefined }, 'to'],
    [{ ...MESSAGE, text: 'x'.repeat(1_601) }, 'text'],
    [{ ...MESSAGE, text: undefined }, undefined],
    [{ ...MESSAGE, text: 'a\0b' }, 'text'],
    [{ ...MESSAGE, media: [] }, 'media'],
    [{ ...MESSAGE, colour: 'x' }, 'colour'],
  ])('A message from the handset with %.80j is rejected.', async (body, field) => {
    const { status, json } = await write(body);
    expect(status).toBe(400);
    if (field && field !== 'text') expect(json.error.details.field).toBe(field);
  });

  test('The handset does not exist outside the sandbox.', async () => {
    const outside = await startRedCloud({ env: { RC_SANDBOX: 'false' } });
    expect((await outside.call('/sandbox/inbound', { method: 'POST', token: null, body: MESSAGE })).status).toBe(404);
    await outside.stop();
  });
});
