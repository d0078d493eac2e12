/** Description of an API document that does not depend on how it is written: one line per field. */

type Node = Record<string, unknown>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Keywords that limit the values of a field. */
const LIMITS = [
  'format',
  'pattern',
  'enum',
  'const',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
];

/** @returns sorted lines with routes, parameters, fields, types, limits and status codes */
export function surfaceOf(document: object): string[] {
  const { paths, webhooks } = document as { paths: Record<string, Node>; webhooks: Record<string, Node> };
  const resolve = (node: unknown): Node => {
    const { $ref } = (node ?? {}) as { $ref?: string };
    if ($ref === undefined) return (node ?? {}) as Node;
    const steps = $ref.slice('#/'.length).split('/');
    return resolve(steps.reduce((at: unknown, step) => (at as Node)[step], document));
  };

  function fields(name: string, given: unknown): string[] {
    const schema = resolve(given);
    const alternatives = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as unknown[] | undefined;
    if (alternatives) return alternatives.flatMap((one, i) => fields(`${name}|${i}`, one));
    const limits = LIMITS.filter((key) => schema[key] !== undefined).map(
      (key) => `${key}=${JSON.stringify(schema[key])}`,
    );
    const own = [`${name}: ${schema['type'] ?? 'any'} ${limits.join(' ')}`.trim()];
    const required = (schema['required'] ?? []) as string[];
    const properties = Object.entries((schema['properties'] ?? {}) as Node);
    const nested = properties.flatMap(([key, value]) =>
      fields(`${name}.${key}${required.includes(key) ? '' : '?'}`, value),
    );
    const items = schema['items'] === undefined ? [] : fields(`${name}[]`, schema['items']);
    const others = schema['additionalProperties'];
    const rest =
      typeof others === 'object' ? fields(`${name}.*`, others) : others === false ? [`${name}: no other fields`] : [];
    return [...own, ...nested, ...items, ...rest];
  }

  const ERROR_BODY = ['code: string', 'details.*: any', 'details: object', 'message: string'];

  /** The body of an error is one line, since it is the same for hundreds of responses. */
  function bodyOf(name: string, schema: unknown): string[] {
    const lines = fields(name, schema);
    const isError = ERROR_BODY.every((line) => lines.includes(`${name}.error.${line}`)) && lines.length === 7;
    return isError ? [`${name}: error`] : lines;
  }

  function contents(name: string, part: unknown): string[] {
    const content = (resolve(part)['content'] ?? {}) as Record<string, Node>;
    return [name, ...Object.entries(content).flatMap(([type, { schema }]) => bodyOf(`${name} ${type}`, schema))];
  }

  function operation(name: string, node: Node): string[] {
    const parameters = ((node['parameters'] ?? []) as Node[]).map(resolve);
    const security = JSON.stringify(node['security'] ?? null);
    return [
      `${name} operationId=${node['operationId']} security=${security}`,
      ...parameters.flatMap((one) =>
        fields(`${name} ${one['in']} ${one['name']}${one['required'] ? '' : '?'}`, one['schema']),
      ),
      ...(node['requestBody'] ? contents(`${name} body`, node['requestBody']) : []),
      ...Object.entries(node['responses'] as Node).flatMap(([status, response]) =>
        contents(`${name} ${status}`, response),
      ),
    ];
  }

  const operations = (group: Record<string, Node>) =>
    Object.entries(group).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).flatMap((method) =>
        operation(`${method.toUpperCase()} ${path}`, item[method] as Node),
      ),
    );
  return [...operations(paths), ...operations(webhooks ?? {})].toSorted();
}
