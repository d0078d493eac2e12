-- What an API client may read and change of its own came later than most clients: those that had all that there was have it.
update api_clients set capabilities = capabilities
  || '{messages:read,events:read,webhooks:read,webhooks:update,optouts:read,optouts:update}'::text[]
where capabilities @> '{numbers:read,numbers:search,numbers:update}'::text[];
