import { VERSION } from '#platform/config.ts';
import type { App } from '../app.ts';

const LINKS = { console: '/console/', docs: '/docs', openapi: '/openapi.json' };

/** Leads browsers from the address of the server to the console, and other clients to the documents. */
export function rootPage(app: App): void {
  const hidden = { logLevel: 'silent', schema: { hide: true } as object } as const;
  app.get('/', hidden, async (request, reply) => {
    reply.header('vary', 'accept');
    if (request.headers.accept?.includes('text/html')) return reply.redirect(LINKS.console);
    return reply.send({ name: 'Red Cloud', version: VERSION, ...LINKS } as never);
  });
}
