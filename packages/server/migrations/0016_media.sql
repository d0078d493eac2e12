-- Files of media, stored outside of the database under the SHA-256 of their content. The row is the lock of the file: an upload
-- touches it first, and a clean-up deletes it together with the file.
create table media_files (
  hash text collate "C" primary key check (hash ~ '^[0-9a-f]{64}$'),
  byte_length bigint not null check (byte_length > 0),
  touched_at timestamptz not null
);

-- Media of a client. Without a hash, the file is still to be fetched from its source, or could not be fetched (error).
create table media (
  id text collate "C" primary key,
  api_client_id text not null references api_clients,
  storage_key text collate "C" not null,
  origin text not null check (origin in ('UPLOAD', 'SOURCE', 'INBOUND')),
  hash text collate "C" references media_files,
  mime_type text not null,
  byte_length bigint not null check (byte_length > 0),
  file_name text,
  source_url text,
  error text,
  -- Time of the next attempt to fetch the file, after a failed one.
  retry_at timestamptz,
  created_at timestamptz not null,
  -- Last use, from which the retention counts.
  used_at timestamptz not null,
  -- Messages may need the file until then, even if the client has deleted it.
  needed_until timestamptz not null,
  deleted_at timestamptz,
  unique (api_client_id, storage_key),
  check (hash is null or error is null),
  check (hash is not null or source_url is not null)
);
create index media_by_hash on media (hash) where hash is not null;
create index media_by_use on media (used_at);
create index media_deleted on media (needed_until) where deleted_at is not null;

-- Images that were re-encoded to the limits of a carrier.
create table media_renditions (
  source text collate "C" not null references media_files,
  recipe text collate "C" not null,
  hash text collate "C" not null references media_files,
  mime_type text not null,
  byte_length bigint not null check (byte_length > 0),
  created_at timestamptz not null,
  primary key (source, recipe)
);
create index media_renditions_by_hash on media_renditions (hash);

-- Hash of a file that proves that all processes use the same storage.
create table media_storage (
  singleton boolean primary key default true check (singleton),
  marker text not null
);

-- Every client could send MMS until now, and needs these capabilities to go on.
update api_clients set capabilities = capabilities || '{media:read}'::text[] where not capabilities @> '{media:read}'::text[];
update api_clients set capabilities = capabilities || '{media:write}'::text[] where not capabilities @> '{media:write}'::text[];

-- Name of the carrier of a number in RC_CARRIERS. Null: the default carrier.
alter table numbers add column carrier text;

-- Carriers report opt-outs that they have recorded themselves.
alter table opt_outs drop constraint opt_outs_origin_check,
  add constraint opt_outs_origin_check check (origin in ('HANDSET', 'API', 'CARRIER'));
alter table opt_out_changes drop constraint opt_out_changes_origin_check,
  add constraint opt_out_changes_origin_check check (origin in ('HANDSET', 'API', 'CARRIER'));
