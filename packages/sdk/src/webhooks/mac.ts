import { InvalidCallError } from '../errors.ts';

const SHA_256_BYTES = 32;
const PREFIX = 'whsec_';

type Bytes = Uint8Array<ArrayBuffer>;
/** `CryptoKey`, without its name. The name is a type in the declarations of browsers, but not in those of Node. */
export type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const encoder = new TextEncoder();

/**
 * Returns the exact bytes of the body.
 *
 * @returns undefined for text with an unpaired surrogate, because different texts would have the same bytes
 */
export function bytesOf(body: string | Uint8Array): Uint8Array | undefined {
  if (typeof body !== 'string') return body;
  return body.isWellFormed() ? encoder.encode(body) : undefined;
}

/** Returns the signed bytes: a head that ends in a full stop, followed by the body. */
export function signedBytes(head: string, body: Uint8Array): Bytes {
  const start = encoder.encode(head);
  const all = new Uint8Array(start.length + body.length);
  all.set(start);
  all.set(body, start.length);
  return all;
}

/** Key of `X-RedCloud-Signature`: the bytes of the whole secret. */
export function wholeKey(secret: string): Promise<Key> {
  return importKey(encoder.encode(secret));
}

/** Key of Standard Webhooks: the decoded base64 after `whsec_`. @throws InvalidCallError when the secret is invalid */
export function decodedKey(secret: string): Promise<Key> {
  return importKey(decoded(secret));
}

/**
 * Returns one or several secrets as a list. Validates all of them, so that an invalid secret is found at once and not
 * during a rotation.
 *
 * @throws InvalidCallError when the list is empty or a secret is invalid
 */
export function secretsOf(secret: string | readonly string[]): readonly string[] {
  const secrets = Array.isArray(secret) ? (secret as readonly string[]) : [secret as string];
  if (secrets.length === 0) throw new InvalidCallError('At least one webhook secret is required');
  for (const one of secrets) decoded(one);
  return secrets;
}

function decoded(secret: string): Bytes {
  if (typeof secret !== 'string')
    throw new InvalidCallError(`Webhook secret must be a string, not ${typeof secret}. Check that the secret is set.`);
  const bytes = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : undefined;
  if (bytes === undefined || bytes.length === 0)
    throw new InvalidCallError('Webhook secret must be whsec_ followed by base64');
  return bytes;
}

function importKey(bytes: Bytes): Promise<Key> {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

export async function mac(key: Key, bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
}

/** Compares in constant time, as WebCrypto guarantees (W3C Web Cryptography §31.6.2). */
export function isMac(key: Key, given: Bytes, bytes: Bytes): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, given, bytes);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** @returns the bytes of a MAC, or undefined for anything but its lower-case hex form */
export function macFromHex(text: string): Bytes | undefined {
  if (text.length !== SHA_256_BYTES * 2 || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Uint8Array.from({ length: SHA_256_BYTES }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}

/** @returns the bytes of a MAC, or undefined for anything but its canonical base64 form */
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
