-- What the migrations amount to. Made by `npm run db:schema`; nothing runs it.

create table accounts (
  id text not null,
  name text not null,
  status text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text])))
);

create table api_client_secrets (
  id text not null,
  api_client_id text not null,
  hash text not null,
  hint text not null,
  created_at timestamp with time zone not null,
  constraint api_client_secrets_api_client_id_fkey FOREIGN KEY (api_client_id) REFERENCES api_clients(id),
  constraint api_client_secrets_pkey PRIMARY KEY (id)
);
CREATE INDEX api_client_secrets_by_client ON public.api_client_secrets USING btree (api_client_id);

create table api_clients (
  id text not null,
  account_id text not null,
  name text not null,
  status text not null,
  capabilities text[] not null,
  delivery_webhook_url text,
  inbound_webhook_url text,
  webhook_secret_sealed text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  former_webhook_secret_sealed text,
  former_webhook_secret_until timestamp with time zone,
  auto_replies json,
  constraint api_clients_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint api_clients_former_webhook_secret_check CHECK (((former_webhook_secret_sealed IS NULL) = (former_webhook_secret_until IS NULL))),
  constraint api_clients_pkey PRIMARY KEY (id),
  constraint api_clients_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text])))
);
CREATE INDEX api_clients_by_account ON public.api_clients USING btree (account_id);

create table binds (
  carrier text not null,
  link integer not null,
  held_by text collate "C",
  constraint binds_link_check CHECK ((link > 0)),
  constraint binds_pkey PRIMARY KEY (carrier, link)
);

create table days (
  day date not null,
  redacted boolean not null default false,
  constraint days_pkey PRIMARY KEY (day)
);

create table ended_sessions (
  id text not null,
  created_at timestamp with time zone not null,
  constraint ended_sessions_pkey PRIMARY KEY (id)
);
CREATE INDEX ended_sessions_age ON public.ended_sessions USING brin (created_at);

create table events (
  message_id text collate "C" not null,
  sequence integer not null,
  type text not null,
  status text not null,
  provider_message_ref text,
  error json,
  occurred_at timestamp with time zone not null,
  api_client_id text collate "C",
  "position" bigint not null default 0,
  constraint events_pkey PRIMARY KEY (message_id, sequence)
);
CREATE INDEX events_stream ON ONLY public.events USING btree (api_client_id, "position", message_id, sequence);

create table events_default (
  message_id text collate "C" not null,
  sequence integer not null,
  type text not null,
  status text not null,
  provider_message_ref text,
  error json,
  occurred_at timestamp with time zone not null,
  api_client_id text collate "C",
  "position" bigint not null default 0,
  constraint events_default_pkey PRIMARY KEY (message_id, sequence)
);
CREATE INDEX events_default_api_client_id_position_message_id_sequence_idx ON public.events_default USING btree (api_client_id, "position", message_id, sequence);

create table idempotency_keys (
  api_client_id text not null,
  route text not null,
  key text not null,
  fingerprint text not null,
  response text not null,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (api_client_id, route, key)
);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING brin (created_at);

create table inbound_fragments (
  carrier text collate "C" not null,
  from_address text collate "C" not null,
  to_address text collate "C" not null,
  group_number integer not null,
  parts integer not null,
  part integer not null,
  text bytea not null,
  received_at timestamp with time zone not null,
  joined boolean not null default false,
  constraint inbound_fragments_check CHECK (((part >= 1) AND (part <= parts))),
  constraint inbound_fragments_parts_check CHECK ((parts > 1)),
  constraint inbound_fragments_pkey PRIMARY KEY (carrier, from_address, to_address, group_number, parts, part)
);

create table inbound_keys (
  carrier text collate "C" not null,
  carrier_ref text collate "C" not null,
  message_id text not null,
  created_at timestamp with time zone not null,
  constraint inbound_keys_pkey PRIMARY KEY (carrier, carrier_ref)
);
CREATE INDEX inbound_keys_by_age ON public.inbound_keys USING brin (created_at);

