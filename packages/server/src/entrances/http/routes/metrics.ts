import Type from 'typebox';
import type { App, Modules } from '../app.ts';
import { shared } from '../schemas/shared.ts';

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

/**
 * Milliseconds for which a rendering is shared. A scrape costs tens of milliseconds and some queries, and needs no
 * authentication.
 */
const RENDERED_MS = 1_000;

export function metricsRoute(app: App, { registry }: Modules): void {
  const rendered = shared(async () => Buffer.from(await registry.metrics()), RENDERED_MS);

  app.get('/metrics', { schema, logLevel: 'silent' }, async (_request, reply) =>
    reply.type(registry.contentType).send((await rendered()) as never),
  );
}
