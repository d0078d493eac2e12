-- Two servers can be promoted from the same state, or a later failover can lose this row. Both histories then have a failover of the
-- same number, which processes must not mistake for each other.
alter table failovers add column identity text collate "C" not null default gen_random_uuid()::text unique;
