-- A long silence between failures says little: what failed since the last one counts apart.
alter table webhook_endpoints add column failed_at timestamptz, add column recent_failures integer not null default 0;
