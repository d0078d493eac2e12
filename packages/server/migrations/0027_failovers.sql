-- Timeline of the database server (PostgreSQL, "Timelines"). A promotion or a restore changes it.
create table timelines (
  only_row boolean primary key default true check (only_row),
  system text not null,
  timeline integer not null
);

-- Changes of the timeline. Commits of the previous timeline may be missing.
create table failovers (
  id integer primary key,
  timeline integer not null,
  begun_at timestamptz not null,
  -- All commits before this time are present. Null: unknown.
  complete_until timestamptz,
  -- Null: outbound jobs that were due before the failover wait.
  closed_at timestamptz,
  -- Outbound jobs that may have been carried out, as far as the store shows.
  doubted integer not null default 0
);
create index failovers_open on failovers (id) where closed_at is null;

-- Processes that may have submitted messages before the failover.
create table failover_processes (
  failover integer not null references failovers on delete cascade,
  process text collate "C" not null,
  host text not null,
  pid integer not null,
  -- End of the last heartbeat that is present.
  alive_until timestamptz not null,
  -- Whether commits were replicated synchronously at this heartbeat.
  was_synchronous boolean not null,
  -- SYNCHRONOUS: the process has lost no commit. SEARCHED: the jobs of its journal are marked. Null: neither.
  finding text check (finding in ('SYNCHRONOUS', 'SEARCHED')),
  primary key (failover, process)
);

-- Whether commits of the process are replicated synchronously.
alter table processes add column synchronous boolean not null default false;
