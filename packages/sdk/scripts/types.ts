/** Generates src/openapi.ts: the types of the API document's customer routes and webhooks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

const DOCUMENT = new URL('../../../docs/openapi.json', import.meta.url);
const FILE = new URL('../src/openapi.ts', import.meta.url);

const HEAD = '// Made from docs/openapi.json by `npm run sdk:types`. Not to be edited.\n\n';

/** Routes for customers. Excludes the routes of operators and health probes. */
const CUSTOMER_PATH = /^\/api\/(auth|core)\//;

async function types(): Promise<string> {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as OpenAPI3 & { paths: object };
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => CUSTOMER_PATH.test(path)));
  return HEAD + astToString(await openapiTS({ ...document, paths }));
}

export async function areTypesCurrent(): Promise<boolean> {
  return readFileSync(FILE, 'utf8') === (await types());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(FILE, await types());
