import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { type Loader, startLoader } from '../load.ts';
import { match } from '../moments.ts';
import type { Arrivals } from '../receiver.ts';
import { CLIENT, emptyStore, operator, sendWebhooksTo } from '../redcloud.ts';
import { print } from '../report.ts';
import { carrierSettings, startVendors } from '../vendors.ts';

const CONNECTIONS = 64;
const SETTLE_MS = 3_000;
const WINDOW = 32;
/** Messages that wait for the silent carrier during a measurement. */
const WAITING = 500;

/** Median time from the 202 to the webhook of a delivery, without and with messages for a carrier that never responds. */
export async function isolation({ pairs, rate, seconds }: { pairs: number; rate: number; seconds: number }) {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts', ['record']);
  const vendors = await startVendors(['good', 'silent'], ['silent']);
  await using good = vendors.good;
  await using _silent = vendors.silent;
  for (let pair = 1; pair <= pairs; pair += 1) {
    await using store = await emptyStore();
    await using server = await store.start(undefined, carrierSettings(vendors, WINDOW));
    await good.ask({ server: server.url });
    await sendWebhooksTo(server.url, receiver.ready.port);
    const measure = () => medianOf(loader, receiver, { url: server.url, rate, seconds });
    await measure();
    const alone = await measure();
    await fillSilent(server.url, loader);
    const beside = await measure();
    print(`isolation, pair ${pair}`, `p50 alone ${alone} ms`, `p50 beside a silent carrier ${beside} ms`);
  }
}

/** Sends messages of a second number through the carrier that never responds. */
async function fillSilent(url: string, loader: Loader): Promise<void> {
  const number = {
    e164: '+15557650001',
    apiClientId: CLIENT,
    campaignRegId: 'C1',
    smsEnabled: true,
    carrier: 'silent',
  };
  const { imported } = (await operator(url, 'POST', '/numbers', { numbers: [number] })) as {
    imported: { numberId: string }[];
  };
  const sendFrom = imported[0]?.numberId ?? '';
  const request = { kind: 'send', sendFrom, recipients: { prefix: '+1555988', count: WAITING } } as const;
  await loader.run({ url, request, connections: 8, seconds: 10, requests: WAITING });
}

async function medianOf(
  loader: Loader,
  receiver: { ask<Answer>(question: unknown): Promise<Answer> },
  { url, rate, seconds }: { url: string; rate: number; seconds: number },
): Promise<number> {
  await receiver.ask('reset');
  const load = { url, request: { kind: 'send' } as const, connections: CONNECTIONS, rate, seconds, record: true };
  const result = await loader.run(load);
  await delay(SETTLE_MS);
  const { arrivals } = await receiver.ask<Arrivals>('arrivals');
  return match(result.acceptedAt, arrivals).latency.p50;
}
