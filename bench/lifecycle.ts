import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child.ts';
import { epochMs } from './clock.ts';
import { type Cores, watchCpu } from './cpu.ts';
import type { LoadOptions } from './load/options.ts';
import type { LoadResult } from './load/tally.ts';
import type { Loader } from './load.ts';
import type { Counts } from './receiver.ts';

const POLL_MS = 100;
/** So long without anything new at the receiver means that no more will come. */
const STALLED_MS = 15_000;

/** Whole messages: sent, submitted, reported, and told to the receiver. */
export interface LifecycleFigures {
  offeredPerSecond: number;
  accepted: number;
  /** Those whose last event the receiver has. */
  delivered: number;
  /** From the first request to the last event of all. */
  seconds: number;
  /** Delivered messages per second of `seconds`. */
  rate: number;
  /** What the receiver counted, by type. */
  counts: Record<string, number>;
  load: LoadResult;
  /** From the first request until the last event. */
  cores: Cores;
}

export interface LifecycleOptions {
  loader: Loader;
  receiver: Child<{ port: number }>;
  load: LoadOptions;
  /** Types of events that each message is to cause, one each; the last one is its end. */
  events: readonly string[];
  /** Processes whose load is of interest, by name. */
  pids: Record<string, number>;
}

/**
 * Offers a load, and waits until the receiver has all events of all messages that were accepted, or nothing more comes.
 * The end is when the last event came, not when it was noticed.
 */
export async function measureLifecycle(options: LifecycleOptions): Promise<LifecycleFigures> {
  const { loader, receiver, load, events, pids } = options;
  await receiver.ask<Counts>('reset');
  const coresUsed = watchCpu({ ...pids, loader: loader.pid, receiver: receiver.pid });
  const result = await loader.run(load);
  if (result.accepted === 0) throw new Error(`nothing was accepted: ${JSON.stringify(result.statuses)}`);
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
