import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import { epochMs } from '../clock.ts';
import type { LoadResult } from '../load/tally.ts';
import { type Loader, startLoader } from '../load.ts';
import type { Arrivals } from '../receiver.ts';
import { deliveredBy, emptyStore, type RedCloud, sendWebhooksTo } from '../redcloud.ts';
import { percent, perSecond, print } from '../report.ts';
import { otherSenders, type Sender, sendOne } from '../senders.ts';

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;
/** Delay of the simulator from submit to receipt. */
const CARRIER_MS = 200;
/** Interval of the single messages of another client during the burst. */
const SINGLE_EVERY_MS = 100;
const POLL_MS = 250;
/** The run fails if no message is delivered for this time. */
const STALLED_MS = 20_000;
/** Messages for the warm-up, at a rate that queues none. */
const WARM_MESSAGES = { rate: 100, seconds: 5 };

export interface BurstOptions {
  seconds: number;
  /** Number of runs of each kind, alternating. */
  pairs: number;
  /** Receivers of the webhooks: a separate process, or the sandbox inbox of the server. */
  sinks: readonly Sink[];
  /** Processes that are compared with API only: one with `all` roles, or `split` into one process per role. */
  layouts: readonly Layout[];
}

export type Sink = 'receiver' | 'inbox';
export type Layout = 'all' | 'split';

interface Burst {
  load: LoadResult;
  deliveredPerSecond: number;
  queuedAfter: number;
  drainedPerSecond: number;
  memoryMiB: number;
  /** Messages of the other client: milliseconds to the 202, and from there to the webhook of the delivery. */
  single: { accepted: number[]; delivered: number[] };
}

/**
 * A burst of sends on all connections, compared with the same burst on a process with the role `api` alone,
 * alternating. Measures the rate of accepted sends, the deliveries during the burst, and the rate at which the backlog
 * drains afterwards.
 */
export async function burst({ seconds, pairs, sinks, layouts }: BurstOptions): Promise<void> {
  for (const layout of layouts) {
    for (const sink of sinks) {
      const ratios: number[] = [];
      const singles: Burst['single'] = { accepted: [], delivered: [] };
      for (let pair = 1; pair <= pairs; pair += 1) {
        const alone = await apiOnly(seconds);
        const all = await allRoles(layout, sink, seconds);
        ratios.push(all.load.rate / alone.rate);
        report(`${layout}, ${sink}, pair ${pair}`, alone, all);
        singles.accepted.push(...all.single.accepted);
        singles.delivered.push(...all.single.delivered);
      }
      const sorted = ratios.toSorted((a, b) => a - b);
      const [least = 0, middle = 0, most = 0] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
      print(
        `${layout}, ${sink}`,
        `median ${percent(middle, 1)} of API only (${percent(least, 1)} to ${percent(most, 1)})`,
        `other client: ${quantiles(singles.accepted)} to the 202, ${quantiles(singles.delivered)} to the webhook`,
      );
    }
  }
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, maximum ${at(1)} ms of ${sorted.length}`;
}

function report(name: string, alone: LoadResult, { load, single, ...all }: Burst): void {
  const worst = (values: number[]) => (values.length > 0 ? `${Math.round(Math.max(...values))} ms` : '–');
  print(
    name,
    `accepted ${perSecond(load.rate)}, API only ${perSecond(alone.rate)} (${percent(load.rate, alone.rate)})`,
    `p50 ${load.latency.p50} ms, p99 ${load.latency.p99} ms (API only ${alone.latency.p50}, ${alone.latency.p99})`,
    `4xx ${load.statuses['4xx'] ?? 0}, 5xx ${load.statuses['5xx'] ?? 0}, lost ${load.errors}`,
  );
  print(
    '',
    `delivered ${perSecond(all.deliveredPerSecond)} (${percent(all.deliveredPerSecond, all.drainedPerSecond)} of the drain rate)`,
    `${all.queuedAfter} queued, drained at ${perSecond(all.drainedPerSecond)}`,
    `${all.memoryMiB} MiB`,
  );
  print(
    '',
    `other client: ${single.accepted.length} single messages, maximum ${worst(single.accepted)} to the 202, ${worst(single.delivered)} from 202 to webhook beyond the carrier's ${CARRIER_MS} ms`,
  );
}

