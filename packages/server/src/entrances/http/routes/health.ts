import Type from 'typebox';
import { reachable } from '#db/drivers/reachable.ts';
import type { App, Modules } from '../app.ts';
import { shared } from '../schemas/shared.ts';

const live = {
  operationId: 'live',
  summary: 'Liveness of the process',
  tags: ['Operations'],
  security: [],
  response: { 200: Type.Object({ status: Type.Literal('ok') }, { description: 'The process responds' }) },
};

const Readiness = (description: string) =>
  Type.Object(
    {
      status: Type.Enum(['ok', 'unavailable']),
      store: Type.Enum(['ok', 'unavailable']),
      carriers: Type.Array(Type.Object({ name: Type.String(), state: Type.String() })),
    },
    { description },
  );

const ready = {
  operationId: 'ready',
  summary: 'Readiness of the process',
  description:
    'Depends on the store only. Carriers are listed, but a link that is down changes nothing, since messages are ' +
    'queued.',
  tags: ['Operations'],
  security: [],
  response: { 200: Readiness('The process is ready'), 503: Readiness('The store is unreachable') },
};

/** Has no limit, since a load balancer must get a response. */
export function liveness(app: App): void {
  app.get('/health/live', { schema: live, logLevel: 'silent' }, async () => ({ status: 'ok' as const }));
}

export function readiness(app: App, { db, carriers }: Modules): void {
  const isReachable = shared(() => reachable(db), 0);

  app.get('/health/ready', { schema: ready, logLevel: 'silent' }, async (_request, reply) => {
    const store = (await isReachable()) ? 'ok' : 'unavailable';
    return reply.code(store === 'ok' ? 200 : 503).send({ status: store, store, carriers: carriers.states() });
  });
}
