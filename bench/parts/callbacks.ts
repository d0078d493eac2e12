import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { measureLifecycle } from '../lifecycle.ts';
import { type Loader, startLoader } from '../load.ts';
import { EVENTS } from '../peers/post.ts';
import { emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { cores, perSecond, print } from '../report.ts';
import type { Callbacks } from '../vendor.ts';
import { carrierSettings, startVendors } from '../vendors.ts';

const CONNECTIONS = 64;
const SETTLE_MS = 3_000;
/** Concurrent submits. The vendor responds at once, so the window does not limit the rate. */
const WINDOW = 64;

/** Time from a status callback to its response, at half of the lifecycle rate that the same run measures. */
export async function callbacks({ seconds, rate }: { seconds: number; rate: number | undefined }): Promise<void> {
  await using loader = await startLoader();
  const half = rate ?? (await lifecycleRate(loader)) / 2;
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  const vendors = await startVendors(['us']);
  await using vendor = vendors.us;
  await using store = await emptyStore();
  await using server = await store.start(undefined, carrierSettings(vendors, WINDOW));
  await vendor.ask({ server: server.url });
  await sendWebhooksTo(server.url, receiver.ready.port);
  const load = { url: server.url, request: { kind: 'send' } as const, connections: CONNECTIONS };
  await loader.run({ ...load, seconds: 5, rate: half });
  await delay(SETTLE_MS);
  await vendor.ask('reset');
  const figures = await measureLifecycle({
    ...{ loader, receiver, events: EVENTS, pids: { server: server.pid, vendor: vendor.pid } },
    load: { ...load, seconds, rate: half },
  });
  const { count, failed, latency } = await vendor.ask<Callbacks>('callbacks');
  print(
    'status callbacks',
    `${perSecond(half)} messages`,
    `${count} callbacks, ${failed} failed`,
    `p50 ${latency.p50} ms, p90 ${latency.p90} ms, p99 ${latency.p99} ms, max ${latency.max} ms`,
    `${figures.delivered} of ${figures.accepted} delivered`,
    cores(figures.cores),
  );
}

/** Messages per second with the simulator. */
async function lifecycleRate(loader: Loader): Promise<number> {
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using store = await emptyStore();
  await using server = await store.start();
  await sendWebhooksTo(server.url, receiver.ready.port);
  const common = { loader, receiver, events: EVENTS, pids: {} };
  const load = { url: server.url, request: { kind: 'send' } as const, connections: CONNECTIONS };
  await measureLifecycle({ ...common, load: { ...load, seconds: 3, rate: 1_000 } });
  const { rate } = await measureLifecycle({ ...common, load: { ...load, seconds: 10, rate: 2_500 } });
  print('lifecycle', `${perSecond(rate)} messages with the simulator`);
  return rate;
}
