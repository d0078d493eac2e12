import { CANONICAL, DEMO_CLIENTS } from '#entrances/sandbox/demo.ts';
import { type Accounts, createAccounts } from '#identity/accounts.ts';
import { type AutoReplies, createAutoReplies } from '#identity/auto-replies.ts';
import { createKeys, keptSecretKey } from '#identity/keys.ts';
import { createSessions, type Sessions } from '#identity/sessions.ts';
import { createTokens, type Tokens } from '#identity/tokens.ts';
import { createNumbers, type Numbers } from '#numbers/numbers.ts';
import { createOptOuts, type OptOuts } from '#optouts/optouts.ts';
import { createRepair, type Repair } from '#optouts/repair.ts';
import { ConfigError } from '#platform/config.ts';
import type { Core } from './core.ts';

/** The customers of the installation: their credentials, settings, numbers and opt-outs. */
export interface Identity {
  tokens: Tokens;
  sessions: Sessions;
  accounts: Accounts;
  autoReplies: AutoReplies;
  numbers: Numbers;
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
  const accounts = createAccounts({ db, keys, ids, clock, barred });
  if (!(await accounts.ownsSecrets())) throw new ConfigError(OTHER_KEY);
  const numbers = createNumbers({ db, ids, clock });
  return {
    tokens: createTokens(keys.tokens, clock, fixedTokens),
    sessions: createSessions({ db, clock }),
    accounts,
    autoReplies: createAutoReplies({ db, clock }),
    numbers,
    optOuts: createOptOuts({ db, clock, metrics }),
    optOutRepair: createRepair({ db, clock, e164Of: async (numberId) => (await numbers.byId(numberId))?.e164 }),
    barred,
  };
}
