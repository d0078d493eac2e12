-- What each process has done since its start and how its links are: for whoever looks at all of them at once.
alter table processes add column counters json;

-- The key of the request that a message came with: for whoever explains it.
alter table messages add column idempotency_key text;
