import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child.ts';
import type { Loader } from './load.ts';
import { EVENTS } from './peers/post.ts';
import type { Counts } from './receiver.ts';

const PER_REQUEST = 100;

/** Sends `messages` messages, rounded up to hundreds, to an API process without workers. */
export async function fillBacklog(loader: Loader, url: string, messages: number): Promise<void> {
  const requests = Math.ceil(messages / PER_REQUEST);
  const request = { kind: 'send', recipients: { perRequest: PER_REQUEST } } as const;
  const { accepted } = await loader.run({ url, request, connections: 8, seconds: 300, requests });
  if (accepted < requests) throw new Error(`Only ${accepted} of ${requests} requests were accepted`);
}

/**
 * Starts the process that drains the backlog.
 * @returns messages/s with all webhooks acknowledged, including the start.
 */
export async function drainRate(
  receiver: Child<unknown>,
  messages: number,
  startWorker: () => Promise<AsyncDisposable>,
): Promise<number> {
  const startedAt = performance.now();
  await using _worker = await startWorker();
  for (;;) {
    const { counts } = await receiver.ask<Counts>('counts');
    if (EVENTS.every((type) => (counts[type] ?? 0) >= messages)) break;
    await delay(50);
  }
  return (1000 * messages) / (performance.now() - startedAt);
}
