import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCustomer } from '../support/customer.ts';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const PATH = '/api/core/bulk-sends';
const put = (id: string, body: Record<string, unknown> = { name: 'people.csv', rows: 3 }) =>
  redcloud.call(`${PATH}/${id}`, { method: 'PUT', body });
const get = (id: string) => redcloud.call(`${PATH}/${id}`);
const cancel = (id: string) => redcloud.call(`${PATH}/${id}/cancel`, { method: 'POST' });
const inAnHour = () => new Date(redcloud.clock.now() + 3_600_000).toISOString();
const NONE = { queued: 0, unknown: 0, sent: 0, delivered: 0, failed: 0, canceled: 0 };

describe('PUT /api/core/bulk-sends/{bulkSendId}', () => {
  test('A bulk send is registered, repeated and changed.', async () => {
    const first = await put('bulk_put');
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({
      bulkSendId: 'bulk_put',
      name: 'people.csv',
      rows: 3,
      state: 'RUNNING',
      messages: NONE,
    });
    expect((await put('bulk_put')).json).toMatchObject({ createdAt: first.json.createdAt });
    const changed = await put('bulk_put', { name: 'others.csv', rows: 4, state: 'PAUSED' });
    expect(changed.json).toMatchObject({
      name: 'others.csv',
      rows: 4,
      state: 'PAUSED',
      createdAt: first.json.createdAt,
    });
    expect((await get('bulk_put')).json).toEqual(changed.json);
  });

  test.each([
    ['an id without its prefix', 'people', {}],
    ['an id with other characters', 'bulk_a%20b', {}],
    ['an id that is too long', `bulk_${'a'.repeat(65)}`, {}],
    ['an empty name', 'bulk_invalid', { name: '' }],
    ['a name with NUL', 'bulk_invalid', { name: 'a\0b' }],
    ['a name with half a surrogate pair', 'bulk_invalid', { name: '\ud800' }],
    ['a negative number of rows', 'bulk_invalid', { rows: -1 }],
    ['too many rows', 'bulk_invalid', { rows: 10_000_001 }],
    ['rows as text', 'bulk_invalid', { rows: '3' }],
    ['an unknown state', 'bulk_invalid', { state: 'STOPPED' }],
    ['an unknown field', 'bulk_invalid', { more: 1 }],
  ])('A request with %s is rejected with 400.', async (_which, id, body) => {
    const answer = await put(id, { name: 'people.csv', rows: 3, ...body });
    expect([answer.status, answer.json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    expect((await get('bulk_invalid')).status).toBe(404);
  });
});

describe('A send with bulkSendId', () => {
  test('The messages are counted by their progress, and found by the bulk send.', async () => {
    await put('bulk_counted');
    await redcloud.send('counted-1', { bulkSendId: 'bulk_counted', to: ['+15550010001', '+15550010002'] });
    await redcloud.send('counted-2', { bulkSendId: 'bulk_counted', to: ['+15550010003'], sendAt: inAnHour() });
    await redcloud.send('counted-3', { to: ['+15550010004'] });
    await expect
      .poll(async () => (await get('bulk_counted')).json.messages)
      .toEqual({ ...NONE, queued: 1, delivered: 2 });
    const { json } = await redcloud.call('/api/core/messages?bulkSendId=bulk_counted');
    expect(json.messages.map(({ to, bulkSendId }: Record<string, string>) => [to, bulkSendId])).toEqual([
      ['+15550010003', 'bulk_counted'],
      ['+15550010002', 'bulk_counted'],
      ['+15550010001', 'bulk_counted'],
    ]);
  });

  test('A bulk send that is not registered is rejected with 400, and the key stays unused.', async () => {
    const unknown = await redcloud.send('unknown', { bulkSendId: 'bulk_unknown' });
    expect([unknown.status, unknown.json.error.details.field]).toEqual([400, 'bulkSendId']);
    const preview = await redcloud.call('/api/core/messages/preview', {
      method: 'POST',
      body: { sendFrom: 'num_abc123', to: ['+15550010005'], messageType: 'SMS', text: 'x', bulkSendId: 'bulk_unknown' },
    });
    expect([preview.status, preview.json.error.details.field]).toEqual([400, 'bulkSendId']);
    await put('bulk_unknown');
    expect((await redcloud.send('unknown', { bulkSendId: 'bulk_unknown' })).status).toBe(202);
  });

  test('A repeat with another bulk send, or with none, gets the first response.', async () => {
    await put('bulk_first');
    const first = await redcloud.send('repeated', { bulkSendId: 'bulk_first' });
    for (const bulkSendId of ['bulk_never', undefined]) {
      const repeat = await redcloud.send('repeated', bulkSendId === undefined ? {} : { bulkSendId });
      expect([repeat.status, repeat.text]).toEqual([202, first.text]);
      expect(repeat.headers.get('idempotent-replayed')).toBe('true');
    }
    expect((await redcloud.send('repeated', { text: 'other' })).status).toBe(409);
  });
});

describe('POST /api/core/bulk-sends/{bulkSendId}/cancel', () => {
  test('Waiting messages are canceled, further sends are rejected, and a repeat gets the same counts.', async () => {
    await put('bulk_over');
    await redcloud.send('over-1', { bulkSendId: 'bulk_over', to: ['+15550020001'] });
    const to = Array.from({ length: 600 }, (_, n) => `+1555003${String(n).padStart(4, '0')}`);
    const waiting = await redcloud.send('over-2', { bulkSendId: 'bulk_over', to, sendAt: inAnHour() });
    await expect.poll(async () => (await get('bulk_over')).json.messages.delivered).toBe(1);
    const canceled = await cancel('bulk_over');
    expect([canceled.status, canceled.json]).toEqual([200, { canceled: 600, tooLate: 1 }]);
    expect((await get('bulk_over')).json).toMatchObject({
      state: 'CANCELED',
      messages: { ...NONE, delivered: 1, canceled: 600 },
    });
    const late = await redcloud.send('over-3', { bulkSendId: 'bulk_over' });
    expect([late.status, late.json.error.message]).toEqual([400, 'bulkSendId names a canceled bulk send']);
    expect((await redcloud.send('over-2', { bulkSendId: 'bulk_over', to, sendAt: inAnHour() })).status).toBe(409);
    expect((await redcloud.call(`/api/core/messages/${waiting.json.results[0].messageId}`)).json.error.code).toBe(
      'CANCELED',
    );
    expect((await cancel('bulk_over')).json).toEqual(canceled.json);
    expect((await put('bulk_over', { name: 'people.csv', rows: 3, state: 'DONE' })).json.state).toBe('CANCELED');
  });

  test('No message of a send that races with the cancel stays in the queue.', async () => {
    await put('bulk_race');
    const sends = Array.from({ length: 100 }, (_, n) =>
      redcloud.send(`race-${n}`, {
        bulkSendId: 'bulk_race',
        to: [`+1555004${String(n).padStart(4, '0')}`],
        sendAt: inAnHour(),
      }),
    );
    const canceled = cancel('bulk_race');
    const statuses = (await Promise.all(sends)).map(({ status }) => status);
    const { json } = await canceled;
    expect(json.canceled).toBe(statuses.filter((status) => status === 202).length);
    expect((await get('bulk_race')).json.messages).toEqual({ ...NONE, canceled: json.canceled });
  });

  test('A cancel waits for a send that is stored slowly, and cancels its messages.', async ({ skip }) => {
    const { databaseUrl } = redcloud.store;
    // The embedded store runs one statement at a time.
    if (!databaseUrl) return skip();
    await put('bulk_slow');
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      // The send waits for the outcome of another request with its key.
      await client.query(`begin; insert into idempotency_keys (api_client_id, route, key, fingerprint, response, created_at)
        values ('rc_test_client_123', 'messages.send', 'slow-1', '', '', now())`);
      const waiting = async () => {
        const { rows } = await client.query('select count(*)::int as n from pg_locks where not granted');
        return rows[0].n;
      };
      const slow = redcloud.send('slow-1', { bulkSendId: 'bulk_slow', sendAt: inAnHour() });
      await expect.poll(waiting).toBe(1);
      const canceled = cancel('bulk_slow');
      await expect.poll(waiting).toBe(2);
      await client.query('rollback');
      expect((await slow).status).toBe(202);
      expect((await canceled).json).toEqual({ canceled: 1, tooLate: 0 });
      expect((await get('bulk_slow')).json.messages).toEqual({ ...NONE, canceled: 1 });
    } finally {
      await client.end();
    }
  });

  test('A canceled bulk send rejects the sends of a batch, and no other send.', async () => {
    await put('bulk_closed');
    await put('bulk_other');
    // The process has looked up the bulk send a moment ago.
    await redcloud.send('batch-0', { bulkSendId: 'bulk_closed', sendAt: inAnHour() });
    const canceled = cancel('bulk_closed');
    const names = ['bulk_closed', 'bulk_other', undefined];
    const sends = Array.from({ length: 60 }, async (_, n) => {
      const name = names[n % 3];
      const to = [`+1555006${String(n).padStart(4, '0')}`];
      const { status } = await redcloud.send(`batch-${n + 1}`, {
        ...(name ? { bulkSendId: name } : {}),
        ...{ to, sendAt: inAnHour() },
      });
      return { name, status };
    });
    const results = await Promise.all(sends);
    const { json } = await canceled;
    const statusesOf = (name: string | undefined) =>
      new Set(results.filter((one) => one.name === name).map(({ status }) => status));
    expect([statusesOf('bulk_other'), statusesOf(undefined)]).toEqual([new Set([202]), new Set([202])]);
    const accepted = results.filter(({ name, status }) => name === 'bulk_closed' && status === 202).length;
    expect(results.filter(({ status }) => status === 400).length).toBe(20 - accepted);
    expect(json.canceled).toBe(accepted + 1);
  });

  test('An unknown bulk send is answered with 404.', async () => {
    expect((await cancel('bulk_nobody')).status).toBe(404);
    expect((await get('bulk_nobody')).status).toBe(404);
  });
});

describe('GET /api/core/bulk-sends', () => {
  test('All bulk sends are listed once over several pages, newest first.', async () => {
    for (let n = 0; n < 5; n += 1) {
      redcloud.clock.advance(n % 2);
      await put(`bulk_page${n}`);
    }
    const ids: string[] = [];
    for (let cursor = ''; ; ) {
      const { json } = await redcloud.call(`${PATH}?limit=2${cursor && `&cursor=${cursor}`}`);
      ids.push(...json.bulkSends.map(({ bulkSendId }: { bulkSendId: string }) => bulkSendId));
      cursor = json.nextCursor ?? '';
      if (cursor === '') break;
    }
    expect(ids.slice(0, 5)).toEqual(['bulk_page4', 'bulk_page3', 'bulk_page2', 'bulk_page1', 'bulk_page0']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(['limit=0', 'limit=51', 'limit=x', 'cursor=x', `cursor=${Buffer.from('[1]').toString('base64url')}`])(
    'The query %s is rejected with 400.',
    async (query) => {
      expect((await redcloud.call(`${PATH}?${query}`)).status).toBe(400);
    },
  );
});

test('Bulk sends belong to one API client.', async () => {
  await put('bulk_own');
  const { token } = await newCustomer(redcloud);
  expect((await redcloud.call(PATH, { token })).json.bulkSends).toEqual([]);
  expect((await redcloud.call(`${PATH}/bulk_own`, { token })).status).toBe(404);
  expect((await redcloud.call(`${PATH}/bulk_own/cancel`, { token, method: 'POST' })).status).toBe(404);
  const other = await redcloud.call(`${PATH}/bulk_own`, {
    token,
    method: 'PUT',
    body: { name: 'Of another', rows: 1 },
  });
  expect(other.json.name).toBe('Of another');
  expect((await get('bulk_own')).json).toMatchObject({ name: 'people.csv', state: 'RUNNING' });
  expect((await redcloud.call(PATH, { token: OPERATOR })).status).toBe(401);
});
