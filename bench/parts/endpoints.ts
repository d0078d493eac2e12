import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../child.ts';
import type { Lags, Ports } from '../endpoints-process.ts';
import { emptyStore, operator } from '../redcloud.ts';
import { print } from '../report.ts';

/** Events per message. The simulator delivers all of them. */
const EVENTS = 3;
const SETTLE_MS = 5_000;

interface Client {
  token: string;
  numberId: string;
}

/**
 * Delay of events at healthy endpoints while others fail. 50 clients have one endpoint each and send equally much. The
 * endpoints are 10 dead ones, 10 that hang, 5 that respond with 10 MiB, 5 that redirect, and 20 healthy ones.
 */
export async function endpoints({ seconds, rate }: { seconds: number; rate: number }): Promise<void> {
  await using customers = await startChild<Ports>('./endpoints-process.ts');
  await using store = await emptyStore();
  await using server = await store.start();
  const { good, hanging, huge, redirecting, dead } = customers.ready;
  const clients: Client[] = [];
  for (const port of [...good, ...hanging, ...huge, ...redirecting, ...dead]) {
    clients.push(await client(server.url, port, clients.length));
  }
  const everyMs = (1_000 * EVENTS) / rate;
  const messages = Math.round((seconds * 1_000) / everyMs);
  const startedAt = performance.now();
  const sending: Promise<void>[] = [];
  for (let n = 0; n < messages; n += 1) {
    await delay(Math.max(0, startedAt + n * everyMs - performance.now()));
    sending.push(send(server.url, clients[n % clients.length] as Client, n));
  }
  await Promise.all(sending);
  await delay(SETTLE_MS);
  const { lags } = await customers.ask<Lags>('lags');
  const expected = messagesTo(good.length, clients.length, messages) * EVENTS;
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number) => `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? '–'} ms`;
  print(
    'endpoints, 30 of 50 failing',
    `${rate} events/s in total, other 20: p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)} from event to webhook`,
    `${lags.length} of ${expected} received`,
  );
}

/** @returns the number of `messages` for the `first` clients, when all clients send in turn */
function messagesTo(first: number, clients: number, messages: number): number {
  return Math.floor(messages / clients) * first + Math.min(first, messages % clients);
}

async function client(url: string, port: number, n: number): Promise<Client> {
  const { id: accountId } = (await operator(url, 'POST', '/accounts', { name: `Endpoint ${n}` })) as { id: string };
  const made = (await operator(url, 'POST', '/clients', {
    accountId,
    name: `Endpoint ${n}`,
    deliveryWebhookUrl: `http://127.0.0.1:${port}/hook`,
  })) as { client: { id: string }; clientSecret: string };
  const e164 = `+1557${String(n).padStart(7, '0')}`;
  const number = { e164, apiClientId: made.client.id, campaignRegId: 'camp_bench' };
  const { imported } = (await operator(url, 'POST', '/numbers', { numbers: [number] })) as {
    imported: { numberId: string }[];
  };
  const form = { grant_type: 'client_credentials', client_id: made.client.id, client_secret: made.clientSecret };
  const answer = await fetch(`${url}/api/auth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { token, numberId: imported[0]?.numberId ?? '' };
}

async function send(url: string, { token, numberId }: Client, n: number): Promise<void> {
  const { status } = await fetch(`${url}/api/core/messages/send`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `endpoints-${n}`,
    },
    body: JSON.stringify({ sendFrom: numberId, to: ['+15558881234'], messageType: 'SMS', text: 'x' }),
  });
  if (status !== 202) throw new Error(`Send failed with status ${status}`);
}
