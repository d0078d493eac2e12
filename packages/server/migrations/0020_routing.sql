-- Why the carrier of an outbound message was selected. Null: the default carrier or that of the number, which needs no explanation.
alter table messages add column route text;

-- Carriers that may send messages of the number. Null: all.
alter table numbers add column carriers text[] check (cardinality(carriers) > 0);

-- Carriers that an operator has paused, in all processes.
create table paused_carriers (
  carrier text collate "C" primary key,
  -- Who has paused the carrier.
  actor text not null,
  paused_at timestamptz not null
);

-- Whether the carrier has refused the message for a reason that other carriers need not share.
alter table attempts add column route_specific boolean not null default false;
