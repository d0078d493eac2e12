-- A job that is not due for a while is asleep: claims go by whose turn it is, and must not come by lanes that have nothing
-- else. It is woken when it is due. Only a hint: one that is awake and not due is not claimed either.
alter table jobs add column asleep boolean not null default false;
update jobs set asleep = true where leased_by is null and run_at > now() + interval '1 second';
drop index jobs_due;
create index jobs_due on jobs (queue, client, lane, run_at, ordinal) where leased_by is null and not asleep;
create index jobs_asleep on jobs (queue, run_at, client, lane) where asleep;
