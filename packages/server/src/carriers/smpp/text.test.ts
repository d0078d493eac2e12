import { codeText, type DefaultAlphabet, isLatin1, readText, type TextRules } from '@redcloud/smpp';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodingOf } from '#messages/request/segments.ts';

/** TS 23.038 §6.2.1 by position, 0x00 to 0x7f, with ESC (0x1b) as a gap. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Codes behind an ESC (§6.2.1.1). */
const EXTENSION: Record<string, number> = {
  '\f': 0x0a,
  '^': 0x14,
  '{': 0x28,
  '}': 0x29,
  '\\': 0x2f,
  '[': 0x3c,
  '~': 0x3d,
  ']': 0x3e,
  '|': 0x40,
  '€': 0x65,
};
const CODES: [character: string, bytes: number[]][] = [
  ...[...BASIC].map((character, code): [string, number[]] => [character, [code]]).filter(([one]) => one !== '\u{1b}'),
  ...Object.entries(EXTENSION).map(([character, code]): [string, number[]] => [character, [0x1b, code]]),
];

const rules = (defaultAlphabet: DefaultAlphabet = 'gsm7', preferLatin1 = false): TextRules => ({
  defaultAlphabet,
  preferLatin1,
});
const GSM7 = rules();
const hex = (text: string) => Buffer.from(text, 'hex');

describe('GSM-7', () => {
  test('GSM-7 writes and reads every character of TS 23.038, and extended ones behind an escape.', () => {
    expect(CODES).toHaveLength(137);
    for (const [character, bytes] of CODES) {
      expect(codeText(character, 'GSM7', GSM7), character).toEqual({ dataCoding: 0, bytes: Buffer.from(bytes) });
      expect(readText(0, Buffer.from(bytes), GSM7), character).toBe(character);
    }
  });

  test('Any GSM-7 text is read back as written, with one octet per septet.', () => {
    const gsm7 = fc.string({ unit: fc.constantFrom(...CODES.map(([character]) => character)), maxLength: 200 });
    fc.assert(
      fc.property(gsm7, (text) => {
        const { dataCoding, bytes } = codeText(text, 'GSM7', GSM7);
        expect(bytes).toHaveLength([...text].reduce((sum, one) => sum + (one in EXTENSION ? 2 : 1), 0));
        expect(readText(dataCoding, bytes, GSM7)).toBe(text);
      }),
    );
  });

  // Regression: the escape was returned as the control character U+001B.
  test('An unknown extended character is read as the basic character (TS 23.038 §6.2.1.1).', () => {
    expect(readText(0, Buffer.from([0x41, 0x1b, 0x41, 0x42]), GSM7)).toBe('AAB');
  });

  // Regression: an escape at the end was returned as U+001B too.
  test('An escape at the end is read as a space or as nothing (TS 23.038 §6.2.1.1).', () => {
    expect(readText(0, Buffer.from([0x41, 0x1b]), GSM7)).not.toContain('\u{1b}');
  });
});

describe('UCS-2', () => {
  test.each([
    ['a letter', 'ж', '0436'],
    ['a surrogate pair', '😀', 'd83dde00'],
    ['the first half of one, at a part’s end', 'a\ud83d', '0061d83d'],
    ['the second half, at the next one’s start', '\ude00a', 'de000061'],
    ['a zero', 'a\0b', '006100000062'],
    ['nothing', '', ''],
  ])('UCS-2 is written and read as big-endian UTF-16: %s.', (_, text, bytes) => {
    expect(codeText(text, 'UCS2', GSM7)).toEqual({ dataCoding: 8, bytes: hex(bytes) });
    expect(readText(8, hex(bytes), GSM7)).toBe(text);
  });

  test('A segment of a UCS-2 message stays UCS-2 even if GSM-7 or unrequested Latin-1 fits.', () => {
    expect(codeText('plain', 'UCS2', GSM7).dataCoding).toBe(8);
    expect(codeText('ê', 'UCS2', rules('latin1')).dataCoding).toBe(8);
  });

  test('Half a UCS-2 character at the end is ignored, and the read bytes are not modified.', () => {
    const bytes = hex('006100');
    expect(readText(8, bytes, GSM7)).toBe('a');
    expect(readText(8, hex('61'), GSM7)).toBe('');
    expect(bytes).toEqual(hex('006100'));
  });
});

