import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCustomer, newNumber } from '../support/customer.ts';
import { createPool } from '../support/pool.ts';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { TIME } from './operator.ts';

interface Listed {
  messageId: string;
  to: string;
  error: { code: string };
}

let redcloud: TestRedCloud;

beforeAll(async () => {
  // Without a link nothing is sent, so that a slow machine is not mistaken for an overloaded one.
  redcloud = await startRedCloud({ overrides: { simulatorLinks: 0 } });
});
afterAll(() => redcloud.stop());

const INVALID = { code: 'INVALID_RECIPIENT', message: 'Recipient must be a valid E.164 phone number', details: {} };
const REJECTION = { status: 'REJECTED', numberId: 'num_abc123', from: '+15551234567', poolId: null };

const get = (query: Record<string, string>, token?: string) =>
  redcloud.call(`/api/core/messages?${new URLSearchParams(query)}`, token === undefined ? {} : { token });

/** Reads every page of the list of rejected recipients. */
async function rejections(query: Record<string, string> = {}): Promise<Listed[]> {
  const found: Listed[] = [];
  let cursor: string | null = null;
  do {
    const { json } = await get({ status: 'REJECTED', ...query, ...(cursor ? { cursor } : {}) });
    found.push(...json.messages);
    cursor = json.nextCursor;
  } while (cursor);
  return found;
}

const recipientsOf = (found: readonly Listed[]) => found.map(({ to }) => to);

