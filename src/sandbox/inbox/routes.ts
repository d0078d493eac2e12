import { readFileSync } from 'node:fs';
import Type from 'typebox';
import type { App } from '../../http/app.ts';
import { prepareDocument, serveDocument } from '../../http/documents.ts';
import type { Inbox } from './inbox.ts';

const page = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

const FILES = [
  { url: '/sandbox/inbox', file: './page.html', type: 'text/html; charset=utf-8' },
  { url: '/sandbox/inbox/page.js', file: './page.js', type: 'text/javascript; charset=utf-8' },
  { url: '/sandbox/inbox/page.css', file: './page.css', type: 'text/css; charset=utf-8' },
];

const HEADERS = { 'content-security-policy': "default-src 'self'; img-src data:" };

/** How often a silent stream says that it is alive, so that proxies don't cut it. */
const HEARTBEAT_MS = 15_000;

const tags = ['Sandbox'];

/** The built-in receiver: webhooks in, a page, a list and a live stream out. */
export function inboxRoutes(inbox: Inbox) {
  return (app: App): void => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

    app.post(
      '/sandbox/inbox',
      {
        logLevel: 'silent',
        schema: {
          ...tagged('Receive a webhook'),
          operationId: 'receiveWebhook',
          response: { 204: Type.Null({ description: 'Taken' }) },
        },
      },
      async (request, reply) => {
        await inbox.take(request.headers, String(request.body ?? ''));
        return reply.code(204).send(null);
      },
    );

    app.get(
      '/sandbox/inbox/received',
      { schema: { ...tagged('The webhooks received'), operationId: 'listReceived' } },
      async () => ({
        received: inbox.received(),
      }),
    );

    app.get('/sandbox/inbox/live', { logLevel: 'silent', schema: { hide: true } as object }, (request, reply) => {
      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': request.id,
      });
      const write = (received: unknown) => stream.write(`data: ${JSON.stringify(received)}\n\n`);
      for (const received of inbox.received()) write(received);
      stream.write(': live\n\n');
      const unlisten = inbox.onReceived(write);
      const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
      const end = () => {
        clearInterval(heartbeat);
        unlisten();
        stream.end();
      };
      ending.add(end);
      request.raw.on('close', () => {
        ending.delete(end);
        end();
      });
    });

    const ending = new Set<() => void>();
    app.addHook('preClose', async () => {
      for (const end of ending) end();
    });

    for (const { url, file, type } of FILES)
      serveDocument(app, url, prepareDocument(page(file), { type, headers: HEADERS }));
  };
}

function tagged(summary: string) {
  return { tags, summary, security: [], response: { 200: Type.Unknown() } };
}
