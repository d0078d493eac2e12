import { pathToFileURL } from 'node:url';
import { startChild } from '../child.ts';
import { type Cost, median, shownCost, usedBy } from '../cost.ts';
import { measureLifecycle } from '../lifecycle.ts';
import { startLoader } from '../load.ts';
import { EVENTS } from '../peers/post.ts';
import { emptyStore, sendWebhooksTo } from '../redcloud.ts';
import { percent, print } from '../report.ts';

export interface CostOptions {
  /** A checkout of the version to compare with, with its dependencies installed. */
  base: string;
  pairs: number;
  /**
   * Messages offered per second. Below the capacity of the machine, so that each message is completed within the run.
   */
  rate: number;
  seconds: number;
}

/**
 * CPU time per message of this checkout and of another one, in alternating runs. Includes the server process and the
 * connections of its database. On a shared machine, a ratio of CPU times is steadier than a ratio of rates.
 */
export async function cost({ base, pairs, rate, seconds }: CostOptions): Promise<void> {
  const files = { base: pathToFileURL(`${base}/bench/server.ts`).href, here: './server.ts' };
  const ratios: number[] = [];
  for (let n = 1; n <= pairs; n += 1) {
    // The order alternates too, so that neither checkout always runs on the warmer machine.
    const order = n % 2 === 0 ? (['here', 'base'] as const) : (['base', 'here'] as const);
    const costs: Record<string, Cost> = {};
    for (const name of order) costs[name] = await measure(files[name], rate, seconds);
    const [before, now] = [costs['base'] as Cost, costs['here'] as Cost];
    const ratio = (now.server + now.database) / (before.server + before.database);
    ratios.push(ratio);
    print(`pair ${n}`, `base ${shownCost(before)}`, `here ${shownCost(now)}`, `ratio ${ratio.toFixed(3)}`);
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  print('cost', `median ${percent(median(sorted), 1)}`, `from ${percent(least, 1)} to ${percent(most, 1)} of base`);
}

async function measure(file: string, rate: number, seconds: number): Promise<Cost> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using store = await emptyStore();
  await using server = await store.start('api,outbound,webhooks', {}, file);
  await sendWebhooksTo(server.url, receiver.ready.port);
  const run = (forSeconds: number) =>
    measureLifecycle({
      loader,
      receiver,
      load: { url: server.url, request: { kind: 'send' }, connections: 16, seconds: forSeconds, rate },
      events: EVENTS,
      pids: {},
    });
  await run(3);
  const before = await usedBy(server.pid, store.databaseUrl);
  const { delivered } = await run(seconds);
  const after = await usedBy(server.pid, store.databaseUrl);
  return {
    server: (after.server - before.server) / delivered,
    database: (after.database - before.database) / delivered,
  };
}
