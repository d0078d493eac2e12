-- Attempts of the job that do not count towards its limits, because their failure was unrelated to the job.
alter table jobs add column excused integer not null default 0 check (excused >= 0);
