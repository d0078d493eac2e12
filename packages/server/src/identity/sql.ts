/** Statements of the tables `accounts`, `api_clients`, `api_client_secrets`, `ended_sessions` and `kept_answers`. */
import { rowsAs, statement } from '#db/statement.ts';
import type { Account } from './accounts.ts';
import type { ApiClient } from './api-clients.ts';
import type { ReplySettings } from './auto-replies.ts';
import type { StoredQuietHours } from './quiet-hours.ts';

const ACCOUNT = `id, name, status, created_at as "createdAt"`;
const ACCOUNT_ROW = { id: 'text', name: 'text', status: 'text', createdAt: 'timestamp with time zone' } as const;

const CLIENT = `c.id, c.account_id as "accountId", c.name, c.status, c.capabilities,
  c.delivery_webhook_url as "deliveryWebhookUrl", c.inbound_webhook_url as "inboundWebhookUrl",
  c.quiet_hours as "quietHours", c.created_at as "createdAt"`;
const CLIENT_ROW = {
  id: 'text',
  accountId: 'text',
  name: 'text',
  status: 'text',
  capabilities: 'text[]',
  deliveryWebhookUrl: 'text?',
  inboundWebhookUrl: 'text?',
  quietHours: 'json?',
  createdAt: 'timestamp with time zone',
} as const;

const SECRET = `id, hint, created_at as "createdAt"`;
const SECRET_ROW = { id: 'text', hint: 'text', createdAt: 'timestamp with time zone' } as const;

/** SQL condition that the client and its account may act. */
const ACTIVE = `c.status = 'ACTIVE' and a.status = 'ACTIVE'`;

/** Adds the account $1 with the name $2 at $3. */
export const ADD_ACCOUNT = rowsAs<Account>()(
  statement(
    'identity.addAccount',
    { params: ['text', 'text', 'timestamp with time zone'], row: ACCOUNT_ROW },
    `insert into accounts (id, name, status, created_at, updated_at) values ($1, $2, 'ACTIVE', $3, $3)
    returning ${ACCOUNT}`,
  ),
);

/** All accounts. */
export const ACCOUNTS = rowsAs<Account>()(
  statement(
    'identity.accounts',
    { params: [], row: ACCOUNT_ROW },
    `select ${ACCOUNT} from accounts order by lower(name), id`,
  ),
);

/** Whether the account $1 exists. */
export const HAS_ACCOUNT = statement(
  'identity.hasAccount',
  { params: ['text'], row: { found: 'boolean' } },
  'select true as found from accounts where id = $1',
);

/** Changes the account $1 at $4. $2 name, $3 status. Null leaves a value unchanged. */
export const UPDATE_ACCOUNT = rowsAs<Account>()(
  statement(
    'identity.updateAccount',
    { params: ['text', 'text?', 'text?', 'timestamp with time zone'], row: ACCOUNT_ROW },
    `update accounts set name = coalesce($2, name), status = coalesce($3, status), updated_at = $4
    where id = $1 returning ${ACCOUNT}`,
  ),
);

/**
 * Adds the API client $1 of the account $2. $3 name, $4 capabilities, $5 delivery URL, $6 inbound URL, $7 encrypted
 * webhook secret, $8 now.
 */
export const ADD_CLIENT = rowsAs<ApiClient>()(
  statement(
    'identity.addClient',
    {
      params: ['text', 'text', 'text', 'text[]', 'text?', 'text?', 'text', 'timestamp with time zone'],
      row: CLIENT_ROW,
    },
    `insert into api_clients as c (id, account_id, name, status, capabilities, delivery_webhook_url,
      inbound_webhook_url, webhook_secret_sealed, created_at, updated_at)
    values ($1, $2, $3, 'ACTIVE', $4, $5, $6, $7, $8, $8) returning ${CLIENT}`,
  ),
);

/** The API client $1. */
export const CLIENT_BY_ID = rowsAs<ApiClient>()(
  statement(
    'identity.client',
    { params: ['text'], row: CLIENT_ROW },
    `select ${CLIENT} from api_clients c where c.id = $1`,
  ),
);

/** All API clients. */
export const CLIENTS = rowsAs<ApiClient>()(
  statement(
    'identity.clients',
    { params: [], row: CLIENT_ROW },
    `select ${CLIENT} from api_clients c order by lower(c.name), c.id`,
  ),
);

