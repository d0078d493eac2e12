import type Value from 'typebox/value';

/** Problem with the settings. The message begins with the path of the wrong field, such as `carriers[0].window`. */
export class CarrierSettingsError extends Error {
  override readonly name = 'CarrierSettingsError';
}

export function problem(path: string, what: string): CarrierSettingsError {
  return new CarrierSettingsError(`${path} ${what}`);
}

type ValueError = ReturnType<typeof Value.Errors>[number];

/** Explains the deepest error, from which the errors above it follow. */
export function explained(errors: readonly ValueError[], path: string): CarrierSettingsError {
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
