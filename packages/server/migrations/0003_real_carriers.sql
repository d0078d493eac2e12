-- What real carriers need: receipts that are no end, references in more than one spelling, messages in parts.

alter table receipts drop constraint receipts_state_check;
alter table receipts add constraint receipts_state_check check (state in ('SENT', 'PENDING', 'DELIVERED', 'FAILED'));
-- How else the carrier may have spelled the reference when it answered; only of those that are parked.
alter table receipts add column other_refs text[];

-- For the sweep: what is parked, and since when.
create index receipts_parked_by_age on receipts (received_at) where message_id is null;

-- A busy process takes a thousand leases a second.
alter table jobs alter column lease type bigint;

-- Parts of messages from handsets that wait for the others.
create table inbound_fragments (
  carrier text collate "C" not null,
  from_address text collate "C" not null,
  to_address text collate "C" not null,
  group_number integer not null,
  parts integer not null check (parts > 1),
  part integer not null check (part between 1 and parts),
  -- UTF-16LE, since a part may end in the middle of a character.
  text bytea not null,
  received_at timestamptz not null,
  -- It has gone into a message; kept for a while, so that a repeat of it is known.
  joined boolean not null default false,
  primary key (carrier, from_address, to_address, group_number, parts, part)
);
