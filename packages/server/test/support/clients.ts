import type { Db } from '#db/db.ts';
import { Accounts } from '#identity/accounts.ts';
import { ApiClients, type CreatedClient } from '#identity/api-clients.ts';
import { ClientSecrets } from '#identity/client-secrets.ts';
import { createKeys } from '#identity/keys.ts';
import { QuietHoursSettings } from '#identity/quiet-hours.ts';
import { WebhookSecrets } from '#identity/webhook-secrets.ts';
import type { Clock } from '#platform/clock.ts';
import type { Ids } from '#platform/ids.ts';

export interface TestClient extends CreatedClient {
  apiClients: ApiClients;
  clientSecrets: ClientSecrets;
}

/** Creates an API client without capabilities, in its own account. */
export async function createTestClient(given: { db: Db; ids: Ids; clock: Clock }, name: string): Promise<TestClient> {
  const parts = { ...given, keys: createKeys(Buffer.alloc(32)) };
  const invalidated = { webhookSecrets: new WebhookSecrets(parts), quietHours: new QuietHoursSettings(parts) };
  const apiClients = new ApiClients({ ...parts, ...invalidated });
  const accounts = new Accounts({ ...parts, apiClients });
  const { id: accountId } = await accounts.create(name);
  const created = await apiClients.create({ accountId, name, capabilities: [] });
  return { ...created, apiClients, clientSecrets: new ClientSecrets({ ...parts, apiClients }) };
}
