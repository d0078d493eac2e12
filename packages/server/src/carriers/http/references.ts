import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of the MAC. A forged callback succeeds with a probability of 2^-96. */
const MAC_BYTES = 12;

/** Submit of a segment. */
export interface SubmitName {
  /** Reference of the submission, `msg_…/1`. */
  reference: string;
  /** Number of the attempt. Null in references of earlier versions. */
  attempt: number | null;
}

/**
 * References of submits with a MAC, `msg_…/1/1.{mac}`: message, segment and attempt. Vendors return them in callbacks.
 * Telnyx signs only the body of a callback, and Bandwidth nothing, so the reference proves by itself that this
 * installation made the submit.
 */
export class References {
  readonly #key: Buffer;

  /** @param key 32 bytes, for this use only. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @param carrier name of the carrier in RC_CARRIERS. */
  sign(carrier: string, { reference, attempt }: SubmitName): string {
    const name = attempt === null ? reference : `${reference}/${attempt}`;
    return `${name}.${this.#mac(carrier, name)}`;
  }

  /** @returns the submit, or undefined if the reference was not signed for this carrier. */
  verify(carrier: string, signed: string): SubmitName | undefined {
    const at = signed.lastIndexOf('.');
    if (at < 1) return undefined;
    const name = signed.slice(0, at);
    const given = Buffer.from(signed.slice(at + 1));
    const expected = Buffer.from(this.#mac(carrier, name));
    return given.length === expected.length && timingSafeEqual(given, expected) ? submitOf(name) : undefined;
  }

  /** Hex, because a changed last character of base64 may decode to the same bytes. */
  #mac(carrier: string, name: string): string {
    const mac = createHmac('sha256', this.#key).update(`${carrier}\n${name}`).digest();
    return mac.subarray(0, MAC_BYTES).toString('hex');
  }
}

function submitOf(name: string): SubmitName {
  const [, reference, attempt] = /^([^/]*\/[^/]*)\/(\d{1,9})$/.exec(name) ?? [];
  return reference === undefined ? { reference: name, attempt: null } : { reference, attempt: Number(attempt) };
}