create table jobs (
  queue text collate "C" not null,
  subject text collate "C" not null,
  ordinal integer not null,
  client text collate "C" not null,
  lane text collate "C" not null,
  attempt integer not null default 0,
  run_at timestamp with time zone not null,
  leased_by text collate "C",
  lease bigint,
  interrupted boolean not null default false,
  asleep boolean not null default false,
  constraint jobs_check CHECK (((leased_by IS NULL) = (lease IS NULL))),
  constraint jobs_pkey PRIMARY KEY (subject, ordinal)
) with (fillfactor=80, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_threshold=5000);
CREATE INDEX jobs_asleep ON public.jobs USING btree (queue, run_at, client, lane) WHERE asleep;
CREATE INDEX jobs_due ON public.jobs USING btree (queue, client, lane, run_at, ordinal) WHERE ((leased_by IS NULL) AND (NOT asleep));

create table kept_answers (
  asker text not null,
  key text not null,
  fingerprint text not null,
  answer text,
  created_at timestamp with time zone not null,
  constraint kept_answers_pkey PRIMARY KEY (asker, key)
);
CREATE INDEX kept_answers_age ON public.kept_answers USING brin (created_at);

create table message_parts (
  message_id text collate "C" not null,
  part integer not null,
  state text not null,
  carrier text collate "C" not null,
  carrier_ref text collate "C",
  error json,
  submitted_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint message_parts_check CHECK (((state <> 'SENT'::text) OR (carrier_ref IS NOT NULL))),
  constraint message_parts_part_check CHECK ((part > 0)),
  constraint message_parts_pkey PRIMARY KEY (message_id, part),
  constraint message_parts_state_check CHECK ((state = ANY (ARRAY['UNKNOWN'::text, 'SENT'::text, 'DELIVERED'::text, 'FAILED'::text])))
);
CREATE INDEX message_parts_by_carrier_ref ON ONLY public.message_parts USING btree (carrier_ref, carrier) WHERE (carrier_ref IS NOT NULL);
CREATE INDEX message_parts_by_ref_key ON ONLY public.message_parts USING btree (carrier_ref_key(carrier_ref), carrier) WHERE (carrier_ref <> carrier_ref_key(carrier_ref));

create table message_parts_default (
  message_id text collate "C" not null,
  part integer not null,
  state text not null,
  carrier text collate "C" not null,
  carrier_ref text collate "C",
  error json,
  submitted_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint message_parts_check CHECK (((state <> 'SENT'::text) OR (carrier_ref IS NOT NULL))),
  constraint message_parts_default_pkey PRIMARY KEY (message_id, part),
  constraint message_parts_part_check CHECK ((part > 0)),
  constraint message_parts_state_check CHECK ((state = ANY (ARRAY['UNKNOWN'::text, 'SENT'::text, 'DELIVERED'::text, 'FAILED'::text])))
) with (fillfactor=85);
CREATE INDEX message_parts_default_carrier_ref_carrier_idx ON public.message_parts_default USING btree (carrier_ref, carrier) WHERE (carrier_ref IS NOT NULL);
CREATE INDEX message_parts_default_carrier_ref_key_carrier_idx ON public.message_parts_default USING btree (carrier_ref_key(carrier_ref), carrier) WHERE (carrier_ref <> carrier_ref_key(carrier_ref));

