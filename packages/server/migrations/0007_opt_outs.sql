-- Who wants no more messages from a number. Of the API client as well: a number that goes to another one takes none along.
create table opt_outs (
  api_client_id text collate "C" not null,
  number_id text collate "C" not null,
  recipient text collate "C" not null,
  -- Who said so: the handset itself, or the client by the API.
  origin text not null check (origin in ('HANDSET', 'API')),
  -- Where the client has it from, in its own words.
  source text,
  keyword text,
  note text,
  created_at timestamptz not null,
  primary key (api_client_id, number_id, recipient),
  check ((origin = 'HANDSET') = (keyword is not null))
);

-- Each change of the table above, in the statement that makes it. Never changed, never deleted.
create table opt_out_changes (
  id bigint generated always as identity primary key,
  api_client_id text collate "C" not null,
  number_id text collate "C" not null,
  recipient text collate "C" not null,
  change text not null check (change in ('OPTED_OUT', 'OPTED_IN')),
  origin text not null check (origin in ('HANDSET', 'API')),
  source text,
  keyword text,
  note text,
  -- The handset's message.
  message_id text collate "C",
  changed_at timestamptz not null
);
create index opt_out_changes_by_client on opt_out_changes (api_client_id, id);
create index opt_out_changes_by_recipient on opt_out_changes (api_client_id, recipient, id);

-- What an automatic reply is for; null: the client's own message. Not checked against rows that were there, which have none:
-- that would read them all while everybody waits.
alter table messages add column purpose text;
alter table messages add constraint messages_purpose_check
  check (purpose in ('OPT_OUT_REPLY', 'OPT_IN_REPLY', 'HELP_REPLY')) not valid;

-- A client's own texts; what is not in it is as Red Cloud has it, and what is false is not answered.
alter table api_clients add column auto_replies json;
