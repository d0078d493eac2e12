-- Country calling codes, such as 44, of the recipients to which the number may send. Null: all.
alter table numbers add column allowed_countries text[] check (cardinality(allowed_countries) > 0);