create table messages (
  id text collate "C" not null,
  direction text not null,
  api_client_id text,
  number_id text,
  from_address text not null,
  to_address text not null,
  message_type text not null,
  text text,
  media json,
  external_reference text,
  delivery_guarantee text,
  encoding text,
  segments integer,
  parts integer not null,
  status text not null,
  sequence integer not null,
  provider_message_ref text,
  error json,
  carrier text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  finished_at timestamp with time zone,
  purpose text,
  "position" bigint not null default 0,
  idempotency_key text,
  content_of text collate "C",
  keyword text,
  opt_out_type text,
  constraint messages_check CHECK (((direction = 'INBOUND'::text) = (status = 'RECEIVED'::text))),
  constraint messages_check1 CHECK (((status <> ALL (ARRAY['SENT'::text, 'DELIVERED'::text])) OR (sent_at IS NOT NULL))),
  constraint messages_check2 CHECK (((status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text])) = (finished_at IS NOT NULL))),
  constraint messages_check3 CHECK (((status = 'FAILED'::text) = (error IS NOT NULL))),
  constraint messages_check4 CHECK (((direction = 'INBOUND'::text) OR ((api_client_id IS NOT NULL) AND (number_id IS NOT NULL) AND (delivery_guarantee IS NOT NULL)))),
  constraint messages_delivery_guarantee_check CHECK ((delivery_guarantee = ANY (ARRAY['AT_MOST_ONCE'::text, 'AT_LEAST_ONCE'::text]))),
  constraint messages_direction_check CHECK ((direction = ANY (ARRAY['INBOUND'::text, 'OUTBOUND'::text]))),
  constraint messages_encoding_check CHECK ((encoding = ANY (ARRAY['GSM7'::text, 'UCS2'::text]))),
  constraint messages_message_type_check CHECK ((message_type = ANY (ARRAY['SMS'::text, 'MMS'::text]))),
  constraint messages_opt_out_type_check CHECK ((((opt_out_type IS NULL) OR (opt_out_type = ANY (ARRAY['STOP'::text, 'START'::text, 'HELP'::text]))) AND ((keyword IS NULL) = (opt_out_type IS NULL)))) NOT VALID,
  constraint messages_parts_check CHECK ((parts > 0)),
  constraint messages_pkey PRIMARY KEY (id),
  constraint messages_purpose_check CHECK ((purpose = ANY (ARRAY['OPT_OUT_REPLY'::text, 'OPT_IN_REPLY'::text, 'HELP_REPLY'::text]))) NOT VALID,
  constraint messages_segments_check CHECK ((segments > 0)),
  constraint messages_sequence_check CHECK ((sequence > 0)),
  constraint messages_status_check CHECK ((status = ANY (ARRAY['QUEUED'::text, 'SENDING'::text, 'UNKNOWN'::text, 'SENT'::text, 'DELIVERED'::text, 'FAILED'::text, 'RECEIVED'::text])))
);
CREATE INDEX messages_by_client ON ONLY public.messages USING btree (api_client_id, id);
CREATE INDEX messages_by_handset ON ONLY public.messages USING btree (api_client_id, from_address, id) WHERE (direction = 'INBOUND'::text);
CREATE INDEX messages_by_recipient ON ONLY public.messages USING btree (api_client_id, to_address, id);
CREATE INDEX messages_by_reference ON ONLY public.messages USING btree (api_client_id, external_reference, id) WHERE (external_reference IS NOT NULL);

create table messages_default (
  id text collate "C" not null,
  direction text not null,
  api_client_id text,
  number_id text,
  from_address text not null,
  to_address text not null,
  message_type text not null,
  text text,
  media json,
  external_reference text,
  delivery_guarantee text,
  encoding text,
  segments integer,
  parts integer not null,
  status text not null,
  sequence integer not null,
  provider_message_ref text,
  error json,
  carrier text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  finished_at timestamp with time zone,
  purpose text,
  "position" bigint not null default 0,
  idempotency_key text,
  content_of text collate "C",
  keyword text,
  opt_out_type text,
  constraint messages_check CHECK (((direction = 'INBOUND'::text) = (status = 'RECEIVED'::text))),
  constraint messages_check1 CHECK (((status <> ALL (ARRAY['SENT'::text, 'DELIVERED'::text])) OR (sent_at IS NOT NULL))),
  constraint messages_check2 CHECK (((status = ANY (ARRAY['DELIVERED'::text, 'FAILED'::text])) = (finished_at IS NOT NULL))),
  constraint messages_check3 CHECK (((status = 'FAILED'::text) = (error IS NOT NULL))),
  constraint messages_check4 CHECK (((direction = 'INBOUND'::text) OR ((api_client_id IS NOT NULL) AND (number_id IS NOT NULL) AND (delivery_guarantee IS NOT NULL)))),
  constraint messages_default_pkey PRIMARY KEY (id),
  constraint messages_delivery_guarantee_check CHECK ((delivery_guarantee = ANY (ARRAY['AT_MOST_ONCE'::text, 'AT_LEAST_ONCE'::text]))),
  constraint messages_direction_check CHECK ((direction = ANY (ARRAY['INBOUND'::text, 'OUTBOUND'::text]))),
  constraint messages_encoding_check CHECK ((encoding = ANY (ARRAY['GSM7'::text, 'UCS2'::text]))),
  constraint messages_message_type_check CHECK ((message_type = ANY (ARRAY['SMS'::text, 'MMS'::text]))),
  constraint messages_opt_out_type_check CHECK ((((opt_out_type IS NULL) OR (opt_out_type = ANY (ARRAY['STOP'::text, 'START'::text, 'HELP'::text]))) AND ((keyword IS NULL) = (opt_out_type IS NULL)))) NOT VALID,
  constraint messages_parts_check CHECK ((parts > 0)),
  constraint messages_purpose_check CHECK ((purpose = ANY (ARRAY['OPT_OUT_REPLY'::text, 'OPT_IN_REPLY'::text, 'HELP_REPLY'::text]))) NOT VALID,
  constraint messages_segments_check CHECK ((segments > 0)),
  constraint messages_sequence_check CHECK ((sequence > 0)),
  constraint messages_status_check CHECK ((status = ANY (ARRAY['QUEUED'::text, 'SENDING'::text, 'UNKNOWN'::text, 'SENT'::text, 'DELIVERED'::text, 'FAILED'::text, 'RECEIVED'::text])))
) with (fillfactor=85);
CREATE INDEX messages_default_api_client_id_external_reference_id_idx ON public.messages_default USING btree (api_client_id, external_reference, id) WHERE (external_reference IS NOT NULL);
CREATE INDEX messages_default_api_client_id_from_address_id_idx ON public.messages_default USING btree (api_client_id, from_address, id) WHERE (direction = 'INBOUND'::text);
CREATE INDEX messages_default_api_client_id_id_idx ON public.messages_default USING btree (api_client_id, id);
CREATE INDEX messages_default_api_client_id_to_address_id_idx ON public.messages_default USING btree (api_client_id, to_address, id);

