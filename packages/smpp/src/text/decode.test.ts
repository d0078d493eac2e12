import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CodedText, type Coding, decodeSegments, decodeText, gsm7 } from './decode.ts';
import { decodeGsm7 } from './gsm7.ts';
import { LOCKING, SINGLE } from './gsm7-tables.ts';

const hex = (octets: string) => Buffer.from(octets, 'hex');

/** Samples encoded by the codecs of Python. */
const SAMPLES: [coding: Coding, text: string, octets: string][] = [
  ['latin1', 'Grüße ÿ', '4772fcdf6520ff'],
  ['iso-8859-5', 'СТОП привет №', 'c1c2bebf20dfe0d8d2d5e220f0'],
  ['iso-8859-8', 'שלום עולם', 'f9ece5ed20f2e5eced'],
  ['japanese', 'カタカナと漢字 ｱ 表示ソ', '834a835e834a836982c68abf8e9a20b120955c8ea6835c'],
  ['japanese', '魚を送る', 'b5fba4f2c1f7a4eb'],
  ['japanese', '漢字 ABC かな', '1b244234413b7a1b284220414243201b2442242b244a1b2842'],
  ['jis-x-0212', '丂漢 ｱ', '8fb0a1b4c1208eb1'],
  ['jis-x-0212', '丂 漢字 A', '1b24284430211b2842201b244234413b7a1b28422041'],
  ['jis-x-0212', 'ﾁｱ A', '1b284941311b28422041'],
  ['ks-c-5601', '안녕하세요', 'bec8b3e7c7cfbcbcbfe4'],
  ['ks-c-5601', '뷁펲 STOP', '94eebc842053544f50'],
  ['utf-16be', 'ж😀', '0436d83dde00'],
  ['utf-16le', 'ж😀', '36043dd800de'],
  ['utf-16', 'ж😀', '0436d83dde00'],
  [gsm7({ locking: 0, single: 0 }), 'Café 2€ @', '436166052032' + '1b65' + '2000'],
  [gsm7({ locking: 1, single: 1 }), 'Işığı İÇ', '491d070c0720' + '40' + '09'],
];

