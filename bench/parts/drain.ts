import { setTimeout as delay } from 'node:timers/promises';
import { type Child, startChild } from '../child.ts';
import { startLoader } from '../load.ts';
import { EVENTS } from '../peers/post.ts';
import type { Counts } from '../receiver.ts';
import { emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { perSecond, print } from '../report.ts';

/** A backlog that was accepted while nothing was sent: how fast it is worked off, by a process that has nothing else. */
export async function drain({ messages }: { messages: number }): Promise<void> {
  await using receiver: Child<{ port: number }> = await startChild('./receiver.ts');
  await using store = await emptyStore();
  await fill(store, receiver.told.port, messages);
  const startedAt = performance.now();
  await using _server = await store.start('outbound,webhooks');
  for (;;) {
    const { counts } = await receiver.ask<Counts>('counts');
    if (EVENTS.every((type) => (counts[type] ?? 0) >= messages)) break;
    await delay(50);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  print(
    'drain',
    `${perSecond(messages / seconds)} messages`,
    `${messages} in ${seconds.toFixed(1)} s, the start included`,
  );
}

async function fill(store: Awaited<ReturnType<typeof emptyStore>>, port: number, messages: number): Promise<void> {
  await using loader = await startLoader();
  await using door = await store.start('api');
  await sendWebhooksTo(door.url, port);
  const request = { kind: 'send', recipients: { perRequest: 100 } } as const;
  await loader.run({ url: door.url, request, connections: 8, seconds: 300, requests: messages / 100 });
}
