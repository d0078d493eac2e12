import { CANONICAL, DEMO_CLIENTS } from '#entrances/sandbox/demo.ts';
import { Accounts } from '#identity/accounts.ts';
import { ApiClients } from '#identity/api-clients.ts';
import { type AutoReplies, createAutoReplies } from '#identity/auto-replies.ts';
import { ClientSecrets } from '#identity/client-secrets.ts';
import { createKeys, type Keys, keptSecretKey } from '#identity/keys.ts';
import { QuietHoursSettings } from '#identity/quiet-hours.ts';
import { createSessions, type Sessions } from '#identity/sessions.ts';
import { createTokens, type Tokens } from '#identity/tokens.ts';
import { WebhookSecrets } from '#identity/webhook-secrets.ts';
import { createNumbers, type Numbers } from '#numbers/numbers.ts';
import { OptOuts } from '#optouts/optouts.ts';
import { createRepair, type Repair } from '#optouts/repair.ts';
import { ConfigError } from '#platform/config-error.ts';
import { Pools } from '#pools/pools.ts';
import type { Core } from './core.ts';

/** The customers of the installation: their credentials, settings, numbers and opt-outs. */
export interface Identity {
  keys: Keys;
  tokens: Tokens;
  sessions: Sessions;
  accounts: Accounts;
  apiClients: ApiClients;
  clientSecrets: ClientSecrets;
  webhookSecrets: WebhookSecrets;
  autoReplies: AutoReplies;
  quietHours: QuietHoursSettings;
  numbers: Numbers;
  pools: Pools;
  optOuts: OptOuts;
  optOutRepair: Repair;
  /** Clients that may not send through the carriers of this process. */
  barred: ReadonlySet<string>;
}

const OTHER_KEY =
  'RC_SECRET_KEY: the secrets in this database were encrypted with another key. Set that key. With this key, no ' +
  'webhook could be signed and no client could sign in.';

/** @throws ConfigError if the secrets in the store were encrypted with another key. */
export async function createIdentity({ config, db, ids, clock, metrics }: Core): Promise<Identity> {
  const keys = createKeys(config.secretKey ?? keptSecretKey(config.dataDir));
  const fixedTokens = new Map(config.sandbox ? [[CANONICAL.accessToken, CANONICAL.clientId]] : []);
  const barred = config.sandbox ? new Set<string>() : DEMO_CLIENTS;
  const parts = { db, keys, ids, clock };
  const webhookSecrets = new WebhookSecrets(parts);
  if (!(await webhookSecrets.owned())) throw new ConfigError(OTHER_KEY);
  const quietHours = new QuietHoursSettings({ db, clock });
  const apiClients = new ApiClients({ ...parts, barred, webhookSecrets, quietHours });
  const numbers = createNumbers({ db, ids, clock });
  const optOuts = new OptOuts({ db, clock, metrics, scopeOf: (tx, id) => numbers.scopeOf(tx, id) });
  const pools = new Pools({ ...parts, numbers, optOuts });
  return {
    keys,
    tokens: createTokens(keys.tokens, clock, fixedTokens),
    sessions: createSessions({ db, clock }),
    accounts: new Accounts({ ...parts, apiClients }),
    apiClients,
    clientSecrets: new ClientSecrets({ ...parts, apiClients }),
    webhookSecrets,
    autoReplies: createAutoReplies({ db, clock }),
    quietHours,
    numbers,
    pools,
    optOuts,
    // The opt-outs of a pool belong to the country of its members.
    optOutRepair: createRepair({
      ...{ db, clock },
      e164Of: async (id) => ((await numbers.byId(id)) ?? (await numbers.membersOf(db, [id]))[0])?.e164,
    }),
    barred,
  };
}
