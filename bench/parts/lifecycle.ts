import { startChild } from '../child.ts';
import { type LifecycleFigures, measureLifecycle } from '../lifecycle.ts';
import { startLoader } from '../load.ts';
import { bareSum } from '../peers/bare-sum.ts';
import { bullmqLifecycle } from '../peers/bullmq.ts';
import { kannelLifecycle } from '../peers/kannel.ts';
import { EVENTS } from '../peers/post.ts';
import { emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { cores, percent, perSecond, print, times } from '../report.ts';

const CONNECTIONS = 64;

/** Accept → submit → receipt → three acknowledged signed webhooks, offered at `rate` for `seconds`. */
export async function lifecycle(options: { seconds: number; rate: number; peers: boolean }): Promise<void> {
  const { seconds, rate, peers } = options;
  const ours = await redcloud(seconds, rate);
  tell('lifecycle', ours);
  if (!peers) return;
  const sum = await bareSum({ seconds });
  tell('bare parts', sum);
  print('', `lifecycle is ${percent(ours.rate, sum.rate)} of the bare parts`);
  const kannel = await kannelLifecycle({ seconds });
  if ('skipped' in kannel) print('Kannel', kannel.skipped);
  else {
    tell('Kannel with receipts', kannel);
    print('', `lifecycle is ${times(ours.rate, kannel.rate)} Kannel`);
  }
  const bullmq = await bullmqLifecycle({ seconds });
  if ('skipped' in bullmq) print('BullMQ', bullmq.skipped);
  else {
    tell('BullMQ, appendfsync always', bullmq);
    print('', `lifecycle is ${times(ours.rate, bullmq.rate)} BullMQ`);
  }
}

function tell(name: string, { rate, accepted, delivered, seconds, load, cores: used }: LifecycleFigures): void {
  print(
    name,
    `${perSecond(rate)} messages`,
    `${delivered} of ${accepted} in ${seconds.toFixed(1)} s`,
    `accepted p99 ${load.latency.p99} ms`,
    cores(used),
  );
}

async function redcloud(seconds: number, rate: number): Promise<LifecycleFigures> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using store = await emptyStore();
  await using server = await store.start();
  await sendWebhooksTo(server.url, receiver.ready.port);
  // Warm-up: compiles code, opens connections and allocates the first pages.
  await measureLifecycle({
    loader,
    receiver,
    load: { url: server.url, request: { kind: 'send' }, connections: CONNECTIONS, seconds: 3, rate: 1_000 },
    events: EVENTS,
    pids: {},
  });
  return await measureLifecycle({
    loader,
    receiver,
    load: { url: server.url, request: { kind: 'send' }, connections: CONNECTIONS, seconds, rate },
    events: EVENTS,
    pids: { server: server.pid },
  });
}
