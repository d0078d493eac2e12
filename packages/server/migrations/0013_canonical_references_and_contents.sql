-- Carriers spell one message id differently in the submit response and in the receipt. Both have one canonical form: lower case,
-- without surrounding spaces, a leading `0x` and leading zeros. `src/receipts/identity.ts` computes the same form.
create function carrier_ref_key(ref text) returns text language sql immutable parallel safe as $$
  select regexp_replace(btrim(lower(ref collate "C")), '^(0x)?[0 ]*(?=.)', '')
$$;

-- Only references that differ from their canonical form are in this index. The others are found by message_parts_by_carrier_ref.
create index message_parts_by_ref_key on message_parts (carrier_ref_key(carrier_ref), carrier)
  where carrier_ref <> carrier_ref_key(carrier_ref);

-- `receipts.other_refs` is no longer read or written. Processes of the previous version still write it during an upgrade.

-- The messages of one MMS request share their text and media: the first message has them, and the others refer to it. Text messages keep
-- their own text: it is short, and processes of the previous version must be able to send it during an upgrade.
alter table messages add column content_of text collate "C";
