import type { Accounts } from '#identity/accounts.ts';
import { type ApiClient, type ApiClients, CAPABILITIES } from '#identity/api-clients.ts';
import type { NewNumber, Numbers } from '#numbers/numbers.ts';

/** Canonical values of the contract. Public, so that every example runs unchanged. */
export const CANONICAL = {
  clientId: 'rc_test_client_123',
  clientSecret: 'rc_secret_abc123',
  accessToken: 'rc_token_example',
  webhookSecret: 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=',
} as const;

const OTHER_CLIENT = 'rc_test_client_other';
/** API clients whose secrets are public. */
export const DEMO_CLIENTS: ReadonlySet<string> = new Set([CANONICAL.clientId, OTHER_CLIENT]);
const CAMPAIGN = 'camp_abc123';

/** A number that works, and a number for each reason to reject a send. */
const NUMBERS = (
  [
    { numberId: 'num_abc123', e164: '+15551234567', mmsEnabled: true, campaignRegId: CAMPAIGN },
    { numberId: 'num_nomms', e164: '+15551234568', campaignRegId: CAMPAIGN },
    { numberId: 'num_nocampaign', e164: '+15551234569', mmsEnabled: true },
    { numberId: 'num_inactive', e164: '+15551234570', status: 'INACTIVE', campaignRegId: CAMPAIGN },
    {
      numberId: 'num_other',
      e164: '+15551234571',
      mmsEnabled: true,
      campaignRegId: CAMPAIGN,
      apiClientId: OTHER_CLIENT,
    },
  ] satisfies NewNumber[]
).map((number): NewNumber => ({ apiClientId: CANONICAL.clientId, ...number }));

const PLACES = [
  { npa: '503', nxx: '555', city: 'Portland', state: 'OR', zipCode: '97201', rateCenter: 'PORTLAND' },
  { npa: '206', nxx: '555', city: 'Seattle', state: 'WA', zipCode: '98101', rateCenter: 'SEATTLE' },
  { npa: '212', nxx: '555', city: 'New York', state: 'NY', zipCode: '10001', rateCenter: 'NWYRCYZN01' },
  { npa: '415', nxx: '555', city: 'San Francisco', state: 'CA', zipCode: '94103', rateCenter: 'SNFC CNTRL' },
] as const;

const INVENTORY: NewNumber[] = PLACES.flatMap((place) =>
  Array.from({ length: 12 }, (_, i) => ({
    ...place,
    e164: `+1${place.npa}${place.nxx}${String(100 + i).padStart(4, '0')}`,
    mmsEnabled: i % 3 !== 0,
  })),
);

const UNIQUE_VIOLATION = '23505';

/** Ignores that another process, which started at the same time, has created the row first. */
function unlessThere(error: unknown): void {
  if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
}

async function knownClients(apiClients: ApiClients): Promise<ApiClient[]> {
  return (await apiClients.all()).filter(({ id }) => DEMO_CLIENTS.has(id));
}

/**
 * Suspends the demo clients of a store that was a sandbox before. Operators see that status. `barred` denies access.
 */
export async function close(apiClients: ApiClients): Promise<void> {
  for (const { id } of await knownClients(apiClients)) await apiClients.update(id, { status: 'SUSPENDED' });
}

/**
 * Creates the clients and numbers of a sandbox. Existing ones stay unchanged, except that demo clients are activated.
 */
export async function seed({
  accounts,
  apiClients,
  numbers,
}: {
  accounts: Accounts;
  apiClients: ApiClients;
  numbers: Numbers;
}): Promise<void> {
  const known = new Set((await knownClients(apiClients)).map(({ id }) => id));
  for (const id of known) await apiClients.update(id, { status: 'ACTIVE' });
  const client = async (id: string, name: string, clientSecret: string, capabilities: readonly string[]) => {
    if (known.has(id)) return;
    const account = await accounts.create(name);
    const fixed = { id, clientSecret, webhookSecret: CANONICAL.webhookSecret };
    await apiClients.create({ accountId: account.id, name, capabilities }, undefined, fixed).catch(unlessThere);
  };
  await client(CANONICAL.clientId, 'Sandbox', CANONICAL.clientSecret, CAPABILITIES);
  await client(OTHER_CLIENT, 'Other client', 'rc_secret_other123', ['messages:send']);
  await numbers.import([...NUMBERS, ...INVENTORY]);
}

/** Sets the URL of the inbox, whose port may differ from the last start. A URL that a user has set stays unchanged. */
export async function pointAtInbox(apiClients: ApiClients, inboxUrl: string): Promise<void> {
  const client = await apiClients.byId(CANONICAL.clientId);
  const isOurs = (url: string | null) => url === null || url.endsWith(new URL(inboxUrl).pathname);
  await apiClients.update(client.id, {
    ...(isOurs(client.deliveryWebhookUrl) ? { deliveryWebhookUrl: inboxUrl } : {}),
    ...(isOurs(client.inboundWebhookUrl) ? { inboundWebhookUrl: inboxUrl } : {}),
  });
}
