import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { App } from '../app.ts';
import { withComponents } from './components.ts';
import { type Document, prepareDocument, serveDocument } from './documents.ts';

const HTML = 'text/html; charset=utf-8';
const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** Published files of Swagger UI. Nothing is loaded from other servers. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': CSS,
  'index.css': CSS,
  'swagger-ui-bundle.js': JAVASCRIPT,
  'swagger-ui-standalone-preset.js': JAVASCRIPT,
  'oauth2-redirect.html': HTML,
  'oauth2-redirect.js': JAVASCRIPT,
  'favicon-16x16.png': 'image/png',
  'favicon-32x32.png': 'image/png',
};

/** Without `upgrade-insecure-requests`, since the server may have no https. */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
};

/** Starts Swagger UI. The paths are relative to the page, which a proxy may serve below another path. */
const INITIALIZER = `window.onload = () => {
  const page = location.href.split('#', 1)[0].replace(/\\/?$/, '/');
  window.ui = SwaggerUIBundle({
    dom_id: '#swagger-ui',
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    layout: 'StandaloneLayout',
    validatorUrl: null,
    docExpansion: 'list',
    tryItOutEnabled: true,
    persistAuthorization: true,
    url: page + 'json',
    oauth2RedirectUrl: page + 'static/oauth2-redirect.html',
  });
};
`;

const page = (files: string) => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<title>Red Cloud API</title>
<link rel="stylesheet" type="text/css" href="${files}/swagger-ui.css">
<link rel="stylesheet" type="text/css" href="${files}/index.css">
<link rel="stylesheet" type="text/css" href="${files}/theme/redcloud.css">
<link rel="icon" type="image/png" href="${files}/favicon-32x32.png" sizes="32x32">
<link rel="icon" type="image/png" href="${files}/favicon-16x16.png" sizes="16x16">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${files}/swagger-ui-bundle.js"></script>
<script src="${files}/swagger-ui-standalone-preset.js"></script>
<script src="${files}/swagger-initializer.js"></script>
</body>
</html>
`;

/**
 * Serves the API document at /openapi.json. The document is generated from the routes, so it is prepared at the first
 * request.
 */
export function serveApiDocument(app: App): void {
  serveDocument(
    app,
    '/openapi.json',
    once(() => prepareDocument(JSON.stringify(withComponents(app.swagger() as never)), { type: JSON_TYPE })),
  );
}

/** Serves the API reference: Swagger UI at /docs. */
export function apiReference(app: App): void {
  const serve = (path: string, type: string, content: () => string | Buffer) =>
    serveDocument(
      app,
      `/docs${path}`,
      once(() => prepareDocument(content(), { type, headers: HEADERS })),
    );
  serve('', HTML, () => page('/docs/static'));
  serve('/', HTML, () => page('./static'));
  serve('/json', JSON_TYPE, () => JSON.stringify(withComponents(app.swagger() as never)));
  serve('/yaml', 'application/yaml', () => app.swagger({ yaml: true }));
  serve('/static/swagger-initializer.js', JAVASCRIPT, () => INITIALIZER);
  serve('/static/theme/redcloud.css', CSS, () => '.swagger-ui .topbar { display: none }');
  for (const [name, type] of Object.entries(FILES)) serve(`/static/${name}`, type, () => readSwaggerUi(name));
  const hidden = { logLevel: 'silent', schema: { hide: true } as object } as const;
  app.get('/docs/static/index.html', hidden, async (_request, reply) => reply.redirect('/docs/'));
}

const require = createRequire(import.meta.url);

function readSwaggerUi(name: string): Buffer {
  return readFileSync(join(dirname(require.resolve('@fastify/swagger-ui/package.json')), 'static', name));
}

function once(prepare: () => Document): () => Document {
  let document: Document | undefined;
  return () => {
    document ??= prepare();
    return document;
  };
}
