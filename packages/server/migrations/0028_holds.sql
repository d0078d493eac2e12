-- Nothing is submitted while the row exists. Written after a restore, and removed by an operator.
create table holds (
  only_row boolean primary key default true check (only_row),
  begun_at timestamptz not null,
  -- Messages that were due, and may have been submitted after the state that was restored.
  doubted integer not null
);

-- Interrupted attempts that are not recorded yet. They are few.
create index jobs_interrupted on jobs (queue, run_at) where interrupted and leased_by is null;
