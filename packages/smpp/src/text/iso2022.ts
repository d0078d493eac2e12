const ESCAPE = 0x1b;

/** Escape sequences and charsets of ISO-2022-JP, JP-1 and the half-width katakana of JP-3 (RFC 1468, RFC 2237). */
const SEQUENCES: readonly [sequence: string, charset: 'ascii' | 'jis-x-0208' | 'jis-x-0212' | 'katakana'][] = [
  ['(B', 'ascii'],
  ['(J', 'ascii'],
  ['(I', 'katakana'],
  ['$(D', 'jis-x-0212'],
  ['$(B', 'jis-x-0208'],
  ['$@', 'jis-x-0208'],
  ['$B', 'jis-x-0208'],
];

/** Whether octets contain an escape sequence of ISO-2022-JP. */
export function isIso2022(octets: Buffer): boolean {
  for (let at = octets.indexOf(ESCAPE); at >= 0; at = octets.indexOf(ESCAPE, at + 1)) {
    if (sequenceAt(octets, at)) return true;
  }
  return false;
}

/** Converts ISO-2022-JP to EUC-JP, which has the same characters without escape sequences. */
export function eucOf(octets: Buffer): Buffer {
  const euc: number[] = [];
  let charset = 'ascii';
  for (let at = 0; at < octets.length; ) {
    const found = sequenceAt(octets, at);
    if (found) {
      charset = found[1];
      at += 1 + found[0].length;
      continue;
    }
    const octet = octets[at] as number;
    const isGraphic = octet > 0x20 && octet < 0x7f;
    if (charset === 'ascii' || !isGraphic) {
      euc.push(octet);
      at += 1;
    } else if (charset === 'katakana') {
      euc.push(SS2, octet | 0x80);
      at += 1;
    } else {
      if (charset === 'jis-x-0212') euc.push(SS3);
      euc.push(...octets.subarray(at, at + 2).map((one) => one | 0x80));
      at += 2;
    }
  }
  return Buffer.from(euc);
}

/** Single shifts of EUC-JP, for half-width katakana and for JIS X 0212. */
const SS2 = 0x8e;
const SS3 = 0x8f;

function sequenceAt(octets: Buffer, at: number) {
  if (octets[at] !== ESCAPE) return undefined;
  return SEQUENCES.find(([sequence]) => octets.toString('latin1', at + 1, at + 1 + sequence.length) === sequence);
}
