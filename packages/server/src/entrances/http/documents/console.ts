import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { notFound } from '#platform/errors.ts';
import type { App } from '../app.ts';
import { type Document, prepareDocument, sendDocument, serveDocument } from './documents.ts';

/** Built files: in the published package, and in a checkout, where they are committed (ADR 0017). A start builds nothing. */
const PLACES = ['../../../console', '../../../../../console/dist'];
const BUILT =
  PLACES.map((path) => fileURLToPath(new URL(path, import.meta.url))).find((path) => existsSync(path)) ?? '';
const INDEX = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const HEADERS = {
  // The page needs files of this server only. An operator's session must not run any other script.
  'content-security-policy':
    // Images of messages come from the memory of the page (blob:), because their download needs headers.
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // For browsers that do not know frame-ancestors.
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** Serves the files of the console. Any other path below /console/ is a page, which the console itself resolves. */
export function consolePages(app: App): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS);
    done();
  });
  const documents = readDocuments();
  const index = documents.get(INDEX);
  for (const [name, document] of documents) serveDocument(app, `/console/${name}`, document);
  const hidden = { logLevel: 'silent', schema: { hide: true } as object } as const;
  app.get('/console', hidden, async (_request, reply) => reply.redirect('/console/'));
  app.route<{ Params: { '*': string } }>({
    ...hidden,
    method: ['GET', 'HEAD'],
    url: '/console/*',
    handler: (request, reply) => {
      const path = request.params['*'];
      // A path that looks like a file is a missing file and no page. An id may look like anything.
      const isFile = /\.\w+$/.test(path) && !/^(messages|clients)\/[^/]+$/.test(path);
      if (isFile || !index) throw notFound('No such file');
      sendDocument(request, reply, index);
    },
  });
}

function readDocuments(): Map<string, Document> {
  const names = readdirSync(BUILT).filter((name) => extname(name) in TYPES);
  return new Map(names.map((name) => [name, readDocument(name)]));
}

function readDocument(name: string): Document {
  const file = join(BUILT, name);
  const compressed = `${file}.gz`;
  return prepareDocument(readFileSync(file), {
    type: TYPES[extname(name)] ?? '',
    gzip: existsSync(compressed) ? readFileSync(compressed) : undefined,
  });
}
