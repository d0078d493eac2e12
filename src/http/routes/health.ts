import Type from 'typebox';
import type { App, Rooms } from '../app.ts';

const READY_TIMEOUT_MS = 2_000;

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

export function health(app: App, { db, carriers }: Rooms): void {
  app.get('/health/live', { schema: live, logLevel: 'silent' }, async () => ({ status: 'ok' as const }));

  app.get('/health/ready', { schema: ready, logLevel: 'silent' }, async (_request, reply) => {
    const store = await reachable();
    return reply.code(store === 'ok' ? 200 : 503).send({ status: store, store, carriers: carriers() });
  });

  async function reachable(): Promise<'ok' | 'unavailable'> {
    const late = new Promise<'unavailable'>((resolve) => {
      setTimeout(resolve, READY_TIMEOUT_MS, 'unavailable').unref();
    });
    const answer = db.query('select 1 as ok', []).then(
      () => 'ok' as const,
      () => 'unavailable' as const,
    );
    return Promise.race([answer, late]);
  }
}
