import type { TestRedCloud } from './redcloud.ts';

export interface Customer {
  clientId: string;
  token: string;
}

/** Creates an account with one API client and a token. @param settings as in the operator API. */
export async function newCustomer(redcloud: TestRedCloud, settings: object = {}): Promise<Customer> {
  const { json: account } = await redcloud.admin('POST', '/accounts', { name: 'Customer' });
  const made = await redcloud.admin('POST', '/clients', { accountId: account.id, name: 'Customer', ...settings });
  const { client, clientSecret } = made.json;
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: clientSecret };
  const { json } = await redcloud.call('/api/auth/token', {
    method: 'POST',
    token: null,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    raw: new URLSearchParams(form).toString(),
  });
  return { clientId: client.id, token: json.access_token };
}

/** Creates a number from which the client can send. @returns the id of the number. */
export async function newNumber(redcloud: TestRedCloud, clientId: string, e164: string): Promise<string> {
  const numbers = [{ e164, apiClientId: clientId, campaignRegId: 'camp' }];
  const { json } = await redcloud.admin('POST', '/numbers', { numbers });
  return json.imported[0].numberId;
}
