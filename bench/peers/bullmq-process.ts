// Pipeline of bullmq.ts, in one process like Red Cloud by default. Arguments: the port of Redis and the URL of the
// receiver. Without the URL, accepted messages wait.
import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Queue, Worker } from 'bullmq';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { sendSchema } from '../../packages/server/src/entrances/http/routes/core/send-message.ts';
import { type MessageFields, Poster } from './post.ts';

interface SendBody {
  to: string[];
  text: string;
  externalReference: string;
}

type SendJob = MessageFields & { text: string };
type WebhookJob = { message: MessageFields; sequence: number; carrierRef?: string };

const CONCURRENCY = 256;
const RECEIPT_MS = 200;
const WEEK_SECONDS = 7 * 86_400;
const DAY_SECONDS = 86_400;

/** Retention as long as that of Red Cloud's keys. A job whose id still exists is not added again. */
const SEND = { removeOnComplete: { age: WEEK_SECONDS } };
const WEBHOOK = { removeOnComplete: true, attempts: 5, backoff: { type: 'exponential', delay: 60_000 } };

const [port = '', hook] = process.argv.slice(2);
// One connection each, without ioredis's automatic pipelines, which made the pipeline no faster.
const connection = () => new Redis({ port: Number(port), host: '127.0.0.1', maxRetriesPerRequest: null });
const store = connection();
const sends = new Queue<SendJob>('sends', { connection: connection(), defaultJobOptions: SEND });
const webhooks = new Queue<WebhookJob>('webhooks', { connection: connection(), defaultJobOptions: WEBHOOK });

/**
 * The carrier is in this process, like the simulator in Red Cloud. Accepts all submits, and reports after RECEIPT_MS.
 */
let submitted = 0;
function submit(): string {
  submitted += 1;
  const carrierRef = `sim-${process.pid}-${submitted}`;
  delay(RECEIPT_MS, carrierRef)
    .then(report)
    .catch((error: Error) => process.stderr.write(`bullmq: receipt was lost: ${error.message}\n`));
  return carrierRef;
}

/** Looks up the message of a receipt, and queues its last event. */
async function report(carrierRef: string): Promise<void> {
  const message = await store.getdel(`ref:${carrierRef}`);
  if (message) await webhooks.add('message.delivery', { message: JSON.parse(message), sequence: 3, carrierRef });
}

async function send({ data: { text: _, ...message } }: Job<SendJob>): Promise<void> {
  const carrierRef = submit();
  await Promise.all([
    store.set(`ref:${carrierRef}`, JSON.stringify(message), 'EX', DAY_SECONDS),
    webhooks.addBulk([
      { name: 'message.queued', data: { message, sequence: 1 } },
      { name: 'message.sent', data: { message, sequence: 2, carrierRef } },
    ]),
  ]);
}

function work(url: string): void {
  const poster = new Poster(url);
  const options = () => ({ connection: connection(), concurrency: CONCURRENCY });
  const post = ({ data: { message, sequence, carrierRef } }: Job<WebhookJob>) =>
    poster.post(message, sequence, carrierRef);
  for (const worker of [new Worker('sends', send, options()), new Worker('webhooks', post, options())]) {
    worker.on('failed', (_, error) => process.stderr.write(`bullmq: ${error.message}\n`));
  }
}

const app = fastify({ logger: false });
app.post<{ Body: SendBody }>(
  '/api/core/messages/send',
  { schema: { body: sendSchema.body } },
  async (request, reply) => {
    const { to, text, externalReference } = request.body;
    const key = String(request.headers['idempotency-key']);
    const results = await Promise.all(
      to.map(async (recipient, index) => {
        // Derived from the key, so that a repeat gets the same response.
        const messageId = `msg_${key}-${index}`;
        await sends.add('send', { messageId, to: recipient, text, externalReference }, { jobId: `${key}-${index}` });
        return { to: recipient, messageId, status: 'QUEUED' };
      }),
    );
    const body = JSON.stringify({ results, errors: [] });
    return reply.code(202).type('application/json; charset=utf-8').send(body);
  },
);

process.on('disconnect', () => process.exit());
if (hook) work(hook);
await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ url: app.listeningOrigin });