create table numbers (
  id text not null,
  e164 text not null,
  api_client_id text,
  status text not null,
  campaign_reg_id text,
  sms_enabled boolean not null,
  mms_enabled boolean not null,
  webhook_inbound_override text,
  webhook_delivery_override text,
  npa text,
  nxx text,
  city text,
  state text,
  zip_code text,
  rate_center text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint numbers_api_client_id_fkey FOREIGN KEY (api_client_id) REFERENCES api_clients(id),
  constraint numbers_e164_key UNIQUE (e164),
  constraint numbers_pkey PRIMARY KEY (id),
  constraint numbers_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'INACTIVE'::text])))
);
CREATE INDEX numbers_by_client ON public.numbers USING btree (api_client_id) WHERE (api_client_id IS NOT NULL);
CREATE INDEX numbers_inventory ON public.numbers USING btree (state, npa, nxx) WHERE (api_client_id IS NULL);

create table opt_out_changes (
  id bigint not null generated always as identity,
  api_client_id text collate "C" not null,
  number_id text collate "C" not null,
  recipient text collate "C" not null,
  change text not null,
  origin text not null,
  source text,
  keyword text,
  note text,
  message_id text collate "C",
  changed_at timestamp with time zone not null,
  constraint opt_out_changes_change_check CHECK ((change = ANY (ARRAY['OPTED_OUT'::text, 'OPTED_IN'::text]))),
  constraint opt_out_changes_origin_check CHECK ((origin = ANY (ARRAY['HANDSET'::text, 'API'::text]))),
  constraint opt_out_changes_pkey PRIMARY KEY (id)
);
CREATE INDEX opt_out_changes_by_client ON public.opt_out_changes USING btree (api_client_id, id);
CREATE INDEX opt_out_changes_by_recipient ON public.opt_out_changes USING btree (api_client_id, recipient, id);

create table opt_outs (
  api_client_id text collate "C" not null,
  number_id text collate "C" not null,
  recipient text collate "C" not null,
  origin text not null,
  source text,
  keyword text,
  note text,
  created_at timestamp with time zone not null,
  constraint opt_outs_check CHECK (((origin = 'HANDSET'::text) = (keyword IS NOT NULL))),
  constraint opt_outs_origin_check CHECK ((origin = ANY (ARRAY['HANDSET'::text, 'API'::text]))),
  constraint opt_outs_pkey PRIMARY KEY (api_client_id, number_id, recipient)
);

create table processes (
  id text collate "C" not null,
  host text not null,
  pid integer not null,
  version text not null,
  roles text[] not null,
  started_at timestamp with time zone not null,
  alive_until timestamp with time zone not null,
  counters json,
  constraint processes_pkey PRIMARY KEY (id)
);

create table receipts (
  id bigint not null default nextval('receipts_id'::regclass),
  carrier text collate "C" not null,
  carrier_ref text collate "C",
  reference text collate "C",
  state text not null,
  error json,
  raw text not null,
  received_at timestamp with time zone not null,
  message_id text collate "C",
  part integer,
  other_refs text[],
  constraint receipts_pkey PRIMARY KEY (received_at, id),
  constraint receipts_state_check CHECK ((state = ANY (ARRAY['SENT'::text, 'PENDING'::text, 'DELIVERED'::text, 'FAILED'::text])))
);
CREATE INDEX receipts_by_message ON ONLY public.receipts USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX receipts_parked ON ONLY public.receipts USING btree (carrier_ref, carrier) WHERE (message_id IS NULL);
CREATE INDEX receipts_parked_by_age ON ONLY public.receipts USING btree (received_at) WHERE (message_id IS NULL);
CREATE INDEX receipts_parked_by_reference ON ONLY public.receipts USING btree (reference) WHERE ((message_id IS NULL) AND (reference IS NOT NULL));

