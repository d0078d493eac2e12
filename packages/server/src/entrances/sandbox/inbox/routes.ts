import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { App } from '#entrances/http/app.ts';
import { prepareDocument, serveDocument } from '#entrances/http/documents/documents.ts';
import { encodingProblem } from '#entrances/http/schemas/json.ts';
import { refusals } from '#entrances/http/schemas/schemas.ts';
import { rateLimited } from '#platform/errors.ts';
import type { Inbox } from './inbox.ts';
import { MOST_BYTES } from './recent-entries.ts';

const page = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

const FILES = [
  { url: '/sandbox/inbox', file: './page.html', type: 'text/html; charset=utf-8' },
  { url: '/sandbox/inbox/page.js', file: './page.js', type: 'text/javascript; charset=utf-8' },
  { url: '/sandbox/inbox/event.js', file: './event.js', type: 'text/javascript; charset=utf-8' },
  { url: '/sandbox/inbox/page.css', file: './page.css', type: 'text/css; charset=utf-8' },
];

/** Interval of comments on a silent stream, in milliseconds, so that proxies do not close the stream. */
const HEARTBEAT_MS = 15_000;
/** Maximum number of concurrent streams. A browser tab has one stream. */
const MOST_STREAMS = 32;
/** A stream with more unread bytes is ended. The limit is twice the size of all stored webhooks. */
const MOST_UNREAD_BYTES = 2 * MOST_BYTES;

const tags = ['Sandbox'];

/** Framing is denied. In a frame of another page, a person could be tricked into clicking links. */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Built-in receiver of webhooks, with a page, a list and a live stream. */
export function inboxRoutes(inbox: Inbox) {
  return (app: App): void => {
    acceptRawJson(app);

    app.post(
      '/sandbox/inbox',
      {
        logLevel: 'silent',
        schema: {
          ...tagged('Receive a webhook'),
          description: 'Any JSON value, as `application/json`. Signatures are verified over the exact bytes.',
          operationId: 'receiveWebhook',
          response: { 204: Type.Null({ description: 'Received' }), ...refusals(400, 413, 415, 500, 502) },
        },
      },
      async (request, reply) => {
        await inbox.take(request.headers, String(request.body ?? ''));
        return reply.code(204).send(null);
      },
    );

    app.get(
      '/sandbox/inbox/received',
      { schema: { ...tagged('List the received webhooks'), operationId: 'listReceived' } },
      async (_request, reply) =>
        reply
          .type('application/json; charset=utf-8')
          .serializer((text: string) => text)
          .send(listOf(inbox.received())),
    );

    const streams = new Set<() => void>();
    app.get('/sandbox/inbox/live', { logLevel: 'silent', schema: { hide: true } as object }, (request, reply) => {
      if (streams.size >= MOST_STREAMS) throw rateLimited('Too many pages show the inbox. Close one of them.', 15);
      reply.hijack();
      follow(inbox, request, reply.raw, streams);
    });
    app.addHook('preClose', async () => {
      for (const end of streams) end();
    });

    for (const { url, file, type } of FILES)
      serveDocument(app, url, prepareDocument(page(file), { type, headers: PAGE_HEADERS }));
  };
}

/**
 * Accepts JSON in UTF-8 as text, since signatures are made over the bytes. Pages of other sites cannot send this media
 * type without a preflight (CORS).
 */
function acceptRawJson(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const problem = encodingProblem(request, body as Buffer);
    if (problem) return done(problem, undefined);
    done(null, body.toString());
  });
}

function listOf(received: readonly string[]): string {
  return `{"received":[${received.join(',')}]}`;
}

/** Sends all stored webhooks, then each new one, as server-sent events (HTML standard, §9.2). */
function follow(inbox: Inbox, request: FastifyRequest, stream: ServerResponse, streams: Set<() => void>): void {
  // Fastify adds no listener to a hijacked response.
  stream.on('error', () => undefined);
  stream.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': request.id,
  });
  const write = (received: string) => {
    if (stream.writableLength > MOST_UNREAD_BYTES) return void stream.destroy();
    // JSON.stringify escapes line breaks, which would end the event.
    stream.write(`data: ${received}\n\n`);
  };
  for (const received of inbox.received()) write(received);
  stream.write(': live\n\n');
  const unlisten = inbox.onReceived(write);
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS);
  const end = () => {
    streams.delete(end);
    clearInterval(heartbeat);
    unlisten();
    stream.end();
  };
  streams.add(end);
  request.raw.on('close', end);
}

function tagged(summary: string) {
  return { tags, summary, security: [], response: { 200: Type.Unknown() } };
}
