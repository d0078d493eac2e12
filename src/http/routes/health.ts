import Type from 'typebox';
import { reachable } from '../../db/reachable.ts';
import type { App, Rooms } from '../app.ts';
import { shared } from '../shared.ts';

const live = {
  operationId: 'live',
  summary: 'Whether the process answers',
  tags: ['Operations'],
  security: [],
  response: { 200: Type.Object({ status: Type.Literal('ok') }, { description: 'It does' }) },
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
  summary: 'Whether the process can do its work',
  description:
    'The store decides. Carriers are told, but a link that is down stops nothing: messages wait in the queue.',
  tags: ['Operations'],
  security: [],
  response: { 200: Readiness('It can'), 503: Readiness('The store is out of reach') },
};

/** Has no limit, since a load balancer must get a response. */
export function liveness(app: App): void {
  app.get('/health/live', { schema: live, logLevel: 'silent' }, async () => ({ status: 'ok' as const }));
}

export function readiness(app: App, { db, carriers }: Rooms): void {
  const isReachable = shared(() => reachable(db), 0);

  app.get('/health/ready', { schema: ready, logLevel: 'silent' }, async (_request, reply) => {
    const store = (await isReachable()) ? 'ok' : 'unavailable';
    return reply.code(store === 'ok' ? 200 : 503).send({ status: store, store, carriers: carriers() });
  });
}
