-- Answers that can't be given anew, since there is a secret in them: sealed, and kept a day for whoever lost one on its way.
create table kept_answers (
  asker text not null,
  key text not null,
  fingerprint text not null,
  answer text,
  created_at timestamptz not null,
  primary key (asker, key)
);
create index kept_answers_age on kept_answers using brin (created_at);
