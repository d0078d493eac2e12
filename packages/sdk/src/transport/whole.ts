type Kind = 'list' | 'text' | 'cursor';

const IS: Record<Kind, (value: unknown) => boolean> = {
  list: Array.isArray,
  text: (value) => typeof value === 'string',
  /** Of a page: null is the end. */
  cursor: (value) => value === null || typeof value === 'string',
};

/** Whether a 2xx answer is what it should be. What is not was cut off, or comes from somebody in between. */
export type IsWhole = (json: unknown, status: number) => boolean;

/** An answer is known by what this package relies on; what else a server of another version has is its own business. */
export function has(fields: Record<string, Kind>): IsWhole {
  return (json) => isObject(json) && Object.entries(fields).every(([name, kind]) => IS[kind](json[name]));
}

/** Of a route that nothing more is known of. */
export const isAny: IsWhole = (json, status) => status === 204 || (typeof json === 'object' && json !== null);

export const isNothing: IsWhole = (_json, status) => status === 204;

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null;
}
