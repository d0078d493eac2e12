import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { startLoader } from '../load.ts';
import { match } from '../moments.ts';
import type { Arrivals } from '../receiver.ts';
import { emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { print } from '../report.ts';

const CONNECTIONS = 64;
/** Delay of the simulator from submit to receipt. */
const CARRIER_MS = 200;
const SETTLE_MS = 3_000;

/** Time from the 202 to the webhook of the delivery, at fixed rates, without the carrier's own delay. */
export async function latency({ seconds, rates }: { seconds: number; rates: readonly number[] }): Promise<void> {
  for (const rate of rates) {
    await using loader = await startLoader();
    await using receiver = await startChild<{ port: number }>('./receiver.ts', ['record']);
    await using store = await emptyStore();
    await using server = await store.start();
    await sendWebhooksTo(server.url, receiver.ready.port);
    const load = { url: server.url, request: { kind: 'send' } as const, connections: CONNECTIONS };
    await loader.run({ ...load, seconds: 5, rate });
    await delay(SETTLE_MS);
    await receiver.ask('reset');
    const result = await loader.run({ ...load, seconds, rate, record: true });
    await delay(SETTLE_MS);
    const { arrivals } = await receiver.ask<Arrivals>('arrivals');
    const { latency: whole, matched, missing, repeated } = match(result.acceptedAt, arrivals);
    const beyond = (ms: number) => `${(ms - CARRIER_MS).toFixed(1)} ms`;
    print(
      `latency at ${rate}/s`,
      `202 to webhook beyond the carrier's ${CARRIER_MS} ms: p50 ${beyond(whole.p50)}, p99 ${beyond(whole.p99)}, max ${beyond(whole.max)}`,
      `${matched} messages, ${missing} missing, ${repeated} duplicates`,
      `accept p50 ${result.latency.p50} ms, p99 ${result.latency.p99} ms`,
    );
  }
}
