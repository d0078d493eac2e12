-- Carrier of the current or latest attempt of an outbound job. The claim or the creation under a lease commits it before the
-- submit, so that a crash leaves the attempt unknown under its own carrier. Null: never leased, or leased by an earlier version.
alter table jobs add column carrier text;

-- Number of the attempt that gave the state. Null: recorded by an earlier version.
alter table message_parts add column attempt integer check (attempt > 0);

-- Number of the attempt that a receipt names. Null: the carrier returns no number of an attempt.
alter table receipts add column attempt integer;

-- Ended attempts to submit a segment that were followed by another one. The latest attempt is in message_parts, and an
-- attempt in progress is the job.
create table attempts (
  message_id text collate "C" not null,
  part integer not null check (part > 0),
  attempt integer not null check (attempt > 0),
  carrier text collate "C" not null,
  outcome text not null check (outcome in ('UNREACHABLE', 'THROTTLED', 'MISCONFIGURED', 'REJECTED', 'UNKNOWN')),
  -- Proof that the carrier did not accept the segment. An unknown attempt has none.
  proof text check (proof in ('NOT_SENT', 'REFUSED')),
  -- Code and text of the refusal, or the reason why the outcome is unknown.
  carrier_code text,
  reason text,
  ended_at timestamptz not null,
  -- State that a later report of the carrier gave for this attempt.
  reported text check (reported in ('SENT', 'DELIVERED', 'FAILED')),
  carrier_ref text collate "C",
  primary key (message_id, part, attempt),
  check ((outcome = 'UNKNOWN') = (proof is null))
) partition by range (message_id);
create index attempts_by_carrier_ref on attempts (carrier_ref, carrier) where carrier_ref is not null;
create table attempts_default partition of attempts default with (fillfactor = 85);
select add_partition('attempts', day) from days;
