import { measureAccept } from '../accept.ts';
import { type Child, startChild } from '../child.ts';
import { startLoader } from '../load.ts';
import { bullmqAccept } from '../peers/bullmq.ts';
import { kannelAccept } from '../peers/kannel.ts';
import { emptyStore } from '../redcloud.ts';
import { cores, percent, perSecond, print, times } from '../report.ts';

const CONNECTIONS = 64;

async function bare(seconds: number): Promise<number> {
  await using loader = await startLoader();
  await using server: Child<{ url: string }> = await startChild('./bare.ts');
  const load = { url: server.ready.url, request: { kind: 'send' } as const, connections: CONNECTIONS, seconds };
  const { rate, load: result, cores: used } = await measureAccept(loader, load, { server: server.pid });
  print('bare Fastify', perSecond(rate), `p99 ${result.latency.p99} ms`, cores(used));
  return rate;
}

/**
 * Rate at which sends are accepted, by the HTTP server alone. Accepted messages wait in the queue, as in Kannel's
 * spool.
 */
export async function accept({ seconds, peers }: { seconds: number; peers: boolean }): Promise<void> {
  const baseline = await bare(seconds);
  const rate = await redcloud(seconds);
  print('', `accept is ${percent(rate, baseline)} of bare Fastify`);
  if (!peers) return;
  for (const spool of ['disk', 'memory'] as const) {
    const kannel = await kannelAccept({ seconds, spool });
    if ('skipped' in kannel) print('Kannel', kannel.skipped);
    else print(`Kannel, spool in ${spool}`, perSecond(kannel.rate), `accept is ${times(rate, kannel.rate)} Kannel`);
  }
  const bullmq = await bullmqAccept({ seconds });
  if ('skipped' in bullmq) print('BullMQ', bullmq.skipped);
  else print('BullMQ, appendfsync always', perSecond(bullmq.rate), `accept is ${times(rate, bullmq.rate)} BullMQ`);
}

async function redcloud(seconds: number): Promise<number> {
  await using loader = await startLoader();
  await using store = await emptyStore();
  await using server = await store.start('api', {
    RC_MAX_QUEUED_PER_NUMBER: '100000000',
    RC_MAX_QUEUED_PER_CLIENT: '100000000',
  });
  const load = { url: server.url, request: { kind: 'send' } as const, connections: CONNECTIONS, seconds };
  const { rate, load: result, cores: used } = await measureAccept(loader, load, { server: server.pid });
  const { p50, p99 } = result.latency;
  print('accept', perSecond(rate), `p50 ${p50} ms, p99 ${p99} ms`, cores(used), JSON.stringify(result.statuses));
  return rate;
}
