import type { Db } from '#db/db.ts';
import { run } from '#db/statement.ts';
import type { WebhookSecrets } from '#identity/webhook-secrets.ts';
import type { Janitor } from '#maintenance/janitor.ts';
import type { Numbers } from '#numbers/numbers.ts';
import type { Clock } from '#platform/clock.ts';
import { identityOfText } from './destinations.ts';
import { BEYOND, DELETE, IDLE, IDLE_CLIENTS } from './sql.ts';

/** Days for which the state of an unset URL is stored after its last attempt. */
const IDLE_DAYS = 30;

interface Parts {
  db: Db;
  webhookSecrets: Pick<WebhookSecrets, 'settings'>;
  numbers: Pick<Numbers, 'assignedTo'>;
}

/** Removes the states of a client's least recently used endpoints beyond the limit. */
export function createTrim({ db, webhookSecrets, numbers }: Parts) {
  return async (client: string): Promise<void> => {
    const beyond = await run(db, BEYOND, client);
    if (beyond.length === 0) return;
    // A disabled endpoint gets no events, so it appears unused while its URL is set.
    const set = beyond.some(({ disabled }) => disabled) ? await identitiesOf(client, webhookSecrets, numbers) : NONE;
    const unused = beyond.filter(({ url, disabled }) => !disabled || !set.has(identityOfText(url)));
    const urls = unused.map(({ url }) => url);
    await run(db, DELETE, client, urls);
  };
}

const NONE: ReadonlySet<string> = new Set();

/** Removes the states of endpoints that were not used for long and whose URLs are no longer set. */
export function expireEndpoints({ db, webhookSecrets, numbers, clock }: Parts & { clock: Clock }): Janitor {
  return {
    name: 'expire webhook endpoints',
    everyMs: 3_600_000,
    async run() {
      const before = new Date(clock.now() - IDLE_DAYS * 86_400_000);
      let count = 0;
      for (const { client } of await run(db, IDLE_CLIENTS, before)) {
        const set = await identitiesOf(client, webhookSecrets, numbers);
        const idle = await run(db, IDLE, client, before);
        const unused = idle.filter(({ url }) => !set.has(identityOfText(url))).map(({ url }) => url);
        if (unused.length > 0) count += (await run(db, DELETE, client, unused)).length;
      }
      return count;
    },
  };
}

/** Identities of the URLs that are set for a client and for its numbers. */
async function identitiesOf(
  client: string,
  webhookSecrets: Parts['webhookSecrets'],
  numbers: Parts['numbers'],
): Promise<ReadonlySet<string>> {
  const settings = await webhookSecrets.settings(client);
  const assigned = await numbers.assignedTo(client);
  const urls = [
    ...[settings?.deliveryUrl, settings?.inboundUrl],
    ...assigned.flatMap((number) => [number.webhookDeliveryOverride, number.webhookInboundOverride]),
  ];
  return new Set(urls.filter((url) => typeof url === 'string').map(identityOfText));
}
