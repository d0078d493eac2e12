import { OPERATOR } from './fleet.ts';

/** A customer: an API client with its own numbers. */
export interface Customer {
  clientId: string;
  token: string;
  webhookSecret: string;
  numbers: string[];
}

const CUSTOMERS = 2;
const NUMBERS_EACH = 2;

/**
 * Creates two customers with two numbers each through the operator API. Fair scheduling needs more than one of each.
 */
export async function createCustomers(url: string, webhookUrl: string): Promise<Customer[]> {
  const accountId = (await operate<{ id: string }>(url, 'accounts', { name: 'crash' })).id;
  const customers: Customer[] = [];
  for (let n = 1; n <= CUSTOMERS; n += 1) customers.push(await createCustomer(url, webhookUrl, accountId, n));
  return customers;
}

async function createCustomer(url: string, webhookUrl: string, accountId: string, n: number): Promise<Customer> {
  const { client, clientSecret, webhookSecret } = await operate<{
    client: { id: string };
    clientSecret: string;
    webhookSecret: string;
  }>(url, 'clients', {
    accountId,
    name: `customer ${n}`,
    deliveryWebhookUrl: webhookUrl,
    inboundWebhookUrl: webhookUrl,
  });
  const { imported } = await operate<{ imported: { numberId: string }[] }>(url, 'numbers', {
    numbers: Array.from({ length: NUMBERS_EACH }, (_, i) => ({
      e164: `+1555800${n}00${i}`,
      apiClientId: client.id,
      smsEnabled: true,
      campaignRegId: 'camp_crash',
    })),
  });
  const answer = await fetch(`${url}/api/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: client.id, client_secret: clientSecret }),
  });
  const { access_token } = (await answer.json()) as { access_token: string };
  return { clientId: client.id, token: access_token, webhookSecret, numbers: imported.map(({ numberId }) => numberId) };
}

async function operate<T>(url: string, path: string, body: object): Promise<T> {
  const answer = await fetch(`${url}/api/admin/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
