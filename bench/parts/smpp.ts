import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fillBacklog } from '../backlog.ts';
import { startChild } from '../child.ts';
import { temporaryFolder } from '../leftovers.ts';
import { startLoader } from '../load.ts';
import type { SmscCounts } from '../peers/smsc-simulator.ts';
import { emptyStore } from '../redcloud.ts';
import { percent, perSecond, print } from '../report.ts';

const WINDOW = 32;

/**
 * Rate of a backlog over one SMPP bind, without webhooks. Compared with the bare package on the same SMSC simulator.
 */
export async function smpp({ messages }: { messages: number }): Promise<void> {
  const bare = await rateOf(0, messages, bareClient);
  print('bare smpp package', perSecond(bare), `window ${WINDOW}`);
  const ours = await rateOf(0, messages, redcloud);
  print('SMPP, no delay', perSecond(ours), `window ${WINDOW}, ${percent(ours, bare)} of the bare package`);
  const far = await rateOf(40, Math.min(messages, 10_000), redcloud);
  print('SMPP, 40 ms round trip', perSecond(far), `window ${WINDOW}, at most ${WINDOW * 25}/s`);
}

type Sender = (port: number, messages: number, done: () => Promise<void>) => Promise<void>;

async function rateOf(latencyMs: number, messages: number, sender: Sender): Promise<number> {
  await using smsc = await startChild<{ port: number }>('./peers/smsc-simulator.ts', [JSON.stringify({ latencyMs })]);
  const counts = () => smsc.ask<SmscCounts>('counts');
  await sender(smsc.ready.port, messages, async () => {
    while ((await counts()).taken < messages) await delay(50);
  });
  const { taken, first, last } = await counts();
  return (1_000 * (taken - 1)) / (last - first);
}

async function bareClient(port: number, messages: number, done: () => Promise<void>): Promise<void> {
  await using _client = await startChild('./peers/bare-smpp.ts', [String(port), String(WINDOW), String(messages)]);
  await done();
}

async function redcloud(port: number, messages: number, done: () => Promise<void>): Promise<void> {
  using folder = temporaryFolder();
  const file = join(folder.path, 'carriers.json');
  const carrier = { name: 'bench', type: 'smpp', host: '127.0.0.1', port, systemId: 'bench', password: 'bench' };
  writeFileSync(file, JSON.stringify({ carriers: [{ ...carrier, window: WINDOW }] }));
  await using store = await emptyStore();
  {
    await using loader = await startLoader();
    await using api = await store.start('api');
    await fillBacklog(loader, api.url, messages);
  }
  await using _server = await store.start('outbound', { RC_CARRIERS: file });
  await done();
}
