// Baseline: Fastify with the same body schema and a constant response, without any further work.
import fastify from 'fastify';
import { sendSchema } from '../packages/server/src/entrances/http/routes/core/send-message.ts';

const app = fastify({ logger: false });
const answer = JSON.stringify({
  results: [{ to: '+15551234567', messageId: 'msg_01M851205N08J23W8GJGP9B7VX', status: 'QUEUED' }],
  errors: [],
});
app.post('/api/core/messages/send', { schema: { body: sendSchema.body } }, async (_request, reply) =>
  reply.code(202).type('application/json; charset=utf-8').send(answer),
);
await app.listen({ port: 0, host: '127.0.0.1' });
process.send?.({ url: app.listeningOrigin });
