import Type from 'typebox';
import type { App, Rooms } from '../app.ts';

const schema = {
  operationId: 'metrics',
  summary: 'Metrics for Prometheus',
  tags: ['Operations'],
  security: [],
  response: {
    200: {
      description: 'Prometheus text format',
      content: { 'text/plain': { schema: Type.String() } },
    },
  },
};

export function metricsRoute(app: App, { metrics: { registry } }: Rooms): void {
  app.get('/metrics', { schema, logLevel: 'silent' }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
