/** Writes the API document, with all routes of the server, to docs/openapi.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Modules } from '../packages/server/src/entrances/http/app.ts';
import { createServer } from '../packages/server/src/entrances/http/server.ts';
import { systemClock } from '../packages/server/src/platform/clock.ts';
import { createIds } from '../packages/server/src/platform/ids.ts';
import { createLog } from '../packages/server/src/platform/log.ts';
import { createMetrics } from '../packages/server/src/platform/metrics.ts';

export const FILE = new URL('../docs/openapi.json', import.meta.url);

/** @returns the API document. Routes are only registered, so no module is called. */
export async function openApiDocument(): Promise<string> {
  const modules = {
    config: { adminToken: 'for-the-document-only', roles: ['api'], sandbox: false, trustedProxies: [] },
    ids: createIds(systemClock),
    log: createLog('silent'),
    metrics: createMetrics(),
  } as unknown as Modules;
  const app = await createServer(modules);
  const document = JSON.stringify(app.swagger(), null, 2);
  await app.close();
  return `${document}\n`;
}

export async function isCurrent(): Promise<boolean> {
  return readFileSync(FILE, 'utf8') === (await openApiDocument());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(FILE, await openApiDocument());
