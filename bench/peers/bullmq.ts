/**
 * A typical pipeline of a queue and a framework: Fastify, BullMQ on a Redis that syncs each write, undici. Accepted
 * messages are stored as durably as in Red Cloud. The pipeline has fewer guarantees:
 * - A repeat with another payload is not detected.
 * - No status, attempt or history can be read.
 * - The webhooks of a message may overtake each other.
 * - A crash between two queues loses jobs that were not yet added to the second one.
 */
import { type AcceptFigures, measureAccept } from '../accept.ts';
import { drainRate, fillBacklog } from '../backlog.ts';
import { startChild } from '../child.ts';
import { type LifecycleFigures, measureLifecycle } from '../lifecycle.ts';
import { startLoader } from '../load.ts';
import { installed } from './foreign.ts';
import { EVENTS } from './post.ts';
import { type Offer, runAsProgram, type Skipped } from './program.ts';
import { startRedis } from './redis.ts';

const ACCEPT: Offer = { connections: 64, seconds: 8 };
/** More than the pipeline can do, so that the pipeline determines the rate. */
const LIFECYCLE: Offer = { connections: 64, seconds: 10, rate: 2_000 };

/** Only the HTTP server runs, and accepted messages wait. */
export async function bullmqAccept(offer: Partial<Offer> = {}): Promise<AcceptFigures | Skipped> {
  const program = installed('redis-server');
  if (!program || !isResolvable()) return NOT_INSTALLED;
  await using loader = await startLoader();
  await using redis = await startRedis(program);
  await using pipeline = await startPipeline(redis.port);
  const load = { url: pipeline.ready.url, request: { kind: 'send' as const }, ...ACCEPT, ...offer };
  return await measureAccept(loader, load, { pipeline: pipeline.pid, redis: redis.pid });
}

/** @returns figures, including messages/s with all three webhooks acknowledged */
export async function bullmqLifecycle(offer: Partial<Offer> = {}): Promise<LifecycleFigures | Skipped> {
  const program = installed('redis-server');
  if (!program || !isResolvable()) return NOT_INSTALLED;
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using redis = await startRedis(program);
  await using pipeline = await startPipeline(redis.port, `http://127.0.0.1:${receiver.ready.port}/hook`);
  return await measureLifecycle({
    loader,
    receiver,
    load: { url: pipeline.ready.url, request: { kind: 'send' }, ...LIFECYCLE, ...offer },
    events: EVENTS,
    pids: { pipeline: pipeline.pid, redis: redis.pid },
  });
}

/** Accepts a backlog without workers, and then drains it. @returns messages/s, including the start */
export async function bullmqDrain(messages: number): Promise<number | Skipped> {
  const program = installed('redis-server');
  if (!program || !isResolvable()) return NOT_INSTALLED;
  await using loader = await startLoader();
  await using receiver = await startChild<{ port: number }>('./receiver.ts');
  await using redis = await startRedis(program);
  {
    await using api = await startPipeline(redis.port);
    await fillBacklog(loader, api.ready.url, messages);
  }
  return await drainRate(receiver, messages, () =>
    startPipeline(redis.port, `http://127.0.0.1:${receiver.ready.port}/hook`),
  );
}

const NOT_INSTALLED: Skipped = { skipped: 'redis-server or bullmq is not installed' };

function isResolvable(): boolean {
  try {
    return Boolean(import.meta.resolve('bullmq'));
  } catch {
    return false;
  }
}

function startPipeline(redisPort: number, hook?: string) {
  return startChild<{ url: string }>('./peers/bullmq-process.ts', [String(redisPort), ...(hook ? [hook] : [])]);
}

if (import.meta.main) await runAsProgram({ accept: bullmqAccept, lifecycle: bullmqLifecycle });
