-- The keyword that a handset's message is, normalised, and its meaning. Stored with the message, since the text is redacted
-- later and the event must stay the same. Not checked against existing rows, which have none: that would read them all.
alter table messages add column keyword text, add column opt_out_type text;
alter table messages add constraint messages_opt_out_type_check
  check ((opt_out_type is null or opt_out_type in ('STOP', 'START', 'HELP')) and (keyword is null) = (opt_out_type is null)) not valid;
