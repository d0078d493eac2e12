/** Generates src/openapi.ts: the types of the API document's customer routes and webhooks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

const DOCUMENT = new URL('../../../docs/openapi.json', import.meta.url);
const FILE = new URL('../src/openapi.ts', import.meta.url);

const HEAD = '// Made from docs/openapi.json by `npm run sdk:types`. Not to be edited.\n\n';

/** Routes for customers. Excludes the routes of operators and health probes. */
const CUSTOMER_PATH = /^\/api\/(auth|core)\//;

/** Declarations that the SDK uses. The others list the same operations by path. */
const USED = /^export (interface (components|operations)|type webhooks)\b/;

/** @returns the components of the kind that `part` refers to, also through other components of the kind. */
function reachable<S>(part: unknown, kind: 'schemas' | 'parameters', all: Record<string, S> = {}): Record<string, S> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    for (const [, ofKind, name] of JSON.stringify(node).matchAll(/"#\/components\/(\w+)\/([\w.-]+)"/g)) {
      if (ofKind !== kind || !name || found.has(name)) continue;
      found.add(name);
      visit(all[name]);
    }
  };
  visit(part);
  return Object.fromEntries(Object.entries(all).filter(([name]) => found.has(name)));
}

async function types(): Promise<string> {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as OpenAPI3 & { paths: object };
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => CUSTOMER_PATH.test(path)));
  const { webhooks, components } = document;
  const parameters = reachable({ paths, webhooks }, 'parameters', components?.parameters);
  const roots = { paths, webhooks, parameters, responses: components?.responses };
  const schemas = reachable(roots, 'schemas', components?.schemas);
  const nodes = await openapiTS({ ...document, paths, components: { ...components, parameters, schemas } });
  return (
    HEAD +
    nodes
      .map((node) => astToString(node))
      .filter((text) => USED.test(text))
      .join('')
  );
}

export async function areTypesCurrent(): Promise<boolean> {
  return readFileSync(FILE, 'utf8') === (await types());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(FILE, await types());
