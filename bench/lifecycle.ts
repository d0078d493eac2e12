import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child.ts';
import { epochMs } from './clock.ts';
import { type Cores, watchCpu } from './cpu.ts';
import type { LoadOptions } from './load/options.ts';
import type { LoadResult } from './load/tally.ts';
import type { Loader } from './load.ts';
import type { Counts } from './receiver.ts';

const POLL_MS = 100;
/** Time without new events at the receiver after which the run ends. */
const STALLED_MS = 15_000;

/** Figures of complete messages: accept, submit, receipt, and webhooks to the receiver. */
export interface LifecycleFigures {
  offeredPerSecond: number;
  accepted: number;
  /** Messages whose last event the receiver has. */
  delivered: number;
  /** Time from the first request to the last event of all messages. */
  seconds: number;
  /** Delivered messages per second of `seconds`. */
  rate: number;
  /** Events at the receiver, by type. */
  counts: Record<string, number>;
  load: LoadResult;
  /** Cores used from the first request to the last event. */
  cores: Cores;
}

export interface LifecycleOptions {
  loader: Loader;
  receiver: Child<{ port: number }>;
  load: LoadOptions;
  /** Event types expected for each message, one event each. The last one ends the message. */
  events: readonly string[];
  /** Processes whose CPU load is measured, by name. */
  pids: Record<string, number>;
}

/**
 * Offers a load. Waits until the receiver has all events of all accepted messages, or until no more events arrive. The
 * end is the arrival of the last event, not its detection.
 */
export async function measureLifecycle(options: LifecycleOptions): Promise<LifecycleFigures> {
  const { loader, receiver, load, events, pids } = options;
  await receiver.ask<Counts>('reset');
  const coresUsed = watchCpu({ ...pids, loader: loader.pid, receiver: receiver.pid });
  const result = await loader.run(load);
  if (result.accepted === 0) throw new Error(`No request was accepted: ${JSON.stringify(result.statuses)}`);
  const messages = result.accepted * (load.request.recipients?.perRequest ?? 1);
  const { counts, last } = await untilAll(receiver, events, messages);
  const cores = coresUsed();
  const end = Math.max(...events.map((type) => last[type] ?? result.startedAt));
  const seconds = (end - result.startedAt) / 1000;
  const delivered = counts[events.at(-1) ?? ''] ?? 0;
  return {
    offeredPerSecond: load.rate ?? result.accepted / result.seconds,
    accepted: messages,
    delivered,
    seconds,
    rate: seconds > 0 ? delivered / seconds : 0,
    counts,
    load: result,
    cores,
  };
}

async function untilAll(receiver: Child<unknown>, events: readonly string[], each: number): Promise<Counts> {
  let total = 0;
  let changedAt = epochMs();
  for (;;) {
    const seen = await receiver.ask<Counts>('counts');
    if (events.every((type) => (seen.counts[type] ?? 0) >= each)) return seen;
    const sum = Object.values(seen.counts).reduce((a, b) => a + b, 0);
    if (sum !== total) changedAt = epochMs();
    else if (epochMs() - changedAt > STALLED_MS) return seen;
    total = sum;
    await delay(POLL_MS);
  }
}
