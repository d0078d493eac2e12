import { drainRate, fillBacklog } from '../backlog.ts';
import { startChild } from '../child.ts';
import { startLoader } from '../load.ts';
import { bareSum } from '../peers/bare-sum.ts';
import { bullmqDrain } from '../peers/bullmq.ts';
import { emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { percent, perSecond, print, times } from '../report.ts';

/** Rate at which a process without other work drains a backlog that was accepted before. */
export async function drain({ messages, peers }: { messages: number; peers: boolean }): Promise<void> {
  const ours = await redcloud(messages);
  print('drain', `${perSecond(ours)} messages`, `${messages} messages, including startup`);
  if (!peers) return;
  // With a hundred recipients per request, the messages are in the pipeline's memory at once, which is also a backlog.
  const bare = await bareSum({ connections: 8, seconds: 300, requests: messages / 100 }, 100);
  print('bare parts', `${perSecond(bare.rate)} messages`, `drain is ${percent(ours, bare.rate)} of the bare parts`);
  const bullmq = await bullmqDrain(messages);
  if (typeof bullmq !== 'number') return print('BullMQ', bullmq.skipped);
  print('BullMQ, appendfsync always', `${perSecond(bullmq)} messages`, `drain is ${times(ours, bullmq)} BullMQ`);
}

async function redcloud(messages: number): Promise<number> {
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using store = await emptyStore();
  {
    await using loader = await startLoader();
    await using api = await store.start('api');
    await sendWebhooksTo(api.url, receiver.ready.port);
    await fillBacklog(loader, api.url, messages);
  }
  return await drainRate(receiver, messages, () => store.start('outbound,webhooks'));
}
