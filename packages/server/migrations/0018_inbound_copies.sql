-- Inbound messages whose files are being copied from the carrier. The event of the message follows when the row is deleted.
create table inbound_copies (
  message_id text collate "C" primary key,
  carrier text collate "C" not null,
  api_client_id text not null references api_clients,
  -- Files at the vendor, each with the key under which it will be stored.
  files json not null,
  created_at timestamptz not null
);
