import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { notFound } from '../errors.ts';
import type { App } from './app.ts';

/** Built and committed (ADR 0017): a start builds nothing. */
const BUILT = fileURLToPath(new URL('../../packages/console/dist', import.meta.url));

const HEADERS = {
  // Everything that the page needs is a file of ours; an operator's session must not run anybody else's script.
  'content-security-policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // For browsers that do not know frame-ancestors.
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // The names stay while the content changes: a browser asks each time, and is answered 304.
  'cache-control': 'no-cache',
};

/** The console's files. Any other path in it is one of its pages: the page itself knows which. */
export async function consolePages(app: App): Promise<void> {
  const hidden = { logLevel: 'silent', schema: { hide: true } as object } as const;
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS);
    done();
  });
  await app.register(fastifyStatic, {
    root: BUILT,
    prefix: '/console/',
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
  });
  app.get('/console', hidden, async (_request, reply) => reply.redirect('/console/'));
  app.get<{ Params: { '*': string } }>('/console/*', hidden, async (request, reply) => {
    const path = request.params['*'];
    // What looks like a file is one that is missing, and no page; an id may look like anything.
    if (/\.\w+$/.test(path) && !/^(messages|clients)\/[^/]+$/.test(path)) throw notFound('No such file');
    return reply.sendFile('index.html');
  });
}
