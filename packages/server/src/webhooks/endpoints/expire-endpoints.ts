import type { Db } from '#db/db.ts';
import type { Accounts } from '#identity/accounts.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { Clock } from '#platform/clock.ts';
import { identityOfText } from './destinations.ts';

/** Endpoints of one client whose state is stored, besides disabled ones whose URL is set. */
const MOST_OF_CLIENT = 200;
/** Days for which the state of an unset URL is stored after its last attempt. */
const IDLE_DAYS = 30;

const LAST_USE = `coalesce(greatest(succeeded_at, failed_at, failing_since, disabled_at), '-infinity')`;

const BEYOND = `
  select url, disabled_at is not null as disabled from webhook_endpoints where api_client_id = $1
  order by ${LAST_USE} desc, url offset ${MOST_OF_CLIENT}`;

const IDLE_CLIENTS = `select distinct api_client_id as client from webhook_endpoints where ${LAST_USE} < $1`;
const IDLE = `select url from webhook_endpoints where api_client_id = $1 and ${LAST_USE} < $2`;

const DELETE = 'delete from webhook_endpoints where api_client_id = $1 and url = any($2::text[]) returning 1';

interface Parts {
  db: Db;
  accounts: Pick<Accounts, 'webhookSettings'>;
  numbers: Pick<Numbers, 'assignedTo'>;
}

/** Removes the states of a client's least recently used endpoints beyond the limit. */
export function createTrim({ db, accounts, numbers }: Parts) {
  return async (client: string): Promise<void> => {
    const beyond = await db.query<{ url: string; disabled: boolean }>(BEYOND, [client]);
    if (beyond.length === 0) return;
    // A disabled endpoint gets no events, so it appears unused while its URL is set.
    const set = beyond.some(({ disabled }) => disabled) ? await identitiesOf(client, accounts, numbers) : NONE;
    const unused = beyond.filter(({ url, disabled }) => !disabled || !set.has(identityOfText(url)));
    await db.query(DELETE, [client, unused.map(({ url }) => url)]);
  };
}

const NONE: ReadonlySet<string> = new Set();

/** Removes the states of endpoints that were not used for long and whose URLs are no longer set. */
export function expireEndpoints({ db, accounts, numbers, clock }: Parts & { clock: Clock }): Janitor {
  return {
    name: 'expire webhook endpoints',
    everyMs: 3_600_000,
    async run() {
      const before = new Date(clock.now() - IDLE_DAYS * 86_400_000);
      let count = 0;
      for (const { client } of await db.query<{ client: string }>(IDLE_CLIENTS, [before])) {
        const set = await identitiesOf(client, accounts, numbers);
        const idle = await db.query<{ url: string }>(IDLE, [client, before]);
        const unused = idle.filter(({ url }) => !set.has(identityOfText(url))).map(({ url }) => url);
        if (unused.length > 0) count += (await db.query(DELETE, [client, unused])).length;
      }
      return count;
    },
  };
}

/** Identities of the URLs that are set for a client and for its numbers. */
async function identitiesOf(
  client: string,
  accounts: Parts['accounts'],
  numbers: Parts['numbers'],
): Promise<ReadonlySet<string>> {
  const settings = await accounts.webhookSettings(client);
  const assigned = await numbers.assignedTo(client);
  const urls = [
    ...[settings?.deliveryUrl, settings?.inboundUrl],
    ...assigned.flatMap((number) => [number.webhookDeliveryOverride, number.webhookInboundOverride]),
  ];
  return new Set(urls.filter((url) => typeof url === 'string').map(identityOfText));
}
