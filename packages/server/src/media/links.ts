import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import { extensionOf } from './types.ts';

/** File that a link names. */
export interface LinkedFile {
  /** SHA-256 in hex. */
  hash: string;
  mimeType: string;
  byteLength: number;
}

/**
 * Minimum and maximum validity of a link, in milliseconds. Carriers fetch a file when they send the message, at most
 * ten hours after the submit (Twilio). All links of a day are equal, so that carriers can cache a file by its URL.
 */
const LEAST_MS = 86_400_000;
const DAY_MS = 86_400_000;

/**
 * Links from which carriers fetch files: `{base}/media/{hash}/{expiry}/{signature}/{name}`. A link needs no
 * authentication and cannot be guessed. The signature covers all of its parts.
 */
export class Links {
  readonly #key: Buffer;
  readonly #base: string;
  readonly #clock: Clock;

  /** @param key 32 bytes, for this use only. @param base URL of the server as seen by carriers (RC_PUBLIC_URL), without a final slash. */
  constructor(key: Buffer, base: string, clock: Clock) {
    this.#key = key;
    this.#base = base;
    this.#clock = clock;
  }

  /** @returns URL that is valid for one to two days. */
  urlOf({ hash, mimeType, byteLength }: LinkedFile): string {
    const ends = Math.ceil((this.#clock.now() + LEAST_MS) / DAY_MS) * DAY_MS;
    const expiry = (ends / 1000).toString(36);
    // Short, without spaces and with an extension, as Twilio requires.
    const name = `${hash.slice(0, 8)}.${extensionOf(mimeType)}`;
    const details = `${byteLength.toString(36)}-${Buffer.from(mimeType).toString('hex')}`;
    const path = `${hash}/${expiry}/${details}`;
    return `${this.#base}/media/${path}/${this.#sign(`${path}/${name}`)}/${name}`;
  }

  /** @returns the file of a link, or undefined if the link is changed or expired. @param path everything behind `/media/`. */
  read(path: string): LinkedFile | undefined {
    const parts = path.split('/');
    if (parts.length !== 5) return undefined;
    const [hash = '', expiry = '', details = '', signature = '', name = ''] = parts;
    const expected = Buffer.from(this.#sign(`${hash}/${expiry}/${details}/${name}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    if (Number.parseInt(expiry, 36) * 1000 < this.#clock.now()) return undefined;
    const [size = '', type = ''] = details.split('-');
    return { hash, mimeType: Buffer.from(type, 'hex').toString(), byteLength: Number.parseInt(size, 36) };
  }

  /** Hex, because a changed last character of base64 may decode to the same bytes. */
  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex');
  }
}