describe('Latin-1', () => {
  test('Preferred Latin-1 replaces UCS-2 if Latin-1 has all characters.', () => {
    const latin = rules('gsm7', true);
    expect(codeText('ê\xa0ÿ', 'UCS2', latin)).toEqual({ dataCoding: 3, bytes: hex('eaa0ff') });
    expect(readText(3, hex('eaa0ff'), latin)).toBe('ê\xa0ÿ');
    expect(codeText('ê€', 'UCS2', latin).dataCoding).toBe(8);
    expect(codeText('Ā', 'UCS2', latin).dataCoding).toBe(8);
    expect(codeText('é@', 'GSM7', latin)).toEqual({ dataCoding: 0, bytes: hex('0500') });
  });

  test('GSM-7 texts that the default alphabet Latin-1 cannot write are written in UCS-2.', () => {
    expect(codeText('é@{}', 'GSM7', rules('latin1'))).toEqual({ dataCoding: 0, bytes: hex('e9407b7d') });
    expect(readText(0, hex('e9407b7d'), rules('latin1'))).toBe('é@{}');
    expect(codeText('Δ', 'GSM7', rules('latin1'))).toEqual({ dataCoding: 8, bytes: hex('0394') });
    expect(codeText('€', 'GSM7', rules('latin1')).dataCoding).toBe(8);
  });

  // Regression: `encoding` is that of the whole message, but the characters of each segment decided on Latin-1. Not
  // every handset joins segments with different data_codings, so that all segments must be alike, as documented.
  test.each<[string, 'GSM7' | 'UCS2', TextRules, string[]]>([
    ['preferred', 'UCS2', rules('gsm7', true), ['ê'.repeat(67), 'жê']],
    ['as the default alphabet', 'GSM7', rules('latin1'), ['a'.repeat(153), '€']],
  ])('All segments of a message are written alike in Latin-1: %s.', (_, encoding, textRules, parts) => {
    const latin1 = isLatin1(parts.join(''));
    expect(new Set(parts.map((part) => codeText(part, encoding, textRules, latin1).dataCoding)).size).toBe(1);
  });
});

describe('Marks and terminators', () => {
  const latin1 = hex('4772fc00');

  test.each<[string, number, Buffer, TextRules, string]>([
    ['in Latin-1', 0x03, latin1, GSM7, 'Grü'],
    ['in ASCII', 0x01, hex('53544f500000'), GSM7, 'STOP'],
    ['in Latin-1 as the default alphabet', 0x00, latin1, rules('latin1'), 'Grü'],
    ['in Latin-1 that is sent as GSM-7', 0x00, latin1, GSM7, 'Grü'],
    ['in Cyrillic', 0x06, hex('c1c200'), GSM7, 'СТ'],
    ['in Shift_JIS', 0x05, hex('834a00'), GSM7, 'カ'],
    ['in UCS-2', 0x08, hex('0436044f0000'), GSM7, 'жя'],
    ['of one octet in UCS-2', 0x08, hex('0436044f00'), GSM7, 'жя'],
  ])('Terminators are removed where they are not text: %s.', (_, dataCoding, bytes, textRules, text) => {
    expect(readText(dataCoding, bytes, textRules)).toBe(text);
  });

  test('Zeros are kept in GSM-7, where a zero is an at sign, and in binary data.', () => {
    expect(readText(0x00, hex('6d652000'), GSM7)).toBe('me @');
    expect(readText(0xf1, hex('6d650000'), GSM7)).toBe('me@@');
    expect(readText(0x04, hex('6d6500'), GSM7)).toBe('me\0');
  });

  test('Byte order marks are removed and select the byte order.', () => {
    expect(readText(0x08, hex('fffe36043dd800de'), GSM7)).toBe('ж😀');
    expect(readText(0x08, hex('feff0436d83dde00'), GSM7)).toBe('ж😀');
    expect(readText(0x18, hex('fffe3604'), GSM7)).toBe('ж');
    expect(readText(0x08, hex('fffe'), GSM7)).toBe('');
    expect(readText(0x08, hex('ff'), GSM7)).toBe('');
  });

  test('A national language selects the tables of GSM-7 only.', () => {
    const turkish = { locking: 1, single: 0 };
    expect(readText(0x00, hex('1d40'), GSM7, turkish)).toBe('şİ');
    expect(readText(0x08, hex('015f0130'), GSM7, turkish)).toBe('şİ');
    expect(readText(0x03, hex('e9'), GSM7, turkish)).toBe('é');
  });
});

