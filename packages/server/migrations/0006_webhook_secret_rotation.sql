-- While a webhook secret is rotated the one before it signs as well, until then.
alter table api_clients
  add column former_webhook_secret_sealed text,
  add column former_webhook_secret_until timestamptz,
  add constraint api_clients_former_webhook_secret_check
    check ((former_webhook_secret_sealed is null) = (former_webhook_secret_until is null));
