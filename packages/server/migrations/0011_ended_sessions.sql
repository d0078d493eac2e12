-- Sessions of the console that were ended before their time: a fingerprint of each one's token, until it would have ended anyway.
create table ended_sessions (
  id text primary key,
  created_at timestamptz not null
);
create index ended_sessions_age on ended_sessions using brin (created_at);
