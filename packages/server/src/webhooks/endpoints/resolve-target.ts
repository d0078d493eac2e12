import { bodyOf, type EventBody, type EventRow } from '#events/events.ts';
import type { SigningSecrets, WebhookSecrets, WebhookSettings } from '#identity/webhook-secrets.ts';
import type { Numbers, PhoneNumber } from '#numbers/numbers.ts';
import type { Claimed } from '#queue/claim.ts';
import { nameOf } from '#queue/job.ts';
import { createDestinations, type Destination, identityOfText } from './destinations.ts';
import type { Health } from './health.ts';

/** Event, its target and the secrets that sign it. */
export interface Delivery {
  body: EventBody;
  /** URL as it was set. */
  url: string;
  destination: Destination;
  secrets: SigningSecrets | undefined;
}

/** Modules with the settings that determine a target. */
export interface TargetParts {
  webhookSecrets: Pick<WebhookSecrets, 'settings'>;
  numbers: Numbers;
  health: Health;
}

/**
 * Target of each job's event, by the name of the job: the number's own URL, else that of its client. An event without a
 * target is absent. Resolved at every attempt, so that a change takes effect.
 */
export function createTargetResolver({ webhookSecrets, numbers, health }: TargetParts) {
  const destinationOf = createDestinations();
  return async (claimed: Claimed<EventRow>[]): Promise<Map<string, Delivery>> => {
    const bodies = claimed.flatMap(({ job, loaded }) => {
      const body = bodyOf(loaded);
      return body ? [{ job, body }] : [];
    });
    const clients = await byKey(
      bodies,
      ({ body }) => body.apiClientId,
      (id) => webhookSecrets.settings(id),
    );
    const owners = await byKey(bodies, ({ body }) => body.numberId, numbers.byId);
    const disabled = await byKey(
      bodies,
      ({ body }) => body.apiClientId,
      (id) => health.disabled(id),
    );
    const deliveries = new Map<string, Delivery>();
    for (const { job, body } of bodies) {
      const client = clients.get(body.apiClientId);
      const url = client && urlOf(body, client, owners.get(body.numberId));
      if (!url) continue;
      const destination = destinationOf(url);
      // Events of a disabled endpoint can be replayed after the endpoint is enabled.
      if (!disabled.get(body.apiClientId)?.has(destination.identity))
        deliveries.set(nameOf(job), { body, url, destination, secrets: client.secrets });
    }
    return deliveries;
  };
}

/** Current target of an event, and whether its endpoint is disabled. Undefined: no target. */
export function createTargetOf({ webhookSecrets, numbers, health }: TargetParts) {
  return async (event: Pick<EventBody, 'apiClientId' | 'type' | 'numberId'>) => {
    const client = await webhookSecrets.settings(event.apiClientId);
    const url = client && urlOf(event, client, await numbers.byId(event.numberId));
    if (!url) return undefined;
    return { url, disabled: (await health.disabled(event.apiClientId)).has(identityOfText(url)) };
  };
}

/** Reads each distinct key once. */
async function byKey<Item, Value>(
  items: readonly Item[],
  key: (item: Item) => string,
  read: (key: string) => Promise<Value>,
): Promise<Map<string, Value>> {
  const keys = [...new Set(items.map(key))];
  return new Map(await Promise.all(keys.map(async (one) => [one, await read(one)] as const)));
}

/** URL of an event with these settings. Null: no target. */
function urlOf(
  body: Pick<EventBody, 'apiClientId' | 'type'>,
  client: WebhookSettings,
  number: PhoneNumber | undefined,
): string | null {
  // A number that another client has by now must not send events of its former client there.
  const own = number?.apiClientId === body.apiClientId ? number : undefined;
  return body.type === 'message.inbound'
    ? (own?.webhookInboundOverride ?? client.inboundUrl)
    : (own?.webhookDeliveryOverride ?? client.deliveryUrl);
}
