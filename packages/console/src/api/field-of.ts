import type { Failure } from './call.ts';

/**
 * Name of the given fields that an error is about, from its details or from the start of its message. Undefined for an
 * error about the whole request.
 */
export function fieldOf<Name extends string>(
  error: Pick<Failure, 'details' | 'message'> | null,
  names: readonly Name[],
): Name | undefined {
  if (!error) return undefined;
  const named = error.details['field'] ?? error.message.split(' ')[0];
  // An error about an item names its position, such as "days[2]".
  const field = String(named).replace(/\[.*/, '');
  return names.find((name) => name === field);
}

/** Error messages by field, for the forms that show an error next to its field. */
export function errorsOf<Name extends string>(
  error: Pick<Failure, 'details' | 'message'> | null,
  labels: Readonly<Record<Name, string>>,
): { byField: Partial<Record<Name, string>>; isOfForm: boolean } {
  const field = fieldOf(error, Object.keys(labels) as Name[]);
  if (!error || field === undefined) return { byField: {}, isOfForm: error !== null };
  const message = error.message.replaceAll(/\w+/g, (word) =>
    Object.hasOwn(labels, word) ? `“${labels[word as Name]}”` : word,
  );
  return { byField: { [field]: message } as Partial<Record<Name, string>>, isOfForm: false };
}
