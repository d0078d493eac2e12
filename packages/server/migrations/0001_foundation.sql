-- Accounts, numbers, messages, the queue and what became of each message.
-- Hot tables carry no foreign keys: their rows are written by one statement that makes both ends, and are to be
-- dropped by the day later on.

create table accounts (
  id text primary key,
  name text not null,
  status text not null check (status in ('ACTIVE', 'SUSPENDED')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table api_clients (
  id text primary key,
  account_id text not null references accounts,
  name text not null,
  status text not null check (status in ('ACTIVE', 'SUSPENDED')),
  capabilities text[] not null,
  delivery_webhook_url text,
  inbound_webhook_url text,
  webhook_secret_sealed text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index api_clients_by_account on api_clients (account_id);

create table api_client_secrets (
  id text primary key,
  api_client_id text not null references api_clients,
  hash text not null,
  hint text not null,
  created_at timestamptz not null
);
create index api_client_secrets_by_client on api_client_secrets (api_client_id);

-- A number without a client is inventory: it can be found by search and assigned.
create table numbers (
  id text primary key,
  e164 text not null unique,
  api_client_id text references api_clients,
  status text not null check (status in ('ACTIVE', 'INACTIVE')),
  campaign_reg_id text,
  sms_enabled boolean not null,
  mms_enabled boolean not null,
  webhook_inbound_override text,
  webhook_delivery_override text,
  npa text, nxx text, city text, state text, zip_code text, rate_center text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index numbers_by_client on numbers (api_client_id) where api_client_id is not null;
create index numbers_inventory on numbers (state, npa, nxx) where api_client_id is null;

create table idempotency_keys (
  api_client_id text not null,
  route text not null,
  key text not null,
  fingerprint text not null,
  response text not null,
  created_at timestamptz not null,
  primary key (api_client_id, route, key)
);
-- Rows come in the order of time: a BRIN index costs next to nothing at accept.
create index idempotency_keys_by_age on idempotency_keys using brin (created_at);

create table messages (
  id text primary key,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  api_client_id text,
  number_id text,
  from_address text not null,
  to_address text not null,
  message_type text not null check (message_type in ('SMS', 'MMS')),
  text text,
  media json,
  external_reference text,
  delivery_guarantee text check (delivery_guarantee in ('AT_MOST_ONCE', 'AT_LEAST_ONCE')),
  encoding text check (encoding in ('GSM7', 'UCS2')),
  segments integer check (segments > 0),
  parts integer not null check (parts > 0),
  status text not null check (status in ('QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'FAILED', 'RECEIVED')),
  -- The number of the message's latest event.
  sequence integer not null check (sequence > 0),
  provider_message_ref text,
  error json,
  carrier text,
  -- Inbound only: carrier and its reference, by which a repeat is known.
  inbound_key text unique,
  created_at timestamptz not null,
  sent_at timestamptz,
  finished_at timestamptz,
  -- The status machine's promises, so that no path around it can break them: what is sent, delivered or failed says
  -- since when, what has failed says why, and nothing that has not failed has an error.
  check ((direction = 'INBOUND') = (status = 'RECEIVED')),
  check ((direction = 'INBOUND') = (inbound_key is not null)),
  check (status not in ('SENT', 'DELIVERED') or sent_at is not null),
  check ((status in ('DELIVERED', 'FAILED')) = (finished_at is not null)),
  check ((status = 'FAILED') = (error is not null)),
  check (direction = 'INBOUND' or (api_client_id is not null and number_id is not null and delivery_guarantee is not null))
) with (fillfactor = 85);
-- One row a part, made when its submit has an outcome.
create table message_parts (
  message_id text not null,
  part integer not null check (part > 0),
  state text not null check (state in ('UNKNOWN', 'SENT', 'DELIVERED', 'FAILED')),
  carrier text not null,
  carrier_ref text,
  error json,
  submitted_at timestamptz not null,
  finished_at timestamptz,
  primary key (message_id, part),
  check (state <> 'SENT' or carrier_ref is not null)
) with (fillfactor = 85);
create index message_parts_by_carrier_ref on message_parts (carrier, carrier_ref) where carrier_ref is not null;

-- What carriers reported, as they reported it. Without a message: parked until one fits.
create table receipts (
  id bigint generated always as identity primary key,
  carrier text not null,
  carrier_ref text,
  reference text,
  state text not null check (state in ('DELIVERED', 'FAILED')),
  error json,
  raw text not null,
  received_at timestamptz not null,
  message_id text,
  part integer
);
create index receipts_parked on receipts (carrier, carrier_ref) where message_id is null;
create index receipts_parked_by_reference on receipts (reference) where message_id is null and reference is not null;
create index receipts_by_message on receipts (message_id) where message_id is not null;

create table events (
  message_id text not null,
  sequence integer not null,
  type text not null,
  status text not null,
  provider_message_ref text,
  error json,
  occurred_at timestamptz not null,
  primary key (message_id, sequence)
);

create table jobs (
  id bigint generated always as identity primary key,
  queue text not null,
  -- The message, and for a webhook the sequence of its event.
  subject text not null,
  ordinal integer not null,
  attempt integer not null default 0,
  run_at timestamptz not null,
  -- While it is being done. Not in the index: so a claim writes no index entry.
  lease_token text,
  leased_until timestamptz,
  -- A lease ran out before this one: what was done under it is not known.
  interrupted boolean not null default false,
  created_at timestamptz not null,
  check ((lease_token is null) = (leased_until is null))
) with (fillfactor = 70);
create index jobs_due on jobs (queue, run_at, id);

create table webhook_attempts (
  message_id text not null,
  sequence integer not null,
  attempt integer not null,
  outcome text not null check (outcome in ('DELIVERED', 'RETRY', 'GIVEN_UP')),
  url text not null,
  status_code integer,
  error text,
  response_start text,
  duration_ms integer not null,
  attempted_at timestamptz not null,
  primary key (message_id, sequence, attempt)
);
