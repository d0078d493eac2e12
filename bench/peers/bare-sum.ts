/**
 * The sum of the bare parts: what a pipeline of the same shape does when it stores nothing. One process accepts, submits
 * over HTTP to a carrier in another one, takes its receipts, and posts three signed webhooks. No message survives a crash;
 * it is the ceiling of what Node, Fastify and undici leave, not a peer.
 */
import { startChild } from '../child.ts';
import { type LifecycleFigures, measureLifecycle } from '../lifecycle.ts';
import { startLoader } from '../load.ts';
import { EVENTS } from './post.ts';
import { type Offer, runAsProgram } from './program.ts';

/** More than can be carried: the pipeline sets the pace. */
const OFFER: Offer = { connections: 64, seconds: 10, rate: 5_000 };

/**
 * @param perRequest recipients of a request: with many of them, accepting costs next to nothing.
 * @returns messages/s of which all three webhooks were acknowledged, among the rest.
 */
export async function bareSum(offer: Partial<Offer> = {}, perRequest = 1): Promise<LifecycleFigures> {
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  const hook = `http://127.0.0.1:${receiver.told.port}/hook`;
  await using pipeline = await startChild<{ url: string }>('./peers/bare-sum-process.ts', [hook]);
  const reportTo = `${pipeline.told.url}/receipt`;
  await using carrier = await startChild<{ url: string }>('./peers/carrier.ts', [reportTo]);
  await pipeline.ask(carrier.told.url);
  // Awaited here: what is in use would end with the scope.
  return await measureLifecycle({
    loader,
    receiver,
    load: { url: pipeline.told.url, request: { kind: 'send', recipients: { perRequest } }, ...OFFER, ...offer },
    events: EVENTS,
    pids: { pipeline: pipeline.pid, carrier: carrier.pid },
  });
}

if (import.meta.main) await runAsProgram({ lifecycle: (offer) => bareSum(offer) });
