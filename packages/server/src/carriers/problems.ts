import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';

/** Problem with the settings. The message begins with the path of the wrong field, such as `carriers[0].window`. */
export class CarrierSettingsError extends Error {
  override readonly name = 'CarrierSettingsError';
}

export function problem(path: string, what: string): CarrierSettingsError {
  return new CarrierSettingsError(`${path} ${what}`);
}

type ValueError = ReturnType<typeof Value.Errors>[number];

/** Settings with the defaults of their schema. @throws CarrierSettingsError */
export function checked<S extends TSchema>(schema: S, value: unknown, path: string): Static<S> {
  const whole = Value.Default(schema, structuredClone(value));
  const errors = [...Value.Errors(schema, whole)];
  if (errors.length > 0) throw explained(errors, path);
  return whole as Static<S>;
}

/** @throws CarrierSettingsError if one of two settings is set without the other. */
export function together<S extends object>(
  settings: S,
  one: keyof S & string,
  other: keyof S & string,
  path: string,
): void {
  for (const [given, missing] of [
    [one, other],
    [other, one],
  ] as const) {
    if (settings[given] !== undefined && settings[missing] === undefined) {
      throw problem(`${path}.${missing}`, `is required with ${given}`);
    }
  }
}

/** Explains the deepest error, from which the errors above it follow. */
function explained(errors: readonly ValueError[], path: string): CarrierSettingsError {
  const depth = ({ instancePath }: ValueError) => instancePath.split('/').length;
  const [first] = errors.toSorted((a, b) => depth(b) - depth(a));
  const { instancePath, message, keyword, params } = first as ValueError;
  if (keyword === 'required') {
    const [field] = (params as { requiredProperties: string[] }).requiredProperties;
    return problem(`${path}${dotted(instancePath)}.${field}`, 'is required');
  }
  const strange = keyword === 'boolean' || keyword === 'additionalProperties';
  return problem(`${path}${dotted(instancePath)}`, strange ? 'is not a known setting' : message);
}

function dotted(pointer: string): string {
  return pointer.replace(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.');
}
