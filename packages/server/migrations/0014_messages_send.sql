-- Sending needs a capability of its own, so that clients can be made that only read. Every client could send until now.
-- A process of the previous version that runs on beside this one still creates clients without it: docs/operations.md, "Upgrade".
update api_clients set capabilities = capabilities || '{messages:send}'::text[]
where not capabilities @> '{messages:send}'::text[];
