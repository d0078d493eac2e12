import { LOCKING, SINGLE } from './gsm7-tables.ts';

/** National language identifiers (TS 23.038 §6.2.1.2.4). 0 is the default alphabet and the default extension. */
export interface Shift {
  locking: number;
  single: number;
}

const ESCAPE = 0x1b;
const DEFAULT = LOCKING[0] as string;
const DEFAULT_EXTENSION = SINGLE[0] as string;

/**
 * Decodes GSM-7 text, one septet per octet.
 * A language without a table uses the default table. An escaped septet without a character in the extension is read
 * from the main table. Two escapes are a space, and an escape at the end is dropped (TS 23.038 §6.2.1 and §6.2.1.1).
 */
export function decodeGsm7(septets: Buffer, { locking, single }: Shift = { locking: 0, single: 0 }): string {
  const main = LOCKING[locking] ?? DEFAULT;
  const extension = SINGLE[single] ?? DEFAULT_EXTENSION;
  let text = '';
  for (let i = 0; i < septets.length; i += 1) {
    let code = septets[i] as number;
    let table = main;
    if (code === ESCAPE) {
      i += 1;
      if (i === septets.length) break;
      code = septets[i] as number;
      if (code !== ESCAPE && extension[code] !== ' ') table = extension;
    }
    text += table[code] ?? ' ';
  }
  return text;
}

/** Whether every octet is a septet. */
export function isGsm7(octets: Buffer): boolean {
  return octets.every((octet) => octet < 0x80);
}
