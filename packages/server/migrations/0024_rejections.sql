-- Recipients in `errors[]` of accepted send requests, listed with the status REJECTED. A row has no text of a message, and
-- is deleted after RC_TEXT_DAYS.
create table rejections (
  id text collate "C" primary key,
  api_client_id text collate "C" not null,
  -- Number or pool that the request named. The number of a pool is not known.
  number_id text collate "C",
  from_address text collate "C",
  pool_id text collate "C",
  -- The recipient as sent, at most 64 characters.
  recipient text collate "C" not null,
  -- Code, message and details, as in the response.
  error json not null,
  error_code text not null generated always as (error ->> 'code') stored,
  external_reference text,
  idempotency_key text not null,
  created_at timestamptz not null,
  check ((number_id is null) = (from_address is null) and (number_id is null) <> (pool_id is null))
);
create index rejections_by_client on rejections (api_client_id, id);
create index rejections_by_age on rejections using brin (created_at);
