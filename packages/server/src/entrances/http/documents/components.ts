import { REQUEST_BODY } from '../schemas/schemas.ts';
import { ERROR_NAMES, errorResponses } from './error-responses.ts';
import { withSharedParameters } from './shared-parameters.ts';

/** A part of an API document. */
type Node = Readonly<Record<string, unknown>>;

export interface ApiDocument extends Record<string, unknown> {
  paths: Node;
  webhooks?: Node;
  components?: Record<string, unknown>;
}

/** References to the schemas of error responses, by their titles. */
const ERROR = { $ref: '#/components/schemas/Error' };
const OAUTH_ERROR = { $ref: '#/components/schemas/OAuthError' };

/**
 * Moves schemas with a title, repeated parameters and error responses to the components of the document, and replaces
 * them by references.
 * Without this, an error response of 700 bytes is repeated for each status of each route.
 * @throws Error if two different schemas have the same title, or an error response has an unknown status.
 */
export function withComponents(document: ApiDocument): ApiDocument {
  const schemas = new Map<string, Node>();
  /** The same for each status of the token route. */
  let oauthError: Node | undefined;

  function shared(title: string, schema: Node): Node {
    const known = schemas.get(title);
    if (known && withoutNotes(known) !== withoutNotes(schema)) throw new Error(`two schemas are named ${title}`);
    // At the top level of a response, examples and the description belong to the response.
    if (!known || Object.keys(schema).length > Object.keys(known).length) schemas.set(title, schema);
    return { $ref: `#/components/schemas/${title}` };
  }

  function visit(node: unknown, key = ''): unknown {
    if (Array.isArray(node)) return node.map((item) => visit(item));
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(
      Object.entries(node).map(([name, value]) => [name === REQUEST_BODY ? 'requestBody' : name, visit(value, name)]),
    );
    if (refersTo(copy, ERROR)) return errorResponse(key);
    if (refersTo(copy, OAUTH_ERROR)) {
      oauthError = copy;
      return { $ref: '#/components/responses/OAuthError' };
    }
    const { title, ...schema } = copy;
    return typeof title === 'string' ? shared(title, schema) : copy;
  }

  const { paths: given, webhooks, components, ...rest } = document;
  const { paths, parameters } = withSharedParameters(visit(given) as Node);
  const visited = { paths, ...(webhooks ? { webhooks: withKnownSchemas(webhooks, schemas) } : {}) };
  const { Error: error, ...others } = Object.fromEntries(schemas);
  const all = {
    ...components,
    parameters: { ...(components?.['parameters'] as Node | undefined), ...parameters },
    schemas: byName({ ...others, ...(error ? { Error: withoutExample(error) } : {}) }),
    responses: { ...(error ? errorResponses(ERROR) : {}), ...(oauthError ? { OAuthError: oauthError } : {}) },
  };
  return { ...rest, components: all, ...visited };
}

/** Text of a part without annotations, for comparison. */
function withoutNotes({ examples: _, description: __, ...part }: Node): string {
  return JSON.stringify(part);
}

/** The example of each error response takes its place. */
function withoutExample({ examples: _, example: __, description: ___, ...schema }: Node): Node {
  return schema;
}

/**
 * Replaces schemas of webhooks that are written like a component. Schemas of webhooks do not pass through the generator
 * of the document, which writes some schemas differently.
 */
function withKnownSchemas(webhooks: Node, schemas: ReadonlyMap<string, Node>): Node {
  return JSON.parse(
    JSON.stringify(webhooks, (_key, value) => {
      if (typeof value?.title !== 'string') return value;
      const { title, ...schema } = value;
      const known = schemas.get(title);
      const isSame = known && withoutNotes(known) === withoutNotes(schema);
      return isSame ? { $ref: `#/components/schemas/${title}` } : schema;
    }),
  );
}

/** Whether a part is a response with the schema. */
function refersTo({ content, description }: Node, reference: Node): boolean {
  if (content === undefined || description === undefined) return false;
  const schema = (content as Record<string, Node>)['application/json']?.['schema'];
  return JSON.stringify(schema) === JSON.stringify(reference);
}

function errorResponse(status: string): Node {
  const name = ERROR_NAMES[status];
  if (!name) throw new Error(`no error response has status ${status}`);
  return { $ref: `#/components/responses/${name}` };
}

function byName(parts: Node): Node {
  return Object.fromEntries(Object.entries(parts).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