/** The API clients $1 that may act. */
export const ACTIVE_CLIENTS = rowsAs<ApiClient>()(
  statement(
    'identity.activeClients',
    { params: ['text[]'], row: CLIENT_ROW },
    `select ${CLIENT} from api_clients c join accounts a on a.id = c.account_id
    where c.id = any($1) and ${ACTIVE}`,
  ),
);

/**
 * Changes the API client $1 at $9. $2 name, $3 status, $4 capabilities, $10 quiet hours. Null leaves these unchanged. $6
 * delivery URL if $5, $8 inbound URL if $7.
 */
export const UPDATE_CLIENT = rowsAs<ApiClient>()(
  statement(
    'identity.updateClient',
    {
      params: [
        'text',
        'text?',
        'text?',
        'text[]?',
        'boolean',
        'text?',
        'boolean',
        'text?',
        'timestamp with time zone',
        'json?',
      ],
      row: CLIENT_ROW,
    },
    `update api_clients c set name = coalesce($2, name), status = coalesce($3, status),
      capabilities = coalesce($4, capabilities),
      delivery_webhook_url = case when $5 then $6 else delivery_webhook_url end,
      inbound_webhook_url = case when $7 then $8 else inbound_webhook_url end,
      quiet_hours = coalesce($10, quiet_hours), updated_at = $9
    where c.id = $1 returning ${CLIENT}`,
  ),
);

/** Locks the API client $1, so that one transaction at a time changes its secrets. */
export const LOCK_CLIENT = statement(
  'identity.lockClient',
  { params: ['text'], row: { found: 'boolean' } },
  'select true as found from api_clients where id = $1 for update',
);

/**
 * Serializes transactions of other modules about the API client $1, so that each one sees the effects of the others.
 * Rows that refer to the client can still be inserted.
 */
export const SERIALIZE_CLIENT = statement(
  'identity.serializeClient',
  { params: ['text'] },
  'select from api_clients where id = $1 for no key update',
);

/** Adds the secret $1 of the API client $2. $3 hash, $4 hint, $5 now. */
export const ADD_SECRET = statement(
  'identity.addSecret',
  { params: ['text', 'text', 'text', 'text', 'timestamp with time zone'], row: SECRET_ROW },
  `insert into api_client_secrets (id, api_client_id, hash, hint, created_at)
  values ($1, $2, $3, $4, $5) returning ${SECRET}`,
);

/** Valid secrets of the API client $1. */
export const SECRETS = statement(
  'identity.secrets',
  { params: ['text'], row: SECRET_ROW },
  `select ${SECRET} from api_client_secrets where api_client_id = $1 order by created_at, id`,
);

/** One row for each valid secret of the API client $1. */
export const VALID_SECRETS_OF = statement(
  'identity.validSecretsOf',
  { params: ['text'], row: { found: 'boolean' } },
  'select true as found from api_client_secrets where api_client_id = $1',
);

/** Whether the secret $1 is valid. */
export const HAS_SECRET = statement(
  'identity.hasSecret',
  { params: ['text'], row: { found: 'boolean' } },
  'select true as found from api_client_secrets where id = $1',
);

/** Hashes of the valid secrets of the API clients $1, and whether the client may act. */
export const SECRET_HASHES = statement(
  'identity.secretHashes',
  { params: ['text[]'], row: { apiClientId: 'text', hash: 'text', active: 'boolean' } },
  `select s.api_client_id as "apiClientId", s.hash, ${ACTIVE} as active
  from api_client_secrets s join api_clients c on c.id = s.api_client_id join accounts a on a.id = c.account_id
  where s.api_client_id = any($1)`,
);

/** Deletes the secret $2 of the API client $1. */
export const DELETE_SECRET = statement(
  'identity.deleteSecret',
  { params: ['text', 'text'], row: { id: 'text' } },
  'delete from api_client_secrets where api_client_id = $1 and id = $2 returning id',
);

/** URLs and encrypted signing secrets of the webhooks of the API client $1. */
export const WEBHOOK_SETTINGS = statement(
  'identity.webhookSettings',
  {
    params: ['text'],
    row: {
      deliveryUrl: 'text?',
      inboundUrl: 'text?',
      current: 'text',
      former: 'text?',
      formerUntil: 'timestamp with time zone?',
    },
  },
  `select delivery_webhook_url as "deliveryUrl", inbound_webhook_url as "inboundUrl",
    webhook_secret_sealed as current, former_webhook_secret_sealed as former, former_webhook_secret_until as "formerUntil"
  from api_clients where id = $1`,
);

