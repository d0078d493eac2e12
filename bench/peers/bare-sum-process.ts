// Pipeline of bare-sum.ts. Accepts a send, submits it to the carrier over HTTP, processes its receipt, and posts three
// signed webhooks. All data is in memory. The argument is the URL of the receiver. The first message is the URL of the
// carrier.
import fastify from 'fastify';
import { Agent } from 'undici';
import { sendSchema } from '../../packages/server/src/entrances/http/routes/core/send-message.ts';
import { systemClock } from '../../packages/server/src/platform/clock.ts';
import { createIds } from '../../packages/server/src/platform/ids.ts';
import { type MessageFields, Poster, postTo } from './post.ts';

interface SendBody {
  to: string[];
  text: string;
  externalReference: string;
}

const CONNECTIONS = 64;

const [hook = ''] = process.argv.slice(2);
const poster = new Poster(hook);
const agent = new Agent({ connections: CONNECTIONS });
const ids = createIds(systemClock);
/** Submitted messages without a receipt, by the carrier's reference. */
const open = new Map<string, MessageFields>();
let carrier = '';
let failures = 0;

const failed = (error: Error) => {
  failures += 1;
  if (failures === 1) process.stderr.write(`bare-sum: ${error.message}\n`);
};

async function carry(message: MessageFields, text: string): Promise<void> {
  const queued = poster.post(message, 1, undefined);
  const body = JSON.stringify({ reference: `${message.messageId}/1`, to: message.to, text });
  const answer = await postTo(agent, carrier, { 'content-type': 'application/json' }, body);
  const { reference } = JSON.parse(answer) as { reference: string };
  open.set(reference, message);
  await Promise.all([queued, poster.post(message, 2, reference)]);
}

const app = fastify({ logger: false });
app.post<{ Body: SendBody }>(
  '/api/core/messages/send',
  { schema: { body: sendSchema.body } },
  async (request, reply) => {
    const { to, text, externalReference } = request.body;
    const results = to.map((recipient) => {
      const messageId = ids.next('msg');
      carry({ messageId, to: recipient, externalReference }, text).catch(failed);
      return { to: recipient, messageId, status: 'QUEUED' };
    });
    const body = JSON.stringify({ results, errors: [] });
    return reply.code(202).type('application/json; charset=utf-8').send(body);
  },
);
app.post<{ Body: { reference: string } }>('/receipt', async (request, reply) => {
  const { reference } = request.body;
  const message = open.get(reference);
  open.delete(reference);
  if (message) poster.post(message, 3, reference).catch(failed);
  return reply.code(204).send();
});

process.on('disconnect', () => process.exit());
process.on('message', (url: string) => {
  carrier = url;
  process.send?.({});
});
await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ url: app.listeningOrigin });
