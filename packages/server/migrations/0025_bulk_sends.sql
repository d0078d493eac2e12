-- Bulk sends: many send requests that belong together, such as one per row of a file. Registered by the program that sends them.
create table bulk_sends (
  api_client_id text collate "C" not null,
  -- Given by the client.
  id text collate "C" not null,
  name text not null,
  -- Number of recipients that the program intends to send to.
  row_count integer not null,
  state text not null check (state in ('RUNNING', 'PAUSED', 'DONE', 'CANCELED')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (api_client_id, id)
);
create index bulk_sends_by_time on bulk_sends (api_client_id, created_at, id);

-- Bulk send of the message. Null: none.
alter table messages add column bulk_send_id text collate "C";
create index messages_by_bulk_send on messages (api_client_id, bulk_send_id, id) where bulk_send_id is not null;
