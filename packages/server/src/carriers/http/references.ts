import { createHmac, timingSafeEqual } from 'node:crypto';

/** Octets of the MAC. A forged callback succeeds with a probability of 2^-96. */
const MAC_BYTES = 12;

/**
 * References of submits with a MAC, `msg_…/1.{mac}`. Vendors return them in callbacks. Telnyx signs only the body of a
 * callback, and Bandwidth nothing, so the reference proves by itself that this installation made the submit.
 */
export class References {
  readonly #key: Buffer;

  /** @param key 32 bytes, for this use only. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @param carrier name of the carrier in RC_CARRIERS. @param reference reference of the submission, `msg_…/1`. */
  sign(carrier: string, reference: string): string {
    return `${reference}.${this.#mac(carrier, reference)}`;
  }

  /** @returns the reference, or undefined if it was not signed for this carrier. */
  verify(carrier: string, signed: string): string | undefined {
    const at = signed.lastIndexOf('.');
    const reference = signed.slice(0, Math.max(0, at));
    const given = Buffer.from(signed.slice(at + 1));
    const expected = Buffer.from(this.#mac(carrier, reference));
    return given.length === expected.length && timingSafeEqual(given, expected) ? reference : undefined;
  }

  /** Hex, because a changed last character of base64 may decode to the same octets. */
  #mac(carrier: string, reference: string): string {
    const mac = createHmac('sha256', this.#key).update(`${carrier}\n${reference}`).digest();
    return mac.subarray(0, MAC_BYTES).toString('hex');
  }
}
