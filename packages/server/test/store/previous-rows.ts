/** Rows of a store with the schema of the previous version, for the tests of upgrades. */
import { asJson, type Db } from '#db/db.ts';
import { createIds } from '#platform/ids.ts';
import type { QueueName } from '#queue/job.ts';

export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const at = (ms: number) => ({ now: () => ms });
export const idAt = (ms: number) => createIds(at(ms)).next('msg');

export async function insert(db: Db, table: string, ...rows: object[]): Promise<void> {
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

export const outbound = (row: OldMessage) => ({
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

export const event = (message_id: string, sequence: number, type: string, status: string, more = {}) => ({
  message_id,
  sequence,
  type,
  status,
  provider_message_ref: null,
  error: null,
  occurred_at: new Date(NOW - HOUR_MS + sequence),
  ...more,
});

export const job = (queue: QueueName, subject: string, more = {}) => ({
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
export const IDS = {
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

const [TODAY, YESTERDAY, BEFORE, LONG] = DAYS.map((ms) => new Date(ms)) as [Date, Date, Date, Date];

/** Inserts rows of every kind into every table. */
export async function fill(db: Db): Promise<void> {
  await fillClients(db);
  await fillMessages(db);
  await fillEvents(db);
  await fillWork(db);
}

/** The account, its API client, and the client's secret, number and idempotency key. */
async function fillClients(db: Db): Promise<void> {
  const account = { id: 'acc_1', name: 'Account', status: 'ACTIVE', created_at: LONG, updated_at: LONG };
  await insert(db, 'accounts', account);
  await insert(db, 'api_clients', {
    id: 'client_1',
    account_id: 'acc_1',
    name: 'Client',
    status: 'ACTIVE',
    capabilities: ['messages:send'],
    delivery_webhook_url: 'https://example.com',
    webhook_secret_sealed: 'sealed',
    created_at: LONG,
    updated_at: LONG,
  });
  await insert(db, 'api_client_secrets', {
    id: 'secret_1',
    api_client_id: 'client_1',
    hash: 'hash',
    hint: 'hint',
    created_at: LONG,
  });
  await insert(db, 'numbers', {
    id: 'num_1',
    e164: '+15550000001',
    api_client_id: 'client_1',
    status: 'ACTIVE',
    sms_enabled: true,
    mms_enabled: true,
    created_at: LONG,
    updated_at: LONG,
  });
  await insert(db, 'idempotency_keys', {
    api_client_id: 'client_1',
    route: 'messages.send',
    key: 'key',
    fingerprint: 'fingerprint',
    response: '{}',
    created_at: TODAY,
  });
}

async function fillMessages(db: Db): Promise<void> {
  await insert(
    db,
    'messages',
    outbound({ id: IDS.queued }),
    outbound({ id: IDS.leased, delivery_guarantee: 'AT_LEAST_ONCE', number_id: 'num_2' }),
    outbound({
      id: IDS.unknown,
      status: 'UNKNOWN',
      sequence: 2,
      carrier: 'simulator',
      created_at: YESTERDAY,
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
      created_at: BEFORE,
      sent_at: BEFORE,
      finished_at: BEFORE,
    }),
    outbound({ id: IDS.failed, status: 'FAILED', sequence: 2, error: ERROR, created_at: LONG, finished_at: LONG }),
    inbound({ id: IDS.received, provider_message_ref: 'in-1', created_at: YESTERDAY }),
    inbound({ id: IDS.ofNobody, provider_message_ref: 'in-2', created_at: BEFORE, api_client_id: null }),
    outbound({ id: IDS.midnight, created_at: new Date('2026-11-10T00:00:00Z') }),
    outbound({ id: IDS.odd, created_at: BEFORE }),
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
    db,
    'message_parts',
    part(IDS.unknown, 1, 'SENT', YESTERDAY, { carrier_ref: 'sim-u1' }),
    part(IDS.unknown, 2, 'UNKNOWN', YESTERDAY),
    part(IDS.delivered, 1, 'DELIVERED', BEFORE, { carrier_ref: 'sim-1', finished_at: BEFORE }),
    part(IDS.failed, 1, 'FAILED', LONG, { error: ERROR, finished_at: LONG }),
    part(IDS.odd, 1, 'SENT', BEFORE, { carrier_ref: 'sim-odd' }),
  );
}

/** Events and their webhook attempts. */
async function fillEvents(db: Db): Promise<void> {
  await insert(
    db,
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
    attempted_at: BEFORE,
  });
  await insert(
    db,
    'webhook_attempts',
    attempt(IDS.delivered, 1, 1, 'DELIVERED'),
    attempt(IDS.delivered, 2, 1, 'RETRY'),
    attempt(IDS.delivered, 2, 2, 'RETRY'),
    attempt(IDS.failed, 2, 1, 'GIVEN_UP'),
    attempt(IDS.odd, 1, 1, 'DELIVERED'),
  );
}

/** Receipts and jobs. */
async function fillWork(db: Db): Promise<void> {
  const receipt = (more = {}) => ({
    carrier: 'simulator',
    carrier_ref: null,
    reference: null,
    state: 'DELIVERED',
    error: null,
    raw: 'id:… stat:DELIVRD',
    received_at: TODAY,
    message_id: null,
    part: null,
    ...more,
  });
  await insert(
    db,
    'receipts',
    receipt({ carrier_ref: 'sim-1', message_id: IDS.delivered, part: 1, received_at: BEFORE }),
    receipt({ carrier_ref: 'sim-1', message_id: IDS.delivered, part: 1, received_at: BEFORE }),
    receipt({ carrier_ref: 'parked', state: 'FAILED', error: ERROR }),
    receipt({ reference: `${IDS.queued}/1`, received_at: new Date('2025-01-01T00:00:00Z') }),
  );
  await insert(
    db,
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