/** Encrypted webhook secret of the first API client. */
export const ANY_WEBHOOK_SECRET = statement(
  'identity.anyWebhookSecret',
  { params: [], row: { id: 'text', sealed: 'text' } },
  'select id, webhook_secret_sealed as sealed from api_clients order by id limit 1',
);

/** Locks the API client $1 for a rotation, and reads the end of the previous rotation's overlap. */
export const LOCK_ROTATION = statement(
  'identity.lockRotation',
  { params: ['text'], row: { formerUntil: 'timestamp with time zone?' } },
  'select former_webhook_secret_until as "formerUntil" from api_clients where id = $1 for update',
);

/**
 * Sets the encrypted webhook secret $2 of the API client $1 at $4. The old secret signs until $3. Null: no longer.
 */
export const ROTATE_WEBHOOK_SECRET = statement(
  'identity.rotateWebhookSecret',
  { params: ['text', 'text', 'timestamp with time zone?', 'timestamp with time zone'] },
  `update api_clients set webhook_secret_sealed = $2, former_webhook_secret_until = $3, updated_at = $4,
    former_webhook_secret_sealed = case when $3::timestamptz is null then null else webhook_secret_sealed end
  where id = $1`,
);

/** Name and automatic replies of an API client. */
export interface AutoRepliesRow {
  name: string;
  own: Partial<ReplySettings> | null;
  /** Whether the client and its account may act. */
  active: boolean;
}

/** Automatic replies of the API client $1. */
export const AUTO_REPLIES = rowsAs<AutoRepliesRow>()(
  statement(
    'identity.autoReplies',
    { params: ['text'], row: { name: 'text', own: 'json?', active: 'boolean' } },
    `select c.name, c.auto_replies as own, ${ACTIVE} as active
    from api_clients c join accounts a on a.id = c.account_id where c.id = $1`,
  ),
);

/** Changes the automatic replies of the API client $1 at $3. $2 the changed settings as JSON. */
export const UPDATE_AUTO_REPLIES = statement(
  'identity.updateAutoReplies',
  { params: ['text', 'jsonb', 'timestamp with time zone'] },
  `update api_clients set auto_replies = (coalesce(auto_replies::jsonb, '{}') || $2::jsonb)::json, updated_at = $3
  where id = $1`,
);

/** Quiet hours of the API client $1, or null. */
export const QUIET_HOURS = rowsAs<{ settings: StoredQuietHours | null }>()(
  statement(
    'identity.quietHours',
    { params: ['text'], row: { settings: 'json?' } },
    'select quiet_hours as settings from api_clients where id = $1',
  ),
);

/** Sets the quiet hours of the API client $1 at $3. $2 the settings as JSON. */
export const SET_QUIET_HOURS = statement(
  'identity.setQuietHours',
  { params: ['text', 'json', 'timestamp with time zone'], row: { id: 'text' } },
  'update api_clients set quiet_hours = $2, updated_at = $3 where id = $1 returning id',
);

/** Records that sessions ended at $2. $1 ids and fingerprints. */
export const END_SESSION = statement(
  'identity.endSession',
  { params: ['text[]', 'timestamp with time zone'] },
  'insert into ended_sessions (id, created_at) select unnest($1::text[]), $2::timestamptz on conflict do nothing',
);

/** Whether a session ended. $1 its id and its fingerprint. */
export const HAS_ENDED = statement(
  'identity.hasEnded',
  { params: ['text[]'], row: { found: 'boolean' } },
  'select true as found from ended_sessions where id = any($1)',
);

/**
 * Inserts the idempotency key $2 of $1 at $4, or waits for the transaction that has it and reads its idempotent
 * response. $3 fingerprint of the request. The response is null only within the transaction that inserted the key.
 * Other transactions see both or neither.
 */
export const RESERVE_KEY = statement(
  'identity.reserveKey',
  {
    params: ['text', 'text', 'text', 'timestamp with time zone'],
    row: { fingerprint: 'text', answer: 'text?' },
  },
  `insert into kept_answers (asker, key, fingerprint, created_at) values ($1, $2, $3, $4)
  on conflict (asker, key) do update set asker = kept_answers.asker returning fingerprint, answer`,
);

/** Stores the encrypted idempotent response $3 under the key $2 of $1. */
export const STORE_RESPONSE = statement(
  'identity.storeResponse',
  { params: ['text', 'text', 'text'] },
  'update kept_answers set answer = $3 where asker = $1 and key = $2',
);
