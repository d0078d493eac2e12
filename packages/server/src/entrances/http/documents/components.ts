/** A part of an API document. */
type Node = Readonly<Record<string, unknown>>;

export interface ApiDocument extends Record<string, unknown> {
  paths: Node;
  webhooks?: Node;
  components?: Record<string, unknown>;
}

/** Title of the schema of error responses, and name of their shared response. */
const ERROR = 'Error';

/**
 * Moves schemas with a title, and error responses, to the components of the document, and replaces them by references.
 * Without this, an error response of 700 octets is repeated for each status of each route.
 * @throws Error if two different schemas have the same title.
 */
export function withComponents(document: ApiDocument): ApiDocument {
  const schemas = new Map<string, Node>();
  const responses = new Map<string, Node>();

  function shared(parts: Map<string, Node>, kind: string, name: string, part: Node): Node {
    const known = parts.get(name);
    if (known && withoutNotes(known) !== withoutNotes(part)) throw new Error(`two ${kind} are named ${name}`);
    // At the top level of a response, examples and the description belong to the response.
    if (!known || Object.keys(part).length > Object.keys(known).length) parts.set(name, part);
    return { $ref: `#/components/${kind}/${name}` };
  }

  function visit(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value)]));
    if (isErrorResponse(copy)) return shared(responses, 'responses', ERROR, copy);
    const { title, ...schema } = copy;
    return typeof title === 'string' ? shared(schemas, 'schemas', title, schema) : copy;
  }

  const { paths, webhooks, components, ...rest } = document;
  // Schemas of webhooks are written differently, because they do not pass through the generator of the document.
  const visited = { paths: visit(paths) as Node, ...(webhooks ? { webhooks: withoutTitles(webhooks) } : {}) };
  const all = { ...components, schemas: byName(schemas), responses: byName(responses) };
  return { ...rest, components: all, ...visited };
}

/** Text of a part without annotations, for comparison. */
function withoutNotes({ examples: _, description: __, ...part }: Node): string {
  return JSON.stringify(part);
}

function withoutTitles(part: Node): Node {
  return JSON.parse(JSON.stringify(part, (key, value) => (key === 'title' ? undefined : value)));
}

function isErrorResponse({ content, description }: Node): boolean {
  if (content === undefined || description === undefined) return false;
  return JSON.stringify(content) === `{"application/json":{"schema":{"$ref":"#/components/schemas/${ERROR}"}}}`;
}

function byName(parts: ReadonlyMap<string, Node>): Node {
  return Object.fromEntries([...parts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
