-- Sender pools: numbers of one API client that send together. A recipient gets all messages of a pool from one number.
create table pools (
  id text collate "C" primary key,
  api_client_id text not null references api_clients,
  name text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index pools_by_client on pools (api_client_id);

-- All members of a pool belong to the API client of the pool.
alter table numbers add column pool_id text collate "C" references pools;
create index numbers_by_pool on numbers (pool_id) where pool_id is not null;

-- The number used last with each recipient of a pool. `used_at` is exact to a day. Rows of a deleted pool are deleted
-- in the background, so that no reference to the pool is enforced.
create table pool_conversations (
  pool_id text collate "C" not null,
  recipient text collate "C" not null,
  number_id text not null,
  used_at timestamptz not null,
  primary key (pool_id, recipient)
) with (fillfactor = 90);
create index pool_conversations_by_use on pool_conversations (used_at);

-- Pool that has selected the number of an outbound message. Null: the request has named the number.
alter table messages add column pool_id text collate "C";