describe('decodeText', () => {
  test.each(SAMPLES)('A text in %s is decoded as %s.', (coding, text, octets) => {
    expect(decodeText({ coding, octets: hex(octets) })).toBe(text);
  });

  test('Any octets in any coding are decoded to a string.', () => {
    const codings = fc.constantFrom(...SAMPLES.map(([coding]) => coding), gsm7({ locking: 255, single: 99 }));
    fc.assert(
      fc.property(codings, fc.uint8Array({ maxLength: 160 }), (coding, octets) => {
        expect(typeof decodeText({ coding, octets: Buffer.from(octets) })).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });

  test('A text that is cut within a character keeps the characters before the cut.', () => {
    expect(decodeText({ coding: 'japanese', octets: hex('834a835e83') })).toMatch(/^カタ/);
    expect(decodeText({ coding: 'ks-c-5601', octets: hex('bec8b3') })).toMatch(/^안/);
    expect(decodeText({ coding: 'utf-16be', octets: hex('043604') })).toBe('ж');
    expect(decodeText({ coding: gsm7({ locking: 0, single: 0 }), octets: hex('411b') })).toBe('A');
  });

  test('Latin-1 text that is sent as GSM-7 is recognised by octets above 0x7f.', () => {
    expect(decodeText({ coding: gsm7({ locking: 0, single: 0 }), octets: hex('4772fcdf654000') })).toBe('Grüße@');
  });
});

describe('decodeSegments', () => {
  /** Cuts octets at the given places and numbers the pieces. */
  function cut({ coding, octets }: CodedText, places: readonly number[]) {
    const at = [0, ...places.map((place) => place % (octets.length + 1)), octets.length].toSorted((a, b) => a - b);
    return at.slice(1).map((end, i) => ({ coding, part: i + 1, octets: octets.subarray(at[i], end) }));
  }

  test('Segments are decoded to the same text wherever the text is cut.', () => {
    const samples = fc.constantFrom(...SAMPLES);
    fc.assert(
      fc.property(samples, fc.array(fc.nat(100), { maxLength: 4 }), ([coding, text, octets], places) => {
        expect(decodeSegments(cut({ coding, octets: hex(octets) }, places))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('A segment has the byte order stated by an earlier segment, even behind a missing segment.', () => {
    const segments = [
      { part: 1, coding: 'utf-16le', octets: hex('3604') },
      { part: 2, coding: 'utf-16', octets: hex('3604') },
      { part: 4, coding: 'utf-16', octets: hex('3604') },
      { part: 5, coding: 'utf-16be', octets: hex('0436') },
    ] as const;
    expect(decodeSegments(segments)).toBe('жжжж');
    expect(decodeSegments(segments.slice(1))).toBe('㘄㘄ж');
  });

  test('Segments are not joined across a missing segment.', () => {
    const plain = gsm7({ locking: 0, single: 0 });
    expect(
      decodeSegments([
        { part: 1, coding: plain, octets: hex('411b') },
        { part: 3, coding: plain, octets: hex('65') },
      ]),
    ).toBe('Ae');
  });

  test('Segments of one message may have different codings.', () => {
    expect(
      decodeSegments([
        { part: 1, coding: gsm7({ locking: 0, single: 0 }), octets: hex('4100') },
        { part: 2, coding: 'utf-16', octets: hex('0436') },
        { part: 3, coding: 'text', octets: hex('36040000') },
      ]),
    ).toBe('A@жж\0');
  });
});

describe('GSM-7', () => {
  const BENGALI = 4;
  const decode = (octets: string, locking = 0, single = 0) => decodeGsm7(hex(octets), { locking, single });
  const everything = hex(Array.from({ length: 128 }, (_, i) => i.toString(16).padStart(2, '0')).join(''));

  test('GSM-7 has a table of 128 characters for each language of Annex A.', () => {
    expect(Object.keys(SINGLE).map(Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(Object.keys(LOCKING).map(Number)).toEqual([0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    for (const table of [...Object.values(SINGLE), ...Object.values(LOCKING)]) expect(table).toHaveLength(128);
    for (const table of Object.values(LOCKING)) {
      expect(table.slice(0x30, 0x3c)).toBe('0123456789:;');
      expect(table.slice(0x61, 0x7b)).toBe('abcdefghijklmnopqrstuvwxyz');
      expect([table[0x0a], table[0x0d]]).toEqual(['\n', '\r']);
    }
    for (const table of Object.values(SINGLE)) {
      expect([0x0a, 0x14, 0x28, 0x29, 0x2f, 0x3c, 0x3d, 0x3e, 0x65].map((at) => table[at]).join('')).toBe(
        '\f^{}\\[~]€',
      );
    }
  });

  test('Unknown languages, and Spanish as a locking language, are read by the default tables.', () => {
    expect(decode('4060001b65', 2)).toBe('¡¿@€');
    expect(decode('4060001b65', 14, 200)).toBe('¡¿@€');
  });

  test.each<[string, number, number, string, string]>([
    ['Turkish, locking', 1, 0, '04070b0c1c1d4060', '€ıĞğŞşİç'],
    ['Turkish, single', 0, 1, '1b471b491b531b631b651b671b691b73', 'Ğİ' + 'Şç€ğış'],
    ['Spanish, single', 0, 2, '1b091b411b491b4f1b551b611b691b6f1b75', 'çÁÍÓÚáíóú'],
    ['Portuguese, locking', 3, 0, '04060708090b0c0e0f12131415161718191a', 'êúíóçÔôÁáªÇÀ∞^\\€Ó|'],
    ['Portuguese, single', 0, 3, '1b051b0b1b0c1b121b131b151b7b1b7c1b7f', 'êÔôΦΓΩãõâ'],
    ['Hindi, both', 6, 6, '2f424c5f2759' + '1b191b1c1b25', 'नमस्ते।०९'],
    ['Urdu, both', 13, 13, '00251a53' + '1b1c1b251b1b', 'ارد' + 'و۰۹ '],
  ])('GSM-7 has the characters of %s.', (_, locking, single, octets, text) => {
    expect(decode(octets, locking, single)).toBe(text);
  });

  // The Unicode blocks of Indic scripts share one order, and the tables follow that order.
  test.each([
    ['Bengali', BENGALI, 0x0980],
    ['Gujarati', 5, 0x0a80],
    ['Kannada', 7, 0x0c80],
    ['Malayalam', 8, 0x0d00],
    ['Oriya', 9, 0x0b00],
    ['Punjabi', 10, 0x0a00],
    ['Tamil', 11, 0x0b80],
    ['Telugu', 12, 0x0c00],
  ])('Letters and digits of %s have the same positions as in Hindi.', (_, language, block) => {
    const hindi = LOCKING[6] as string;
    const table = LOCKING[language] as string;
    for (let at = 0; at < 0x60; at += 1) {
      const offset = hindi.charCodeAt(at) - 0x900;
      const expected = offset >= 0 ? String.fromCharCode(block + offset) : hindi[at];
      expect([expected, ' ']).toContain(table[at]);
    }
    expect([...table].filter((one) => one === ' ').length).toBeLessThan(32);
    // Bengali has two digits where Hindi has dandas.
    const digits = language === BENGALI ? '1b191b1a1b1c1b23' : '1b1c1b1d1b1e1b25';
    expect(decode(digits, 0, language)).toBe(String.fromCharCode(...[0x66, 0x67, 0x68, 0x6f].map((at) => block + at)));
  });

  test('An escaped septet without an extension is read from the main table, and two escapes are a space.', () => {
    expect(decode('1b41411b1b411b')).toBe('AA A');
    expect(decode('1b60', 1, 0)).toBe('ç');
    expect(decodeGsm7(everything)).toHaveLength(127);
  });
});