/** Counts of rejected recipients, by code. */
async function counted(): Promise<Record<string, number>> {
  const { text } = await redcloud.call('/metrics', { token: null });
  const lines = [...text.matchAll(/^redcloud_recipients_rejected_total\{code="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(lines.map(([, code, count]) => [code, Number(count)]));
}

describe('Rejected recipients', () => {
  test('The list with the status REJECTED has each recipient in errors[] of a send, and no other list has it.', async () => {
    const externalReference = 'order_1';
    const to = ['+15550000001', 'invalid', '+15550000001'];
    const { json } = await redcloud.send('listed', { to, externalReference });
    const found = await rejections({ externalReference });
    const expected = json.errors.map(({ to, error }: Listed) => ({
      ...REJECTION,
      ...{ messageId: expect.stringMatching(/^rej_[0-9A-Z]{26}$/), to, error, externalReference },
      createdAt: TIME,
    }));
    expect(found).toEqual(expected.toReversed());
    expect(found.map(({ error }) => error.code)).toEqual(['DUPLICATE_RECIPIENT', 'INVALID_RECIPIENT']);
    const messages = (await get({ externalReference })).json.messages;
    expect(messages).toMatchObject([{ to: '+15550000001', status: 'QUEUED' }]);
  });

  test('A send with all recipients rejected gets 202, and its recipients are listed without a reference.', async () => {
    const { status, json } = await redcloud.send('all rejected', { to: ['none', 'nobody'] });
    expect([status, json.results]).toEqual([202, []]);
    const found = (await rejections({ limit: '1' })).slice(0, 2);
    const common = { ...REJECTION, error: INVALID, externalReference: null };
    expect(found).toMatchObject([
      { ...common, to: 'nobody' },
      { ...common, to: 'none' },
    ]);
  });

  test('A repeated send stores nothing.', async () => {
    const body = { to: ['repeated'], externalReference: 'repeated' };
    await redcloud.send('repeated', body);
    expect((await redcloud.send('repeated', body)).headers.get('idempotent-replayed')).toBe('true');
    const both = await Promise.all([redcloud.send('at once', body), redcloud.send('at once', body)]);
    expect(both.filter(({ headers }) => headers.has('idempotent-replayed'))).toHaveLength(1);
    expect(await rejections({ externalReference: 'repeated' })).toHaveLength(2);
  });

  test('A send that is rejected as a whole stores nothing.', async () => {
    const to = ['whole', '+15550000001'];
    const refused = [
      await redcloud.send('whole 1', { to, sendFrom: 'num_other' }),
      await redcloud.send('whole 2', { to, text: '' }),
      await redcloud.send('whole 3', { to: [...to, 'x'.repeat(65)] }),
      await redcloud.send('whole 4', { to: [...to, 'a\u0000'] }),
      await redcloud.send('listed', { to }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 400, 400, 400, 409]);
    expect(await rejections({ to: 'whole' })).toEqual([]);
  });

  test('1,000 rejected recipients of one send are stored, and listed for every page size.', async () => {
    const to = Array.from({ length: 1_000 }, (_, n) => `invalid-${String(n).padStart(3, '0')}-${'x'.repeat(52)}`);
    const externalReference = 'thousand';
    const { status, json } = await redcloud.send('thousand', { to, externalReference });
    expect([status, json.errors.length]).toEqual([202, 1_000]);
    for (const limit of ['300', '500']) {
      expect(recipientsOf(await rejections({ externalReference, limit }))).toEqual(to.toReversed());
    }
  });

  test('An opted-out recipient is listed with its code.', async () => {
    const recipient = '+15557770099';
    const body = { numberId: 'num_abc123', recipient };
    expect((await redcloud.call('/api/core/opt-outs', { method: 'POST', body })).status).toBeLessThan(300);
    await redcloud.send('opted out', { to: [recipient] });
    expect(await rejections({ to: recipient })).toMatchObject([{ error: { code: 'RECIPIENT_OPTED_OUT' } }]);
  });

  test('A recipient rejected for a pool names the pool, and no number.', async () => {
    const { poolId, members } = await createPool(redcloud, ['212']);
    await redcloud.send('pool', { sendFrom: poolId, to: ['+15557770001', 'pooled'] });
    const found = await rejections({ to: 'pooled' });
    expect(found).toMatchObject([{ numberId: null, from: null, poolId, to: 'pooled' }]);
    expect(await rejections({ to: 'pooled', numberId: members[0]?.numberId ?? '' })).toEqual([]);
  });

  test('The metrics count each stored recipient by its code, and no other.', async () => {
    const stored = Map.groupBy(await rejections({ limit: '500' }), ({ error }) => error.code);
    const expected = Object.fromEntries([...stored].map(([code, all]) => [code, all.length]));
    expect(Object.keys(expected).toSorted()).toEqual([
      'DUPLICATE_RECIPIENT',
      'INVALID_RECIPIENT',
      'RECIPIENT_OPTED_OUT',
    ]);
    await expect.poll(counted).toEqual(expected);
  });
});

describe('The filters of rejected recipients', () => {
  const REFERENCE = { externalReference: 'filtered' };

  beforeAll(async () => {
    const number = await redcloud.admin('POST', '/numbers', {
      numbers: [{ e164: '+15035550199', apiClientId: 'rc_test_client_123', campaignRegId: 'camp' }],
    });
    const other = number.json.imported[0].numberId;
    await redcloud.send('filtered 1', { ...REFERENCE, to: ['(555) 777-0001', '+0', ' padded ', ''] });
    redcloud.clock.advance(10_000);
    await redcloud.send('filtered 2', { ...REFERENCE, to: ['other'], sendFrom: other });
  });

  test('A recipient is found as it was sent, also if it is no phone number.', async () => {
    for (const to of ['(555) 777-0001', '+0', ' padded ', 'other']) {
      expect(recipientsOf(await rejections({ ...REFERENCE, to }))).toEqual([to]);
    }
    expect(await rejections({ ...REFERENCE, to: 'padded' })).toEqual([]);
    expect(recipientsOf(await rejections(REFERENCE))).toEqual(['other', '', ' padded ', '+0', '(555) 777-0001']);
  });

  test('A duplicate in E.164 is found in each spelling of its number.', async () => {
    await redcloud.send('spelled', { to: ['+15557770002', '+15557770002'] });
    for (const to of ['+15557770002', ' 15557770002', '(555) 777-0002']) {
      expect(recipientsOf(await rejections({ to }))).toEqual(['+15557770002']);
    }
  });

  test('The list can be filtered by sender, number, direction and time.', async () => {
    expect(recipientsOf(await rejections({ ...REFERENCE, from: '(503) 555-0199' }))).toEqual(['other']);
    expect(recipientsOf(await rejections({ ...REFERENCE, numberId: 'num_abc123' }))).toHaveLength(4);
    expect(await rejections({ ...REFERENCE, direction: 'OUTBOUND' })).toHaveLength(5);
    expect(await rejections({ ...REFERENCE, direction: 'INBOUND' })).toEqual([]);
    expect(await rejections({ ...REFERENCE, sendAfter: '2026-01-01T00:00:00Z' })).toEqual([]);
    expect((await get({ status: 'REJECTED', sendBefore: 'never' })).status).toBe(400);
    const between = new Date(redcloud.clock.now() - 5_000).toISOString();
    expect(recipientsOf(await rejections({ ...REFERENCE, createdAfter: between }))).toEqual(['other']);
    expect(await rejections({ ...REFERENCE, createdBefore: between })).toHaveLength(4);
  });

  test('A page examines at most 2,000 recipients, and a later page has the match.', async () => {
    const to = Array.from({ length: 1_000 }, (_, n) => `other-${n}`);
    await redcloud.send('sifted 1', { to: ['sought'], externalReference: 'sought' });
    for (const key of ['sifted 2', 'sifted 3']) await redcloud.send(key, { to });
    const { json } = await get({ status: 'REJECTED', externalReference: 'sought' });
    expect(json).toEqual({ messages: [], nextCursor: expect.any(String) });
    expect(recipientsOf(await rejections({ externalReference: 'sought' }))).toEqual(['sought']);
  });

  test('A list that is read while recipients are rejected has every earlier one exactly once.', async () => {
    const there = recipientsOf(await rejections(REFERENCE));
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let n = 0; cursor !== null; n += 1) {
      const { json } = await get({ status: 'REJECTED', ...REFERENCE, limit: '2', ...(cursor ? { cursor } : {}) });
      seen.push(...recipientsOf(json.messages));
      cursor = json.nextCursor;
      await redcloud.send(`arriving ${n}`, { ...REFERENCE, to: [`arriving ${n}`] });
    }
    expect(seen).toEqual(there);
  });

  test('The cursor of one list is rejected by the other list.', async () => {
    const rejected = (await get({ status: 'REJECTED', limit: '1' })).json.nextCursor;
    await redcloud.send('two messages', { to: ['+15557770003', '+15557770004'] });
    const message = (await get({ limit: '1' })).json.nextCursor;
    for (const query of [
      { status: 'REJECTED', cursor: message },
      { status: 'QUEUED', cursor: rejected },
      { cursor: rejected },
    ]) {
      const { status, json } = await get(query);
      expect([status, json.error.details.field]).toEqual([400, 'cursor']);
    }
  });
});

describe('Access to rejected recipients', () => {
  let id: string;

  beforeAll(async () => {
    await redcloud.send('key of the send', { to: ['accessed'], externalReference: 'order_2' });
    [{ messageId: id }] = (await rejections({ to: 'accessed' })) as [Listed];
  });

  test('A rejected recipient is returned by its id, as in the list.', async () => {
    const { status, json } = await redcloud.call(`/api/core/messages/${id}`);
    expect([status, json]).toEqual([200, (await rejections({ to: 'accessed' }))[0]]);
    for (const absent of ['rej_', 'rej_nope', `${id}A`, id.toLowerCase()]) {
      expect((await redcloud.call(`/api/core/messages/${absent}`)).status).toBe(404);
    }
  });

  test('An operator also gets the API client and the idempotency key of the send.', async () => {
    const { status, json } = await redcloud.call(`/api/admin/messages/${id}`, { token: OPERATOR });
    const shown = (await redcloud.call(`/api/core/messages/${id}`)).json;
    expect([status, json]).toEqual([
      200,
      { ...shown, apiClientId: 'rc_test_client_123', idempotencyKey: 'key of the send' },
    ]);
    expect((await redcloud.admin('GET', '/messages/rej_nope')).status).toBe(404);
  });

  test('Another client gets neither the list nor the recipient, and its own are separate.', async () => {
    const { token, clientId } = await newCustomer(redcloud);
    expect((await get({ status: 'REJECTED' }, token)).json).toEqual({ messages: [], nextCursor: null });
    expect((await redcloud.call(`/api/core/messages/${id}`, { token })).status).toBe(404);
    const sendFrom = await newNumber(redcloud, clientId, '+12065550177');
    await redcloud.send('key of the send', { sendFrom, to: ['theirs'] }, { token });
    expect(recipientsOf((await get({ status: 'REJECTED' }, token)).json.messages)).toEqual(['theirs']);
    expect(await rejections({ to: 'theirs' })).toEqual([]);
  });

  test('Rejected recipients require the capability messages:read.', async () => {
    const { token } = await newCustomer(redcloud, { capabilities: ['messages:send'] });
    expect((await get({ status: 'REJECTED' }, token)).status).toBe(403);
    expect((await redcloud.call(`/api/core/messages/${id}`, { token })).status).toBe(403);
  });
});
