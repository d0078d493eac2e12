-- Each client's events in one order that a reader can follow by a cursor without a gap, however many processes write.
-- An event's position is the number of the transaction that made it, so everything below the oldest one that is still under
-- way is there to be read; it is never below that of the event before it of the same message.

-- A database that was restored elsewhere counts its transactions anew: `shift` keeps positions growing, and `mark`, a position
-- that was reached a while ago, shows when it has to.
create table stream (
  only_row boolean primary key default true check (only_row),
  shift bigint not null default 0,
  mark bigint not null default 0
);
insert into stream default values;

-- Of its latest event.
alter table messages add column position bigint not null default 0;

alter table events add column api_client_id text collate "C", add column position bigint not null default 0;
-- What there is already comes first, by message.
update events e set api_client_id = m.api_client_id from messages m where m.id = e.message_id;
create index events_stream on events (api_client_id, position, message_id, sequence);

-- A client's messages, newest first; those to or from somebody; those with a reference.
create index messages_by_client on messages (api_client_id, id);
create index messages_by_recipient on messages (api_client_id, to_address, id);
create index messages_by_handset on messages (api_client_id, from_address, id) where direction = 'INBOUND';
create index messages_by_reference on messages (api_client_id, external_reference, id) where external_reference is not null;

-- What is known of where webhooks go: a row a URL of a client that has been tried.
create table webhook_endpoints (
  api_client_id text collate "C" not null,
  url text not null,
  succeeded_at timestamptz,
  -- Since then there were nothing but failures, so many of them.
  failing_since timestamptz,
  failures integer not null default 0,
  disabled_at timestamptz,
  disabled_because text,
  primary key (api_client_id, url),
  check ((disabled_at is null) = (disabled_because is null))
);

-- Events that are to be sent again, all that fit: carried out a batch at a time by whoever delivers webhooks.
create table webhook_replays (
  id text collate "C" primary key,
  api_client_id text collate "C" not null,
  which text not null check (which in ('FAILED', 'MISSING')),
  since timestamptz not null,
  status text not null check (status in ('RUNNING', 'DONE', 'CANCELLED')),
  -- How far it has come, and where it ends.
  position bigint not null,
  message_id text collate "C" not null default '',
  sequence integer not null default 0,
  until bigint not null,
  examined integer not null default 0,
  replayed integer not null default 0,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index webhook_replays_by_client on webhook_replays (api_client_id, id);
create index webhook_replays_running on webhook_replays (id) where status = 'RUNNING';
