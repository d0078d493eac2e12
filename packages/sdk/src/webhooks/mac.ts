import { InvalidCallError } from '../errors.ts';

const SHA_256_BYTES = 32;
const PREFIX = 'whsec_';

type Bytes = Uint8Array<ArrayBuffer>;
/** Not by its name: that is a type in browsers' declarations, and none in Node's. */
export type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const encoder = new TextEncoder();

/** The body's very bytes. @returns undefined for text that has none (an unpaired surrogate), since two would look alike. */
export function bytesOf(body: string | Uint8Array): Uint8Array | undefined {
  if (typeof body !== 'string') return body;
  return body.isWellFormed() ? encoder.encode(body) : undefined;
}

/** What a signature is over: a head that ends in a full stop, and the body. */
export function signedBytes(head: string, body: Uint8Array): Bytes {
  const start = encoder.encode(head);
  const all = new Uint8Array(start.length + body.length);
  all.set(start);
  all.set(body, start.length);
  return all;
}

/** X-RedCloud-Signature is keyed with all of the secret. */
export function wholeKey(secret: string): Promise<Key> {
  return importKey(encoder.encode(secret));
}

/** Standard Webhooks is keyed with what the base64 after `whsec_` stands for. @throws InvalidCallError when it is none. */
export function decodedKey(secret: string): Promise<Key> {
  return importKey(decoded(secret));
}

/**
 * One or several. Also those are looked at that would not be needed: a secret that is none shows at once, not during a rotation.
 * @throws InvalidCallError when there is none, or one that can't be one
 */
export function secretsOf(secret: string | readonly string[]): readonly string[] {
  const secrets = Array.isArray(secret) ? (secret as readonly string[]) : [secret as string];
  if (secrets.length === 0) throw new InvalidCallError('At least one webhook secret is required');
  for (const one of secrets) decoded(one);
  return secrets;
}

function decoded(secret: string): Bytes {
  if (typeof secret !== 'string')
    throw new InvalidCallError(`A webhook secret is text, not ${typeof secret}: is it set?`);
  const bytes = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : undefined;
  if (bytes === undefined || bytes.length === 0) throw new InvalidCallError('A webhook secret is whsec_ and base64');
  return bytes;
}

function importKey(bytes: Bytes): Promise<Key> {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

export async function mac(key: Key, bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
}

/** In constant time, as WebCrypto promises (W3C Web Cryptography §31.6.2). */
export function isMac(key: Key, given: Bytes, bytes: Bytes): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, given, bytes);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** @returns a MAC's bytes; undefined for anything but their one way to be written in lower-case hex. */
export function macFromHex(text: string): Bytes | undefined {
  if (text.length !== SHA_256_BYTES * 2 || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Uint8Array.from({ length: SHA_256_BYTES }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}

/** @returns a MAC's bytes; undefined for anything but their one way to be written in base64. */
export function macFromBase64(text: string): Bytes | undefined {
  const bytes = fromBase64(text);
  return bytes?.length === SHA_256_BYTES && toBase64(bytes) === text ? bytes : undefined;
}

function fromBase64(text: string): Bytes | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
