type Kind = 'list' | 'text' | 'number' | 'cursor';

const IS: Record<Kind, (value: unknown) => boolean> = {
  list: Array.isArray,
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  /** Cursor of a page. null marks the end. */
  cursor: (value) => value === null || typeof value === 'string',
};

/** Whether a 2xx response has the expected shape. Any other response was truncated, or comes from an intermediary. */
export type HasExpectedShape = (json: unknown, status: number, raw: RawResponse) => boolean;

export interface RawResponse {
  headers: Headers;
  bytes: Uint8Array;
}

/** Checks the fields on which this package relies. Servers of other versions may add or omit other fields. */
export function has(fields: Record<string, Kind>): (json: unknown) => boolean {
  return (json) => isObject(json) && Object.entries(fields).every(([name, kind]) => IS[kind](json[name]));
}

/** Check for a route with an unknown response shape. */
export const isAny: HasExpectedShape = (json, status) => status === 204 || (typeof json === 'object' && json !== null);

export const isNothing: HasExpectedShape = (_json, status) => status === 204;

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null;
}
