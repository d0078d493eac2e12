import { createHash } from 'node:crypto';
import { decodeTime } from 'ulidx';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asJson, type Db } from '#db/db.ts';
import { addDay, addDays, dayOf } from '#db/schema/days.ts';
import { migrate, readMigrations } from '#db/schema/migrate.ts';
import { type Received, receive } from '#messages/lifecycle/receive.ts';
import { createIds } from '#platform/ids.ts';
import type { QueueName } from '#queue/job.ts';
import { Queue } from '#queue/queue.ts';
import { loadNothing, testHolder } from '../support/holder.ts';
import { type TestStore, testStore } from '../support/store.ts';

const BEFORE = readMigrations().filter(({ version }) => version <= 1);
const AFTER = readMigrations().filter(({ version }) => version <= 2);
const NOW = Date.parse('2026-11-23T12:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let store: TestStore;
let db: Db;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
/** Recreates an empty store with the schema of the previous version. */
beforeEach(async () => {
  await db.query('drop schema public cascade; create schema public');
  await migrate(db, BEFORE);
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

const at = (ms: number) => ({ now: () => ms });
const idAt = (ms: number) => createIds(at(ms)).next('msg');
const upgrade = () => migrate(db, AFTER);

async function insert(table: string, ...rows: object[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await db.query(
    `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json)`,
    [asJson(rows)],
  );
}

interface OldMessage {
  id: string;
  created_at?: Date;
  api_client_id?: string | null;
  [column: string]: unknown;
}

const outbound = (row: OldMessage) => ({
  direction: 'OUTBOUND',
  api_client_id: 'client_1',
  number_id: 'num_1',
  from_address: '+15550000001',
  to_address: '+15550000002',
  message_type: 'SMS',
  text: 'é 😀 "quoted" \\ and a\nnew line',
  media: null,
  external_reference: 'reference',
  delivery_guarantee: 'AT_MOST_ONCE',
  encoding: 'UCS2',
  segments: 1,
  parts: 1,
  status: 'QUEUED',
  sequence: 1,
  provider_message_ref: null,
  error: null,
  carrier: null,
  inbound_key: null,
  created_at: new Date(NOW),
  sent_at: null,
  finished_at: null,
  ...row,
});

const inbound = (row: OldMessage & { provider_message_ref: string }) => ({
  ...outbound(row),
  direction: 'INBOUND',
  status: 'RECEIVED',
  delivery_guarantee: null,
  external_reference: null,
  carrier: 'simulator',
  inbound_key: `simulator/${row.provider_message_ref}`,
  number_id: row.api_client_id === null ? null : 'num_1',
});

const event = (message_id: string, sequence: number, type: string, status: string, more = {}) => ({
  message_id,
  sequence,
  type,
  status,
  provider_message_ref: null,
  error: null,
  occurred_at: new Date(NOW - HOUR_MS + sequence),
  ...more,
});

const job = (queue: QueueName, subject: string, more = {}) => ({
  queue,
  subject,
  ordinal: 0,
  attempt: 0,
  run_at: new Date(NOW - HOUR_MS),
  lease_token: null,
  leased_until: null,
  interrupted: false,
  created_at: new Date(NOW - HOUR_MS),
  ...more,
});

const leased = (attempt: number) => ({ lease_token: 'token', leased_until: new Date(NOW + 30_000), attempt });

const DAYS = [0, 1, 2, 40].map((days) => NOW - days * DAY_MS);
const IDS = {
  queued: idAt(DAYS[0] as number),
  leased: idAt(DAYS[0] as number),
  unknown: idAt(DAYS[1] as number),
  delivered: idAt(DAYS[2] as number),
  failed: idAt(DAYS[3] as number),
  received: idAt(DAYS[1] as number),
  ofNobody: idAt(DAYS[2] as number),
  /**
   * The id is of the last millisecond of a day without other rows, the row of the first millisecond of the next day.
   */
  midnight: idAt(Date.parse('2026-11-10T00:00:00Z') - 1),
  odd: 'msg_abc123',
};
const ERROR = {
  code: 'UNDELIVERABLE',
  message: 'The carrier could not deliver the message',
  details: { carrierCode: '1é' },
};

/** Inserts rows of every kind into every table. */
async function fill(): Promise<void> {
  const [today, yesterday, before, long] = DAYS.map((ms) => new Date(ms)) as [Date, Date, Date, Date];
  const account = { id: 'acc_1', name: 'Account', status: 'ACTIVE', created_at: long, updated_at: long };
  await insert('accounts', account);
  await insert('api_clients', {
    id: 'client_1',
    account_id: 'acc_1',
    name: 'Client',
    status: 'ACTIVE',
    capabilities: ['messages:send'],
    delivery_webhook_url: 'https://example.com',
    webhook_secret_sealed: 'sealed',
    created_at: long,
    updated_at: long,
  });
  await insert('api_client_secrets', {
    id: 'secret_1',
    api_client_id: 'client_1',
    hash: 'hash',
    hint: 'hint',
    created_at: long,
  });
  await insert('numbers', {
    id: 'num_1',
    e164: '+15550000001',
    api_client_id: 'client_1',
    status: 'ACTIVE',
    sms_enabled: true,
    mms_enabled: true,
    created_at: long,
    updated_at: long,
  });
  await insert('idempotency_keys', {
    api_client_id: 'client_1',
    route: 'messages.send',
    key: 'key',
    fingerprint: 'fingerprint',
    response: '{}',
    created_at: today,
  });
  await insert(
    'messages',
    outbound({ id: IDS.queued }),
    outbound({ id: IDS.leased, delivery_guarantee: 'AT_LEAST_ONCE', number_id: 'num_2' }),
    outbound({
      id: IDS.unknown,
      status: 'UNKNOWN',
      sequence: 2,
      carrier: 'simulator',
      created_at: yesterday,
      parts: 3,
    }),
    outbound({
      id: IDS.delivered,
      status: 'DELIVERED',
      sequence: 3,
      carrier: 'simulator',
      provider_message_ref: 'sim-1',
      message_type: 'MMS',
      media: [{ storageKey: 'key', mimeType: 'image/png', byteLength: 7 }],
      created_at: before,
      sent_at: before,
      finished_at: before,
    }),
    outbound({ id: IDS.failed, status: 'FAILED', sequence: 2, error: ERROR, created_at: long, finished_at: long }),
    inbound({ id: IDS.received, provider_message_ref: 'in-1', created_at: yesterday }),
    inbound({ id: IDS.ofNobody, provider_message_ref: 'in-2', created_at: before, api_client_id: null }),
    outbound({ id: IDS.midnight, created_at: new Date('2026-11-10T00:00:00Z') }),
    outbound({ id: IDS.odd, created_at: before }),
  );
  const part = (message_id: string, number: number, state: string, submitted_at: Date, more = {}) => ({
    message_id,
    part: number,
    state,
    carrier: 'simulator',
    carrier_ref: null,
    error: null,
    submitted_at,
    finished_at: null,
    ...more,
  });
  await insert(
    'message_parts',
    part(IDS.unknown, 1, 'SENT', yesterday, { carrier_ref: 'sim-u1' }),
    part(IDS.unknown, 2, 'UNKNOWN', yesterday),
    part(IDS.delivered, 1, 'DELIVERED', before, { carrier_ref: 'sim-1', finished_at: before }),
    part(IDS.failed, 1, 'FAILED', long, { error: ERROR, finished_at: long }),
    part(IDS.odd, 1, 'SENT', before, { carrier_ref: 'sim-odd' }),
  );
  await insert(
    'events',
    ...Object.values(IDS).map((id) => event(id, 1, 'message.queued', 'QUEUED')),
    event(IDS.delivered, 2, 'message.sent', 'SENT', { provider_message_ref: 'sim-1' }),
    event(IDS.delivered, 3, 'message.delivery', 'DELIVERED', { provider_message_ref: 'sim-1' }),
    event(IDS.failed, 2, 'message.failed', 'FAILED', { error: ERROR }),
  );
  const attempt = (message_id: string, sequence: number, number: number, outcome: string) => ({
    message_id,
    sequence,
    attempt: number,
    outcome,
    url: 'https://example.com/hook',
    status_code: outcome === 'DELIVERED' ? 204 : null,
    error: outcome === 'DELIVERED' ? null : 'connection refused',
    response_start: '',
    duration_ms: 12,
    attempted_at: before,
  });
  await insert(
    'webhook_attempts',
    attempt(IDS.delivered, 1, 1, 'DELIVERED'),
    attempt(IDS.delivered, 2, 1, 'RETRY'),
    attempt(IDS.delivered, 2, 2, 'RETRY'),
    attempt(IDS.failed, 2, 1, 'GIVEN_UP'),
    attempt(IDS.odd, 1, 1, 'DELIVERED'),
  );
  const receipt = (more = {}) => ({
    carrier: 'simulator',
    carrier_ref: null,
    reference: null,
    state: 'DELIVERED',
    error: null,
    raw: 'id:… stat:DELIVRD',
    received_at: today,
    message_id: null,
    part: null,
    ...more,
  });
  await insert(
    'receipts',
    receipt({ carrier_ref: 'sim-1', message_id: IDS.delivered, part: 1, received_at: before }),
    receipt({ carrier_ref: 'sim-1', message_id: IDS.delivered, part: 1, received_at: before }),
    receipt({ carrier_ref: 'parked', state: 'FAILED', error: ERROR }),
    receipt({ reference: `${IDS.queued}/1`, received_at: new Date('2025-01-01T00:00:00Z') }),
  );
  await insert(
    'jobs',
    job('outbound', IDS.queued, { run_at: new Date(NOW - 2 * HOUR_MS) }),
    job('outbound', IDS.leased, leased(1)),
    job('webhooks', IDS.leased, { ordinal: 1, interrupted: true, attempt: 2 }),
    // One job for each time that a segment was unknown.
    job('outcomes', IDS.unknown, { run_at: new Date(NOW + 2 * HOUR_MS) }),
    job('outcomes', IDS.unknown, { run_at: new Date(NOW + HOUR_MS) }),
    job('outbound', IDS.unknown, { attempt: 4, run_at: new Date(NOW + 3 * HOUR_MS) }),
    job('webhooks', IDS.delivered, { ordinal: 2, attempt: 2, run_at: new Date(NOW + HOUR_MS) }),
    job('webhooks', IDS.delivered, { ordinal: 3, ...leased(1), interrupted: true }),
    job('webhooks', IDS.received, { ordinal: 1 }),
    job('webhooks', IDS.odd, { ordinal: 1, ...leased(3) }),
    job('outbound', 'msg_gone'),
  );
}

/** All rows of the tables with messages and related data, without columns that only the old version has. */
async function rows() {
  const read = async (table: string, order: string) =>
    (
      await db.query<{ row: Record<string, unknown> }>(`select to_json(t) as row from ${table} t order by ${order}`, [])
    ).map(({ row: { inbound_key, ...row } }) => row);
  const receipts = (await read('receipts', 'id')).map(({ id, ...row }) => row);
  return {
    accounts: await read('accounts', 'id'),
    clients: await read('api_clients', 'id'),
    secrets: await read('api_client_secrets', 'id'),
    numbers: await read('numbers', 'id'),
    keys: await read('idempotency_keys', 'key'),
    messages: await read('messages', 'id collate "C"'),
    parts: await read('message_parts', 'message_id collate "C", part'),
    events: await read('events', 'message_id collate "C", sequence'),
    attempts: await read('webhook_attempts', 'message_id collate "C", sequence, attempt'),
    receipts,
  };
}

/** Jobs, with the columns of this version. */
async function jobs() {
  return db.query<Record<string, unknown>>(
    `select queue, subject, ordinal, client, lane, attempt, run_at as "runAt", interrupted, leased_by as "leasedBy", lease
     from jobs order by queue, subject, ordinal`,
    [],
  );
}

/** Id and partition of each row of a table. */
async function places(table: string, column: string): Promise<[string, string][]> {
  const found = await db.query<{ id: string; at: string }>(
    `select ${column} as id, tableoid::regclass::text as at from ${table}`,
    [],
  );
  return found.map(({ id, at: place }) => [id, place]);
}

function dayOfId(id: string): string | undefined {
  try {
    return dayOf(decodeTime(id.slice(4)));
  } catch {
    return undefined;
  }
}

const MESSAGE_TABLES = [
  ['messages', 'id'],
  ['message_parts', 'message_id'],
  ['events', 'message_id'],
  ['webhook_attempts', 'message_id'],
] as const;

async function expectInTheirDays(): Promise<void> {
  const days = new Set(
    (await db.query<{ day: string }>('select day::text as day from days', [])).map(({ day }) => day),
  );
  for (const [table, column] of MESSAGE_TABLES) {
    for (const [id, place] of await places(table, column)) {
      const day = dayOfId(id) ?? '';
      expect([id, place]).toEqual([id, `${table}_${days.has(day) ? day.replaceAll('-', '') : 'default'}`]);
    }
  }
  for (const [received, place] of await places('receipts', 'received_at')) {
    expect(place).toBe(`receipts_${dayOf(Date.parse(received)).replaceAll('-', '')}`);
  }
}

describe('A store of the previous version', () => {
  test('The upgrade keeps each row of each table unchanged.', async () => {
    await fill();
    const before = await rows();
    expect(before.messages).toHaveLength(Object.keys(IDS).length);
    expect(await upgrade()).toEqual([AFTER[1]?.name]);
    expect(await rows()).toEqual(before);
  });

  test('The upgrade moves rows to the partitions of their days, and rows without a day to the default.', async () => {
    await fill();
    await upgrade();
    await expectInTheirDays();
    const found = new Map(await places('messages', 'id'));
    expect(found.get(IDS.queued)).toBe('messages_20261123');
    expect(found.get(IDS.failed)).toBe('messages_20261014');
    expect(found.get(IDS.odd)).toBe('messages_default');
    // No other row is of that day.
    expect(found.get(IDS.midnight)).toBe('messages_default');
    await addDay(db, '2026-11-09');
    await expectInTheirDays();
    expect(new Map(await places('messages', 'id')).get(IDS.midnight)).toBe('messages_20261109');
  });

  test('The upgrade keeps waiting jobs, makes leased jobs due as interrupted, and removes duplicates.', async () => {
    await fill();
    await upgrade();
    const mine = { client: 'client_1', lane: 'num_1', leasedBy: null, lease: null };
    const due = new Date(NOW - HOUR_MS);
    expect(await jobs()).toEqual(
      [
        {
          queue: 'outbound',
          subject: IDS.queued,
          ordinal: 0,
          attempt: 0,
          runAt: new Date(NOW - 2 * HOUR_MS),
          interrupted: false,
          ...mine,
        },
        {
          queue: 'outbound',
          subject: IDS.leased,
          ordinal: 0,
          attempt: 1,
          runAt: due,
          interrupted: true,
          ...mine,
          lane: 'num_2',
        },
        {
          queue: 'outbound',
          subject: IDS.unknown,
          ordinal: 0,
          attempt: 4,
          runAt: new Date(NOW + 3 * HOUR_MS),
          interrupted: false,
          ...mine,
        },
        {
          queue: 'outbound',
          subject: 'msg_gone',
          ordinal: 0,
          attempt: 0,
          runAt: due,
          interrupted: false,
          ...mine,
          client: '',
          lane: '',
        },
        {
          queue: 'outcomes',
          subject: IDS.unknown,
          ordinal: -1,
          attempt: 0,
          runAt: new Date(NOW + HOUR_MS),
          interrupted: false,
          ...mine,
        },
        {
          queue: 'webhooks',
          subject: IDS.leased,
          ordinal: 1,
          attempt: 2,
          runAt: due,
          interrupted: true,
          ...mine,
          lane: 'num_2',
        },
        {
          queue: 'webhooks',
          subject: IDS.delivered,
          ordinal: 2,
          attempt: 2,
          runAt: new Date(NOW + HOUR_MS),
          interrupted: false,
          ...mine,
        },
        { queue: 'webhooks', subject: IDS.delivered, ordinal: 3, attempt: 1, runAt: due, interrupted: true, ...mine },
        { queue: 'webhooks', subject: IDS.received, ordinal: 1, attempt: 0, runAt: due, interrupted: false, ...mine },
        { queue: 'webhooks', subject: IDS.odd, ordinal: 1, attempt: 3, runAt: due, interrupted: true, ...mine },
      ].toSorted((a, b) => compare(a.queue, b.queue) || compare(a.subject, b.subject) || a.ordinal - b.ordinal),
    );
  });

  test('After the upgrade each due job is claimed once, at its next attempt.', {
    tags: 'slow',
  }, async () => {
    await fill();
    await migrate(db);
    const queue = new Queue({ db, clock: at(NOW), holder: testHolder });
    const claimed = await Promise.all(
      (['outbound', 'outcomes', 'webhooks'] as const).map(async (name) => {
        const turn = await queue.claimer(name, loadNothing)(100);
        return turn.claimed.map(({ job: { subject, ordinal, attempt, interrupted } }) => [
          subject,
          ordinal,
          attempt,
          interrupted,
        ]);
      }),
    );
    expect(claimed.map((of) => of.toSorted((a, b) => compare(String(a), String(b))))).toEqual([
      [
        [IDS.queued, 0, 1, false],
        [IDS.leased, 0, 1, true],
        ['msg_gone', 0, 1, false],
      ].toSorted((a, b) => compare(String(a), String(b))),
      [],
      [
        [IDS.leased, 1, 2, true],
        [IDS.delivered, 3, 1, true],
        [IDS.received, 1, 1, false],
        [IDS.odd, 1, 3, true],
      ].toSorted((a, b) => compare(String(a), String(b))),
    ]);
  });

  test('After the upgrade a repeated inbound message is not stored again.', { tags: 'slow' }, async () => {
    await fill();
    await migrate(db);
    await addDays(db, at(NOW));
    const message = (carrierRef: string): Received => ({
      id: idAt(NOW),
      apiClientId: 'client_1',
      numberId: 'num_1',
      from: '+15550000002',
      to: '+15550000001',
      messageType: 'SMS',
      text: 'again',
      media: null,
      segments: 1,
      keyword: null,
      optOutType: null,
      carrier: 'simulator',
      carrierRef,
    });
    const [one, two, three] = [message('in-1'), message('in-2'), message('in-3')];
    expect(await receive(db, new Date(NOW), [one, two, three])).toEqual(new Set([three.id]));
  });

  test('After the upgrade new receipts have higher ids than existing ones.', { tags: 'slow' }, async () => {
    await fill();
    await upgrade();
    const [row] = await db.query<{ id: number; before: number }>(
      `with new as (
         insert into receipts (carrier, state, raw, received_at) values ('simulator', 'DELIVERED', '', $1) returning id
       )
       select id, (select max(id) from receipts) as before from new`,
      [new Date(NOW)],
    );
    expect(row?.id).toBeGreaterThan(row?.before ?? 0);
  });

  test('An empty store is upgraded, and a second upgrade does nothing.', { tags: 'slow' }, async () => {
    expect(await upgrade()).toHaveLength(1);
    expect(await upgrade()).toEqual([]);
    expect(await db.query('select day from days', [])).toEqual([]);
  });

  test('A failed upgrade leaves the store unchanged.', async () => {
    await fill();
    const before = await rows();
    const sql = 'select 1 / 0';
    const broken = { version: 3, name: '0003_test.sql', sql, checksum: createHash('sha256').update(sql).digest('hex') };
    await expect(migrate(db, [...AFTER, broken])).rejects.toMatchObject({ code: '22012' });
    expect(await rows()).toEqual(before);
    expect(await db.query('select lease_token from jobs where lease_token is not null', [])).toHaveLength(3);
    await upgrade();
    expect(await rows()).toEqual(before);
  });
});

describe('A store with many messages', { tags: 'slow' }, () => {
  const MESSAGES = 3_000;
  const OVER_DAYS = 45;

  /** Inserts messages of several days and around midnights, each with a segment, two events and a job. */
  async function fillMany(days: number): Promise<void> {
    const messages = Array.from({ length: MESSAGES }, (_, i) => {
      const ms = NOW - ((i * 7919) % (days * 24 * 60)) * 60_000;
      return outbound({ id: idAt(ms), created_at: new Date(ms), api_client_id: `client_${i % 7}` });
    });
    await insert('messages', ...messages);
    await insert(
      'message_parts',
      ...messages.map(({ id, created_at }) => ({
        message_id: id,
        part: 1,
        state: 'SENT',
        carrier: 'simulator',
        carrier_ref: `ref ${id}`,
        submitted_at: created_at,
      })),
    );
    await insert(
      'events',
      ...messages.flatMap(({ id }) => [event(id, 1, 'message.queued', 'QUEUED'), event(id, 2, 'message.sent', 'SENT')]),
    );
    await insert('jobs', ...messages.map(({ id }, i) => job('webhooks', id, { ordinal: 2, attempt: i % 4 })));
  }

  test('The upgrade keeps all messages, each in the partition of its day.', async () => {
    await fillMany(OVER_DAYS);
    const before = await rows();
    await upgrade();
    expect(await rows()).toEqual(before);
    await expectInTheirDays();
    expect(await db.query('select 1 from messages_default', [])).toEqual([]);
    expect(await db.query<{ n: number }>('select count(*)::int as n from days', [])).toEqual([{ n: OVER_DAYS + 1 }]);
    expect(await db.query<{ n: number }>('select count(distinct client)::int as n from jobs', [])).toEqual([{ n: 7 }]);
    expect(await jobs()).toHaveLength(MESSAGES);
    // On a slow machine, the partitions of 45 days with their indexes take half a minute.
  }, 120_000);
});

test('The migration of messages:send grants it to each existing client, also without capabilities.', async () => {
  const upTo = (last: number) => readMigrations().filter(({ version }) => version <= last);
  await migrate(db, upTo(13));
  const at = new Date(NOW);
  await insert('accounts', { id: 'acc_1', name: 'Account', status: 'ACTIVE', created_at: at, updated_at: at });
  const clients = { none: [], some: ['numbers:read'], suspended: ['messages:read'], already: ['messages:send'] };
  for (const [id, capabilities] of Object.entries(clients)) {
    const status = id === 'suspended' ? 'SUSPENDED' : 'ACTIVE';
    const rest = { account_id: 'acc_1', name: id, webhook_secret_sealed: 'sealed', created_at: at, updated_at: at };
    await insert('api_clients', { id, status, capabilities, ...rest });
  }
  await migrate(db, upTo(14));
  const rows = await db.query<{ id: string; capabilities: string[] }>('select id, capabilities from api_clients', []);
  expect(Object.fromEntries(rows.map(({ id, capabilities }) => [id, capabilities]))).toEqual({
    none: ['messages:send'],
    some: ['numbers:read', 'messages:send'],
    suspended: ['messages:read', 'messages:send'],
    already: ['messages:send'],
  });
});

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
