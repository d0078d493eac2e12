import { startChild } from '../child.ts';
import { startLoader } from '../load.ts';
import type { Counts } from '../receiver.ts';
import { deliveredBy, emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { percent, perSecond, print } from '../report.ts';

const CONNECTIONS = 256;
const WINDOW_SECONDS = 10;

/**
 * As many sends as the connections carry, for a long time. Measures whether accepted work continues at the rate without
 * the flood, and whether memory stays constant.
 */
export async function overload({ seconds, rate }: { seconds: number; rate: number }): Promise<void> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using store = await emptyStore();
  await using server = await store.start();
  await sendWebhooksTo(server.url, receiver.ready.port);
  const load = { url: server.url, request: { kind: 'send' } as const, connections: CONNECTIONS };
  const delivered = () => deliveredBy([server]);
  const webhooks = async () => Object.values((await receiver.ask<Counts>('counts')).counts).reduce((a, b) => a + b, 0);

  await loader.run({ ...load, seconds: WINDOW_SECONDS, rate });
  const calm = (await delivered()) / WINDOW_SECONDS;
  print('before the flood', `${perSecond(calm)} messages`, `offered ${rate}/s`, `${await server.memory()} MiB`);
  const flooded: number[] = [];
  for (let done = 0; done < seconds; done += WINDOW_SECONDS) {
    const before = await delivered();
    const hooksBefore = await webhooks();
    const startedAt = performance.now();
    const result = await loader.run({ ...load, seconds: WINDOW_SECONDS });
    const took = (performance.now() - startedAt) / 1000;
    const out = ((await delivered()) - before) / took;
    const hooks = ((await webhooks()) - hooksBefore) / took;
    flooded.push(out);
    print(
      `flood, ${done + WINDOW_SECONDS} s`,
      `${perSecond(out)} delivered, ${perSecond(hooks)} webhooks`,
      `accepted ${perSecond(result.accepted / took)}, rejected ${result.statuses['4xx'] ?? 0}, 5xx ${result.statuses['5xx'] ?? 0}`,
      `p99 ${result.latency.p99} ms`,
      `${await server.memory()} MiB`,
    );
  }
  const median = flooded.toSorted((a, b) => a - b)[Math.floor(flooded.length / 2)] ?? 0;
  const mean = flooded.reduce((sum, one) => sum + one, 0) / flooded.length;
  print(
    'under the flood',
    `${perSecond(median)} messages delivered (median), ${perSecond(mean)} (mean)`,
    `${percent(median, calm)} of before`,
  );
}