create table receipts_default (
  id bigint not null default nextval('receipts_id'::regclass),
  carrier text collate "C" not null,
  carrier_ref text collate "C",
  reference text collate "C",
  state text not null,
  error json,
  raw text not null,
  received_at timestamp with time zone not null,
  message_id text collate "C",
  part integer,
  other_refs text[],
  constraint receipts_default_pkey PRIMARY KEY (received_at, id),
  constraint receipts_state_check CHECK ((state = ANY (ARRAY['SENT'::text, 'PENDING'::text, 'DELIVERED'::text, 'FAILED'::text])))
) with (fillfactor=85);
CREATE INDEX receipts_default_carrier_ref_carrier_idx ON public.receipts_default USING btree (carrier_ref, carrier) WHERE (message_id IS NULL);
CREATE INDEX receipts_default_message_id_idx ON public.receipts_default USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX receipts_default_received_at_idx ON public.receipts_default USING btree (received_at) WHERE (message_id IS NULL);
CREATE INDEX receipts_default_reference_idx ON public.receipts_default USING btree (reference) WHERE ((message_id IS NULL) AND (reference IS NOT NULL));

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

create table stream (
  only_row boolean not null default true,
  shift bigint not null default 0,
  mark bigint not null default 0,
  constraint stream_only_row_check CHECK (only_row),
  constraint stream_pkey PRIMARY KEY (only_row)
);

create table webhook_attempts (
  message_id text collate "C" not null,
  sequence integer not null,
  attempt integer not null,
  outcome text not null,
  url text not null,
  status_code integer,
  error text,
  response_start text,
  duration_ms integer not null,
  attempted_at timestamp with time zone not null,
  constraint webhook_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'RETRY'::text, 'GIVEN_UP'::text]))),
  constraint webhook_attempts_pkey PRIMARY KEY (message_id, sequence, attempt)
);

create table webhook_attempts_default (
  message_id text collate "C" not null,
  sequence integer not null,
  attempt integer not null,
  outcome text not null,
  url text not null,
  status_code integer,
  error text,
  response_start text,
  duration_ms integer not null,
  attempted_at timestamp with time zone not null,
  constraint webhook_attempts_default_pkey PRIMARY KEY (message_id, sequence, attempt),
  constraint webhook_attempts_outcome_check CHECK ((outcome = ANY (ARRAY['DELIVERED'::text, 'RETRY'::text, 'GIVEN_UP'::text])))
);

create table webhook_endpoints (
  api_client_id text collate "C" not null,
  url text not null,
  succeeded_at timestamp with time zone,
  failing_since timestamp with time zone,
  failures integer not null default 0,
  disabled_at timestamp with time zone,
  disabled_because text,
  failed_at timestamp with time zone,
  recent_failures integer not null default 0,
  constraint webhook_endpoints_check CHECK (((disabled_at IS NULL) = (disabled_because IS NULL))),
  constraint webhook_endpoints_pkey PRIMARY KEY (api_client_id, url)
);

create table webhook_replays (
  id text collate "C" not null,
  api_client_id text collate "C" not null,
  which text not null,
  since timestamp with time zone not null,
  status text not null,
  "position" bigint not null,
  message_id text collate "C" not null default ''::text,
  sequence integer not null default 0,
  until bigint not null,
  examined integer not null default 0,
  replayed integer not null default 0,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint webhook_replays_pkey PRIMARY KEY (id),
  constraint webhook_replays_status_check CHECK ((status = ANY (ARRAY['RUNNING'::text, 'DONE'::text, 'CANCELLED'::text]))),
  constraint webhook_replays_which_check CHECK ((which = ANY (ARRAY['FAILED'::text, 'MISSING'::text])))
);
CREATE INDEX webhook_replays_by_client ON public.webhook_replays USING btree (api_client_id, id);
CREATE INDEX webhook_replays_running ON public.webhook_replays USING btree (id) WHERE (status = 'RUNNING'::text);
