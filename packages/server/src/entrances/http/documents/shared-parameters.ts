/** A part of an API document. */
type Node = Readonly<Record<string, unknown>>;

/** Fewer uses take less space without a component. */
const FEWEST_USES = 2;

/**
 * Moves parameters that several operations have, such as `limit` and `Idempotency-Key`, to components named
 * `query.limit`. The most frequent of several parameters with one name and location becomes the component.
 * @returns the paths with references, and the components.
 */
export function withSharedParameters(paths: Node): { paths: Node; parameters: Node } {
  const uses = new Map<string, number>();
  eachOperation(paths, (operation) => {
    for (const text of parametersOf(operation).map(textOf)) uses.set(text, (uses.get(text) ?? 0) + 1);
    return operation;
  });

  const shared = new Map<string, string>();
  for (const [text, count] of [...uses].toSorted(([, one], [, other]) => other - one)) {
    const name = nameOf(JSON.parse(text) as Node);
    if (count >= FEWEST_USES && !shared.has(name)) shared.set(name, text);
  }

  const reference = (parameter: Node): Node => {
    const name = nameOf(parameter);
    return shared.get(name) === textOf(parameter) ? { $ref: `#/components/parameters/${name}` } : parameter;
  };
  return {
    paths: eachOperation(paths, (operation) =>
      operation['parameters'] ? { ...operation, parameters: parametersOf(operation).map(reference) } : operation,
    ),
    parameters: Object.fromEntries(
      [...shared].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, text]) => [name, JSON.parse(text)]),
    ),
  };
}

function eachOperation(paths: Node, change: (operation: Node) => Node): Node {
  const changed = (node: unknown, apply: (part: Node) => Node) =>
    Object.fromEntries(Object.entries(node as Node).map(([key, part]) => [key, apply(part as Node)]));
  return changed(paths, (path) => changed(path, change));
}

const parametersOf = (operation: Node): Node[] => (operation['parameters'] ?? []) as Node[];
const nameOf = (parameter: Node): string => `${parameter['in']}.${parameter['name']}`;
const textOf = (parameter: Node): string => JSON.stringify(parameter);