test.each([
  [{ defaultAlphabet: 'gsm7', preferLatin1: false }],
  [{ defaultAlphabet: 'gsm7', preferLatin1: true }],
  [{ defaultAlphabet: 'latin1', preferLatin1: false }],
  [{ defaultAlphabet: 'latin1', preferLatin1: true }],
] as const)('Any written text is read back as the same text by %o.', (textRules) => {
  const any = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...CODES.map(([character]) => character)),
      fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('😀', '漢'),
    ),
    maxLength: 100,
  });
  // A byte order mark at the start and zeros at the end are not text.
  const written = any.filter((text) => !/^[\ufeff\ufffe]|\0$/.test(text));
  fc.assert(
    fc.property(written, fc.boolean(), (text, plain) => {
      const encoding = plain ? encodingOf(text) : 'UCS2';
      const { dataCoding, bytes } = codeText(text, encoding, textRules);
      expect(readText(dataCoding, bytes, textRules)).toBe(text);
    }),
  );
});

describe('data_coding', () => {
  const gsm = Buffer.from([0x00, 0x41, 0x05]); // @Aé
  const latin1 = Buffer.from([0x41, 0xe9]); // Aé
  const ucs2 = hex('004100e9'); // Aé

  test.each([
    ['the default alphabet', 0x00, gsm, '@Aé'],
    ['IA5', 0x01, Buffer.from('A~'), 'A~'],
    ['8-bit', 0x02, latin1, 'Aé'],
    ['Latin-1', 0x03, latin1, 'Aé'],
    ['8-bit', 0x04, latin1, 'Aé'],
    ['Shift_JIS', 0x05, hex('834a955c8ea6'), 'カ表示'],
    ['EUC-JP', 0x05, hex('b4c1bbfa'), '漢字'],
    ['Cyrillic', 0x06, hex('c1c2bebf'), 'СТОП'],
    ['Hebrew', 0x07, hex('f9ece5ed'), 'שלום'],
    ['UCS-2', 0x08, ucs2, 'Aé'],
    ['pictograms, not known here', 0x09, Buffer.from('A~'), 'A~'],
    ['ISO-2022-JP', 0x0a, hex('1b244234413b7a1b284241'), '漢字A'],
    ['JIS X 0212', 0x0d, hex('8fb0a1b4c1'), '丂漢'],
    ['KS C 5601', 0x0e, hex('bec8b3e7'), '안녕'],
    ['to be deleted, default alphabet', 0x40, gsm, '@Aé'],
    ['to be deleted, class 1, UCS-2', 0x59, ucs2, 'Aé'],
    ['flash, default alphabet', 0x10, gsm, '@Aé'],
    ['flash, 8-bit', 0x14, latin1, 'Aé'],
    ['flash, UCS-2', 0x18, ucs2, 'Aé'],
    ['class 0, default alphabet', 0xf0, gsm, '@Aé'],
    ['class 1, default alphabet', 0xf1, gsm, '@Aé'],
    ['class 3, default alphabet', 0xf3, gsm, '@Aé'],
    ['class 0, 8-bit', 0xf4, latin1, 'Aé'],
    ['class 2, 8-bit', 0xf6, latin1, 'Aé'],
    ['mail waiting, default alphabet', 0xc0, gsm, '@Aé'],
  ])('A data_coding is read in its alphabet: %s (%i).', (_, dataCoding, bytes, text) => {
    expect(readText(dataCoding, bytes, GSM7)).toBe(text);
  });

  // Regression: the low four bits were read as the alphabet. With a message class, the low two bits are the class
  // (TS 23.038 §4, coding group 00x1). In groups 1100 to 1110, bit 3 indicates waiting mail.
  test.each([
    ['class 1, default alphabet', 0x11, gsm],
    ['class 2, default alphabet', 0x12, gsm],
    ['class 3, default alphabet', 0x13, gsm],
    ['class 1, UCS-2', 0x19, ucs2],
    ['class 2, UCS-2', 0x1a, ucs2],
    ['voice mail waits, default alphabet', 0xc8, gsm],
    ['voice mail waits, stored, default alphabet', 0xd8, gsm],
    ['mail waiting, UCS-2', 0xe0, ucs2],
    ['a fax waits, UCS-2', 0xe9, ucs2],
  ])('A data_coding is read according to TS 23.038 §4: %s (%i).', (_, dataCoding, bytes) => {
    expect(readText(dataCoding, bytes, GSM7)).toBe(bytes === gsm ? '@Aé' : 'Aé');
  });

  test('Any data_coding and bytes are read as a string, and unknown alphabets keep ASCII.', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 160 }), (dataCoding, bytes) => {
        expect(typeof readText(dataCoding, Buffer.from(bytes), GSM7)).toBe('string');
      }),
    );
    for (const dataCoding of [0x05, 0x06, 0x07, 0x09, 0x0a, 0x0d, 0x0e, 0x0f]) {
      expect(readText(dataCoding, Buffer.from('Hi ~{}'), GSM7)).toBe('Hi ~{}');
    }
  });
});
