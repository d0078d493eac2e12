/** Writes the API document, with all routes of the server, to docs/openapi.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Modules } from '../packages/server/src/entrances/http/app.ts';
import { withComponents } from '../packages/server/src/entrances/http/documents/components.ts';
import { createHttpMetrics } from '../packages/server/src/entrances/http/metrics.ts';
import { createServer } from '../packages/server/src/entrances/http/server.ts';
import { systemClock } from '../packages/server/src/platform/clock.ts';
import { createIds } from '../packages/server/src/platform/ids.ts';
import { createLog } from '../packages/server/src/platform/log.ts';
import { createRegistry } from '../packages/server/src/platform/metrics.ts';
import { surfaceOf } from '../packages/server/test/support/api-surface.ts';

/** Public API, one line per field. A test compares it with the document, so that each change is visible in review. */
const SURFACE = new URL('../packages/server/test/docs/api-surface.txt', import.meta.url);
export const FILE = new URL('../docs/openapi.json', import.meta.url);

/** @returns the API document. Routes are only registered, so no module is called. */
export async function openApiDocument(): Promise<string> {
  const registry = createRegistry();
  const modules = {
    config: {
      adminToken: 'for-the-document-only',
      roles: ['api'],
      sandbox: false,
      trustedProxies: [],
      publicUrl: undefined,
    },
    carriers: { names: () => [], states: () => [], mmsProblem: () => undefined },
    ids: createIds(systemClock),
    log: createLog('silent'),
    registry,
    metrics: createHttpMetrics(registry),
  } as unknown as Modules;
  const app = await createServer(modules);
  const document = JSON.stringify(withComponents(app.swagger() as never), null, 1);
  await app.close();
  return `${document}\n`;
}

export async function isCurrent(): Promise<boolean> {
  return readFileSync(FILE, 'utf8') === (await openApiDocument());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const document = await openApiDocument();
  writeFileSync(FILE, document);
  writeFileSync(SURFACE, `${surfaceOf(JSON.parse(document)).join('\n')}\n`);
}
