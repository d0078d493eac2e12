import { CLIENT, operator } from './redcloud.ts';

/** A number, with a token of its client. */
export interface Sender {
  name: string;
  numberId: string;
  token: string;
}

/**
 * Creates a number of a new client, and a second number of the sandbox client.
 * @param port port of the receiver for the new client's webhooks
 */
export async function otherSenders(url: string, port: number): Promise<Sender[]> {
  const account = (await operator(url, 'POST', '/accounts', { name: 'Other' })) as { id: string };
  const hook = `http://127.0.0.1:${port}/hook`;
  const made = (await operator(url, 'POST', '/clients', {
    accountId: account.id,
    name: 'Other',
    deliveryWebhookUrl: hook,
  })) as {
    client: { id: string };
    clientSecret: string;
  };
  const { imported } = (await operator(url, 'POST', '/numbers', {
    numbers: [
      { e164: '+15035550191', apiClientId: made.client.id, campaignRegId: 'c' },
      { e164: '+15035550192', apiClientId: CLIENT, campaignRegId: 'c' },
    ],
  })) as { imported: { numberId: string; e164: string }[] };
  const numberOf = (e164: string) => imported.find((number) => number.e164 === e164)?.numberId ?? '';
  const answer = await fetch(`${url}/api/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: made.client.id,
      client_secret: made.clientSecret,
    }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return [
    { name: 'fairness between clients', numberId: numberOf('+15035550191'), token },
    { name: 'fairness between numbers', numberId: numberOf('+15035550192'), token: 'rc_token_example' },
  ];
}

/** Sends one message. @returns the message id */
export async function sendOne(
  url: string,
  { numberId, token }: Pick<Sender, 'numberId' | 'token'>,
  key: string,
): Promise<string> {
  const response = await fetch(`${url}/api/core/messages/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ sendFrom: numberId, to: ['+15551110000'], messageType: 'SMS', text: 'one' }),
  });
  const { results } = (await response.json()) as { results?: { messageId: string }[] };
  if (!results?.[0]) throw new Error(`Send failed with status ${response.status}`);
  return results[0].messageId;
}
