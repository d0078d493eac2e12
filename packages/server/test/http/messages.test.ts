import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCustomer } from '../support/customer.ts';
import { sendTo } from '../support/exchange.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const get = (path: string) => redcloud.call(`/api/core${path}`);

/** Reads every page of a list, as a customer does. */
async function all(query: Record<string, string>): Promise<{ messageId: string }[]> {
  const found: { messageId: string }[] = [];
  let cursor: string | null = null;
  do {
    const { json } = await get(`/messages?${new URLSearchParams({ ...query, ...(cursor ? { cursor } : {}) })}`);
    found.push(...json.messages);
    cursor = json.nextCursor;
  } while (cursor);
  return found;
}

const idsOf = (messages: { messageId: string }[]) => messages.map(({ messageId }) => messageId);

async function send(key: string, body: Record<string, unknown>): Promise<string[]> {
  const { json } = await redcloud.send(key, body);
  return idsOf(json.results);
}

const tokenOf = async (capabilities: string[]) => (await newCustomer(redcloud, { capabilities })).token;

describe('A message', () => {
  test('A message contains its request, its segments, its events in order, and their delivery.', async () => {
    const id = await sendTo(redcloud, '+15550000001', { externalReference: 'order_1', text: 'é'.repeat(200) });
    await expect.poll(async () => (await get(`/messages/${id}`)).json.events[2]?.delivery.state).toBe('DELIVERED');
    const { status, json } = await get(`/messages/${id}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      messageId: id,
      direction: 'OUTBOUND',
      status: 'DELIVERED',
      numberId: 'num_abc123',
      from: '+15551234567',
      to: '+15550000001',
      text: 'é'.repeat(200),
      externalReference: 'order_1',
      deliveryGuarantee: 'AT_MOST_ONCE',
      encoding: 'GSM7',
      segments: 2,
      error: null,
      parts: [
        { part: 1, state: 'DELIVERED', carrier: 'simulator' },
        { part: 2, state: 'DELIVERED', carrier: 'simulator' },
      ],
      events: [
        { type: 'message.queued', sequence: 1 },
        { type: 'message.sent', sequence: 2 },
        { type: 'message.delivery', sequence: 3, delivery: { state: 'DELIVERED', nextAttemptAt: null } },
      ],
    });
    expect(json.events.at(-1).delivery.attempts).toMatchObject([
      { outcome: 'DELIVERED', statusCode: 204, error: null },
    ]);
    expect(Date.parse(json.finishedAt)).toBeGreaterThanOrEqual(Date.parse(json.sentAt));
  });

  test('A failed message contains the reason.', async () => {
    const id = await sendTo(redcloud, '+15550000002');
    await expect.poll(async () => (await get(`/messages/${id}`)).json.status).toBe('FAILED');
    expect((await get(`/messages/${id}`)).json.error).toMatchObject({ code: 'CARRIER_REJECTED' });
  });

  test('A message of another client gets 404, like one that does not exist.', async () => {
    const id = await sendTo(redcloud, '+15550000001');
    const token = await tokenOf(['messages:read']);
    const theirs = await redcloud.call(`/api/core/messages/${id}`, { token });
    expect([theirs.status, theirs.json.error.message]).toEqual([404, 'No such message']);
    for (const absent of ['msg_nope', 'x', 'a'.repeat(5_000), '%F0%9F%98%80']) {
      const { status, json } = await get(`/messages/${absent}`);
      expect([status, json.error.message]).toEqual([404, 'No such message']);
    }
    expect((await redcloud.call('/api/core/messages', { token })).json).toEqual({ messages: [], nextCursor: null });
  });

  test('Messages and events require the capability messages:read.', async () => {
    const token = await tokenOf(['numbers:read']);
    for (const path of ['/messages', '/messages/msg_x', '/events']) {
      expect((await redcloud.call(`/api/core${path}`, { token })).status).toBe(403);
    }
  });
});

describe('The list of messages', () => {
  const TO = ['+15557770001', '+15557770002', '+15557770003'];
  let ids: string[];

  beforeAll(async () => {
    ids = [];
    for (let n = 0; n < 8; n += 1) {
      ids.push(...(await send(`list-${n}`, { to: TO, externalReference: n % 2 ? 'odd' : 'even' })));
    }
  });

  test('The list has each message exactly once, newest first, for every page size.', async () => {
    const whole = idsOf(await all({ limit: '500' }));
    expect(whole).toEqual(whole.toSorted().toReversed());
    expect(whole).toEqual(expect.arrayContaining(ids));
    for (const limit of ['1', '7', '24']) expect(idsOf(await all({ limit }))).toEqual(whole);
  });

  test.each<[string, Record<string, string>, (n: number) => boolean]>([
    ['externalReference', { externalReference: 'odd' }, (n) => Math.floor(n / 3) % 2 === 1],
    ['to', { to: TO[1] as string }, (n) => n % 3 === 1],
    ['both', { to: TO[1] as string, externalReference: 'even' }, (n) => n % 3 === 1 && Math.floor(n / 3) % 2 === 0],
  ])('The list can be filtered by %s.', async (_, filter, fits) => {
    const expected = ids.filter((__, n) => fits(n)).toReversed();
    for (const limit of ['2', '100']) expect(idsOf(await all({ ...filter, limit }))).toEqual(expected);
  });

  test.each([
    ['a plus that was not escaped', 'to=+15557770001'],
    ['an escaped plus', 'to=%2B15557770001'],
    ['a plus that was escaped twice', 'to=%252B15557770001'],
    ['an escaped space', 'to=%2015557770001'],
    ['no plus', 'to=15557770001'],
    ['00', 'to=0015557770001'],
    ['the prefix that dials abroad from North America', 'to=01115557770001'],
    ['spaces', 'to=+1 555 777 0001'],
    ['hyphens', 'to=%2B1-555-777-0001'],
    ['dots', 'to=1.555.777.0001'],
    ['parentheses', 'to=(555) 777-0001'],
    ['escaped parentheses', 'to=%28555%29%20777-0001'],
    ['a trunk prefix', 'to=1 (555) 777-0001'],
    ['national digits alone', 'to=5557770001'],
    ['the prefix of a URI', 'to=tel:%2B1-555-777-0001'],
    ['full-width digits', 'to=＋１５５５７７７０００１'],
    ['invisible marks', 'to=\u202a+15557770001\u202c'],
  ])('A recipient is found in a spelling with %s.', async (_, query) => {
    const expected = ids.filter((__, n) => n % 3 === 0).toReversed();
    const { status, json } = await get(`/messages?${query}`);
    expect(status).toBe(200);
    expect(idsOf(json.messages)).toEqual(expected);
    const first = await get(`/messages?${query}&limit=3`);
    const second = await get(`/messages?${query}&limit=100&cursor=${first.json.nextCursor}`);
    expect([...idsOf(first.json.messages), ...idsOf(second.json.messages)]).toEqual(expected);
  });

  test('A sender is found in each spelling, of outbound and of inbound messages.', async () => {
    for (const [from, text] of [
      ['+15558880001', 'number'],
      ['RedBank', 'name'],
      ['24/7', 'name with a separator'],
      ['72345', 'short code'],
      ['12345678', 'long short code'],
      ['0612345678', 'national digits of an unknown country'],
    ]) {
      const { status } = await redcloud.admin('POST', '/inbound', {
        ...{ carrier: 'acme', carrierRef: `from ${from}`, from, to: '+15551234567', text },
      });
      expect(status).toBe(202);
    }
    const textsOf = async (query: string) =>
      (await get(`/messages?${query}`)).json.messages.map(({ text }: { text: string }) => text);
    for (const direction of ['', '&direction=INBOUND']) {
      for (const from of ['+15558880001', '%2B15558880001', '(555) 888-0001', '5558880001', '1 555 888 0001']) {
        expect(await textsOf(`from=${from}${direction}`)).toEqual(['number']);
      }
      expect(await textsOf(`from=RedBank${direction}`)).toEqual(['name']);
      expect(await textsOf(`from=redbank${direction}`)).toEqual([]);
      expect(await textsOf(`from=24/7${direction}`)).toEqual(['name with a separator']);
      expect(await textsOf(`from=72345${direction}`)).toEqual(['short code']);
      expect(await textsOf(`from=12345678${direction}`)).toEqual(['long short code']);
      expect(await textsOf(`from=0612345678${direction}`)).toEqual(['national digits of an unknown country']);
    }
    const ours = idsOf((await get('/messages?from=(555) 123-4567&limit=500')).json.messages);
    expect(ours).toEqual(expect.arrayContaining(ids));
  });

  test("National digits are read by the rules of the countries of the client's own numbers.", async () => {
    const [number] = (
      await redcloud.admin('POST', '/numbers', {
        numbers: [{ e164: '+4930123456', apiClientId: 'rc_test_client_123' }],
      })
    ).json.imported;
    const id = await sendTo(redcloud, '+4915112345678');
    for (const to of ['0151 12345678', '015112345678', '15112345678', '+49 (0)151 12345678', '4915112345678']) {
      expect(idsOf((await get(`/messages?to=${encodeURIComponent(to)}`)).json.messages)).toEqual([id]);
    }
    await redcloud.admin('PATCH', `/numbers/${number.numberId}`, { apiClientId: null });
    expect((await get('/messages?to=015112345678')).status).toBe(400);
  });

  test('An impossible number in E.164 is found as it was sent.', async () => {
    const id = await sendTo(redcloud, '+99912345678');
    for (const to of ['%2B99912345678', '+99912345678', '99912345678']) {
      expect(idsOf((await get(`/messages?to=${to}`)).json.messages)).toEqual([id]);
    }
  });

  test.each(['to', 'from'])('An incomplete phone number in %s is rejected.', async (field) => {
    for (const text of [
      '+',
      ' ',
      '+1 555',
      '+155512',
      '(555) 12 34 56',
      '+0612345678',
      '06 1234 5678',
      '555-0104',
      '+1234567890123456',
    ]) {
      const { status, json } = await get(`/messages?${field}=${encodeURIComponent(text)}`);
      expect([text, status, json.error?.details]).toEqual([text, 400, { in: 'querystring', field }]);
      expect(json.error.message).toContain(`${field} is not a complete phone number`);
    }
  });

  test('The list can be filtered by status, sender, direction and number, also in combination.', async () => {
    const failed = await sendTo(redcloud, '+15550000002');
    await expect.poll(async () => (await get(`/messages/${failed}`)).json.status).toBe('FAILED');
    expect(idsOf(await all({ status: 'FAILED', limit: '1' }))).toContain(failed);
    expect(await all({ status: 'FAILED', to: TO[0] as string })).toEqual([]);
    expect(idsOf(await all({ from: '+15551234567' }))).toEqual(expect.arrayContaining(ids));
    expect(idsOf(await all({ numberId: 'num_abc123', direction: 'OUTBOUND' }))).toEqual(expect.arrayContaining(ids));
    expect(await all({ from: '+15550009999' })).toEqual([]);
    expect(await all({ numberId: 'num_other' })).toEqual([]);
  });

  test('The list contains messages from handsets.', async () => {
    await sendTo(redcloud, '+15550000009');
    await expect
      .poll(() => all({ direction: 'INBOUND', from: '+15550000009' }))
      .toMatchObject([{ direction: 'INBOUND', status: 'RECEIVED', from: '+15550000009', to: '+15551234567' }]);
  });

  test('The list can be filtered by time, from a start (inclusive) to an end (exclusive).', async () => {
    redcloud.clock.advance(5_000);
    const before = new Date(redcloud.clock.now()).toISOString();
    redcloud.clock.advance(5_000);
    const within = await send('time-1', { to: TO });
    redcloud.clock.advance(5_000);
    const after = new Date(redcloud.clock.now()).toISOString();
    redcloud.clock.advance(5_000);
    const [later] = await send('time-2', { to: [TO[0]] });
    expect(idsOf(await all({ createdAfter: before, createdBefore: after }))).toEqual(within.toReversed());
    expect(idsOf(await all({ createdAfter: after }))).toEqual([later]);
    expect(idsOf(await all({ createdBefore: before }))).toEqual(expect.arrayContaining(ids));
  });

  test('A list that is read while messages arrive has every earlier message exactly once.', async () => {
    const there = idsOf(await all({ to: TO[2] as string, limit: '500' }));
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let n = 0; cursor !== null; n += 1) {
      const more = cursor ? { cursor } : {};
      const { json } = await get(`/messages?${new URLSearchParams({ to: TO[2] as string, limit: '3', ...more })}`);
      seen.push(...idsOf(json.messages));
      cursor = json.nextCursor;
      await send(`arriving-${n}`, { to: [TO[2]] });
    }
    expect(seen).toEqual(there);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=x', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=WyJhIl0', 'cursor'],
    [`cursor=${Buffer.from('["msg_a",1]').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('["msg_\\u0000"]').toString('base64url')}`, 'cursor'],
    ['status=GONE', 'status'],
    ['direction=UP', 'direction'],
    ['createdAfter=yesterday', 'createdAfter'],
    ['createdAfter=2026-13-45T00:00:00Z', 'createdAfter'],
    ['createdAfter=2026-11-25T23:59:60Z', 'createdAfter'],
    ['createdBefore=0000-01-01T00:00:00Z', 'createdBefore'],
    ['createdBefore=9999-12-31T23:59:59-23:59', 'createdBefore'],
    ['to=', 'to'],
    ['nonsense=1', 'nonsense'],
    ['to=%00', 'to'],
    ['externalReference=a%00b', 'externalReference'],
  ])('The query %s is rejected with the name of the field.', async (query, field) => {
    const { status, json } = await get(`/messages?${query}`);
    expect(status).toBe(400);
    expect(`${json.error.message} ${JSON.stringify(json.error.details)}`).toContain(field);
  });
});

describe('The event stream', () => {
  async function events(query: Record<string, string>) {
    const { json } = await get(`/events?${new URLSearchParams(query)}`);
    return json as { events: { eventId: string; messageId: string; sequence: number }[]; nextCursor: string };
  }

  test('The stream has each event as in its webhook, in order, once, and continues at the cursor.', async () => {
    const end = (await events({ since: new Date(redcloud.clock.now()).toISOString() })).nextCursor;
    const sent = await send('events', { to: ['+15550000001', '+15550000002'] });
    for (const id of sent) {
      await expect.poll(async () => (await get(`/messages/${id}`)).json.finishedAt).not.toBeNull();
    }
    const inOne = await events({ after: end, limit: '100' });
    const bySmall: unknown[] = [];
    let after = end;
    for (;;) {
      const page = await events({ after, limit: '2' });
      bySmall.push(...page.events);
      after = page.nextCursor;
      if (page.events.length < 2) break;
    }
    expect(bySmall).toEqual(inOne.events);
    const ours = inOne.events.filter(({ messageId }) => sent.includes(messageId));
    expect(ours.length).toBeGreaterThanOrEqual(5);
    for (const id of sent) {
      const sequences = ours.filter(({ messageId }) => messageId === id).map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.map((_, n) => n + 1));
    }
    const received = async () =>
      (await redcloud.call('/sandbox/inbox/received', { token: null })).json.received.map(
        ({ body }: { body: unknown }) => body,
      );
    await expect.poll(received).toEqual(expect.arrayContaining(ours));
  });

  test('A read at the end of the stream returns no event and the same cursor.', async () => {
    const now = new Date(redcloud.clock.now() + 3_600_000).toISOString();
    const first = await events({ since: now });
    expect(first.events).toEqual([]);
    const again = await events({ after: first.nextCursor });
    expect(again).toEqual(first);
  });

  test.each([
    'after=x',
    'after=W10',
    'since=now',
    'limit=-1',
    `after=${Buffer.from('[1,"msg_a",1]').toString('base64url')}&since=2026-01-01T00:00:00Z`,
  ])('The query %s is rejected.', async (query) => {
    expect((await get(`/events?${query}`)).status).toBe(400);
  });
});
