/**
 * Sum of the bare parts: a pipeline of the same shape without storage. One process accepts, submits over HTTP to a
 * carrier in another process, processes its receipts, and posts three signed webhooks. No message survives a crash. The
 * result is the upper bound for Node, Fastify and undici, and not a peer.
 */
import { startChild } from '../child.ts';
import { type LifecycleFigures, measureLifecycle } from '../lifecycle.ts';
import { startLoader } from '../load.ts';
import { EVENTS } from './post.ts';
import { type Offer, runAsProgram } from './program.ts';

/** More than the pipeline can do, so that the pipeline determines the rate. */
const OFFER: Offer = { connections: 64, seconds: 10, rate: 5_000 };

/**
 * @param perRequest recipients per request. With many recipients, the cost of accept is negligible
 * @returns figures, including messages/s with all three webhooks acknowledged
 */
export async function bareSum(offer: Partial<Offer> = {}, perRequest = 1): Promise<LifecycleFigures> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  const hook = `http://127.0.0.1:${receiver.ready.port}/hook`;
  await using pipeline = await startChild<{ url: string }>('./peers/bare-sum-process.ts', [hook]);
  const reportTo = `${pipeline.ready.url}/receipt`;
  await using carrier = await startChild<{ url: string }>('./peers/carrier.ts', [reportTo]);
  await pipeline.ask(carrier.ready.url);
  // Awaited here, because the processes in use would end with the scope.
  return await measureLifecycle({
    loader,
    receiver,
    load: { url: pipeline.ready.url, request: { kind: 'send', recipients: { perRequest } }, ...OFFER, ...offer },
    events: EVENTS,
    pids: { pipeline: pipeline.pid, carrier: carrier.pid },
  });
}

if (import.meta.main) await runAsProgram({ lifecycle: (offer) => bareSum(offer) });
