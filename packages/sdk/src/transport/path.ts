import { InvalidCallError } from '../errors.ts';

/**
 * Encodes a variable part of a path.
 *
 * @throws InvalidCallError when the value is empty, or a dot segment (`.`, `..`) that would lead to another route
 */
export function segment(name: string, value: string): string {
  if (typeof value !== 'string' || /^\.{0,2}$/.test(value))
    throw new InvalidCallError(`${name} must be an id, not ${quoted(value)}`);
  return encodeURIComponent(value);
}

/** @throws InvalidCallError when the result is not a URL, or not below `baseUrl` */
export function urlOf(baseUrl: string, path: string, query: string): string {
  const url = parsed(`${baseUrl}${path}${query}`)?.href;
  if (path.startsWith('/') && url?.startsWith(`${baseUrl}/`)) return url;
  throw new InvalidCallError(`Path ${quoted(path)} must start with / and stay below baseUrl`);
}

/** @param base URL to which a relative `url` refers */
export function parsed(url: string, base?: URL): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

function quoted(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