async function apiOnly(seconds: number): Promise<LoadResult> {
  await using loader = await startLoader();
  await using store = await emptyStore();
  await using server = await store.start('api', UNLIMITED);
  const load = { url: server.url, request: { kind: 'send' } as const, connections: CONNECTIONS };
  await loader.run({ ...load, seconds: WARM_UP_SECONDS });
  return await loader.run({ ...load, seconds });
}

/** With API only, the messages of the warm-up stay in the queue. */
const UNLIMITED = { RC_MAX_QUEUED_PER_NUMBER: '100000000', RC_MAX_QUEUED_PER_CLIENT: '100000000' };

async function allRoles(layout: Layout, sink: Sink, seconds: number): Promise<Burst> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts', ['record']);
  await using store = await emptyStore();
  await using server = await store.start(layout === 'all' ? undefined : 'api');
  await using outbound = layout === 'all' ? undefined : await store.start('outbound');
  await using webhooks = layout === 'all' ? undefined : await store.start('webhooks');
  const servers = [server, outbound, webhooks].filter((one) => one !== undefined);
  if (sink === 'receiver') await sendWebhooksTo(server.url, receiver.ready.port);
  const [other] = await otherSenders(server.url, receiver.ready.port);
  const load = { url: server.url, request: { kind: 'send' } as const, connections: CONNECTIONS };
  await loader.run({ ...load, ...WARM_MESSAGES });
  await untilDelivered(servers, WARM_MESSAGES.rate * WARM_MESSAGES.seconds);
  return await measure({ loader, receiver, servers, other: other as Sender, load: { ...load, seconds } });
}

interface Run {
  loader: Loader;
  receiver: Child<unknown>;
  servers: RedCloud[];
  other: Sender;
  load: Parameters<Loader['run']>[0];
}

async function measure({ loader, receiver, servers, other, load }: Run): Promise<Burst> {
  const before = await deliveredBy(servers);
  const ending = new AbortController();
  const singles = sendSingles(load.url, other, ending.signal);
  // Awaited after the burst.
  singles.catch(() => undefined);
  const result = await loader.run(load);
  const delivered = (await deliveredBy(servers)) - before;
  const endedAt = performance.now();
  ending.abort();
  const sent = await singles;
  const memory = await Promise.all(servers.map((server) => server.memory()));
  const left = result.accepted + sent.length - delivered;
  await untilDelivered(servers, before + result.accepted + sent.length);
  const drainSeconds = (performance.now() - endedAt) / 1000;
  return {
    load: result,
    deliveredPerSecond: delivered / result.seconds,
    queuedAfter: left,
    drainedPerSecond: left / drainSeconds,
    memoryMiB: Math.max(...memory),
    single: await timesOf(sent, receiver),
  };
}

interface Single {
  id: string;
  acceptedAt: number;
  acceptMs: number;
}

async function sendSingles(url: string, sender: Sender, signal: AbortSignal): Promise<Single[]> {
  const sent: Single[] = [];
  const run = Date.now().toString(36);
  while (!signal.aborted) {
    const startedAt = performance.now();
    const id = await sendOne(url, sender, `single-${run}-${sent.length}`);
    sent.push({ id, acceptedAt: epochMs(), acceptMs: performance.now() - startedAt });
    await delay(SINGLE_EVERY_MS);
  }
  return sent;
}

async function timesOf(sent: readonly Single[], receiver: Child<unknown>): Promise<Burst['single']> {
  // The last webhooks may still be in transit.
  await delay(3_000);
  const { arrivals } = await receiver.ask<Arrivals>('arrivals');
  const arrivedAt = new Map(arrivals.ids.map((id, i) => [id, arrivals.times[i] as number]));
  return {
    accepted: sent.map(({ acceptMs }) => acceptMs),
    delivered: sent.map(
      ({ id, acceptedAt }) => (arrivedAt.get(id) ?? Number.POSITIVE_INFINITY) - acceptedAt - CARRIER_MS,
    ),
  };
}

async function untilDelivered(servers: readonly RedCloud[], count: number): Promise<void> {
  let last = 0;
  let changedAt = performance.now();
  for (;;) {
    const delivered = await deliveredBy(servers);
    if (delivered >= count) return;
    if (delivered > last) {
      last = delivered;
      changedAt = performance.now();
    } else if (performance.now() - changedAt > STALLED_MS)
      throw new Error(`${delivered} of ${count} messages delivered`);
    await delay(POLL_MS);
  }
}
