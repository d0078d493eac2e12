import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Encoding, encodingOf, segment, smartEncode } from './segments.ts';

/** TS 23.038 §6.2.1 by position, 0x00 to 0x7f, without ESC (0x1b). */
const BASIC = String.fromCodePoint(
  ...[0x40, 0xa3, 0x24, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0x0a, 0xd8, 0xf8, 0x0d, 0xc5, 0xe5],
  ...[0x394, 0x5f, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9],
  ...[0x20, 0x21, 0x22, 0x23, 0xa4, ...range(0x25, 0x3f)],
  ...[0xa1, ...range(0x41, 0x5a), 0xc4, 0xd6, 0xd1, 0xdc, 0xa7],
  ...[0xbf, ...range(0x61, 0x7a), 0xe4, 0xf6, 0xf1, 0xfc, 0xe0],
);
/** TS 23.038 §6.2.1.1. Each character follows an escape. */
const EXTENSION = '\f^{}\\[~]|€';
const ALPHABET = [...BASIC, ...EXTENSION];

const SINGLE: Record<Encoding, number> = { GSM7: 160, UCS2: 70 };
const CONCATENATED: Record<Encoding, number> = { GSM7: 153, UCS2: 67 };

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Size in septets (GSM7) or UTF-16 code units (UCS2). */
function sizeOf(text: string, encoding: Encoding): number {
  if (encoding === 'UCS2') return text.length;
  return [...text].reduce((sum, character) => sum + (EXTENSION.includes(character) ? 2 : 1), 0);
}

const lengths = (text: string) => segment(text).segments.map((part) => part.length);

const gsm7 = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 700, size: 'max' });
/** Texts with many characters that fall at a segment boundary. */
const edges = fc.string({ unit: fc.constantFrom('a', 'a', 'a', '€', 'ж', '😀'), maxLength: 400, size: 'max' });
const anyText = fc.oneof(gsm7, edges, fc.string({ unit: 'binary', maxLength: 300, size: 'max' }));

describe('GSM-7 alphabet', () => {
  test('The alphabet is that of TS 23.038, with 127 basic characters besides ESC and 10 escaped ones.', () => {
    const found = range(0, 0xffff)
      .map((code) => String.fromCharCode(code))
      .filter((character) => encodingOf(character) === 'GSM7');
    expect(BASIC).toHaveLength(127);
    expect(found.toSorted()).toEqual(ALPHABET.toSorted());
  });

  test('Each basic character takes one septet.', () => {
    for (const character of BASIC) {
      expect(lengths(character.repeat(160)), character).toEqual([160]);
      expect(lengths(character.repeat(161)), character).toEqual([153, 8]);
    }
  });

  test('Each escaped character takes two septets, which are never split.', () => {
    for (const character of EXTENSION) {
      expect(lengths(character.repeat(80)), character).toEqual([80]);
      expect(lengths(character.repeat(81)), character).toEqual([76, 5]);
    }
  });
});

describe('Segments of a text', () => {
  test.each<[string, string, Encoding, number[]]>([
    ['an empty text', '', 'GSM7', [0]],
    ['160 characters', 'a'.repeat(160), 'GSM7', [160]],
    ['161 characters', 'a'.repeat(161), 'GSM7', [153, 8]],
    ['two full segments', 'a'.repeat(306), 'GSM7', [153, 153]],
    ['one more than two full segments', 'a'.repeat(307), 'GSM7', [153, 153, 1]],
    ['€ that fills 160', `${'a'.repeat(158)}€`, 'GSM7', [159]],
    ['€ that goes over 160', `${'a'.repeat(159)}€`, 'GSM7', [153, 7]],
    ['€ that ends at 153', `${'a'.repeat(151)}€${'a'.repeat(20)}`, 'GSM7', [152, 20]],
    ['€ that would lie across 153', `${'a'.repeat(152)}€${'a'.repeat(20)}`, 'GSM7', [152, 21]],
    ['€ that starts at 154', `${'a'.repeat(153)}€${'a'.repeat(20)}`, 'GSM7', [153, 21]],
    ['70 Cyrillic letters', 'ж'.repeat(70), 'UCS2', [70]],
    ['71 Cyrillic letters', 'ж'.repeat(71), 'UCS2', [67, 4]],
    ['two full UCS-2 segments', 'ж'.repeat(134), 'UCS2', [67, 67]],
    ['one Cyrillic letter among Latin ones', `${'a'.repeat(70)}ж`, 'UCS2', [67, 4]],
    ['35 emoji', '😀'.repeat(35), 'UCS2', [70]],
    ['36 emoji: no surrogate pair across 67', '😀'.repeat(36), 'UCS2', [66, 6]],
    ['€ counts once in UCS-2', `${'€'.repeat(69)}ж`, 'UCS2', [70]],
  ])('The encoding and the segment lengths are those of the specification: %s.', (_, text, encoding, expected) => {
    expect([segment(text).encoding, lengths(text)]).toEqual([encoding, expected]);
  });

  test('The segments join to the text.', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(segment(text).segments.join('')).toBe(text);
      }),
    );
  });

  test('The encoding is GSM-7 exactly when every character is in the alphabet.', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const fits = [...text].every((character) => ALPHABET.includes(character));
        expect(segment(text).encoding).toBe(fits ? 'GSM7' : 'UCS2');
      }),
    );
  });

  test('A segment never exceeds its capacity, and is empty only for an empty text.', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { encoding, segments } = segment(text);
        const capacity = segments.length === 1 ? SINGLE[encoding] : CONCATENATED[encoding];
        for (const part of segments) expect(sizeOf(part, encoding)).toBeLessThanOrEqual(capacity);
        if (text !== '') expect(segments).not.toContain('');
      }),
    );
  });

  test('A surrogate pair is never split.', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(segment(text).segments.flatMap((part) => [...part])).toEqual([...text]);
      }),
    );
  });

  test('The number of segments is minimal: one if the text fits, else each is too full for the next character.', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { encoding, segments } = segment(text);
        expect(segments.length === 1).toBe(sizeOf(text, encoding) <= SINGLE[encoding]);
        for (const [i, next] of segments.slice(1).entries()) {
          const longer = `${segments[i]}${[...next][0]}`;
          expect(sizeOf(longer, encoding)).toBeGreaterThan(CONCATENATED[encoding]);
        }
      }),
    );
  });
});

describe('Segments with a header of seven octets', () => {
  test('The capacity is one octet less, which is one septet or one UTF-16 code unit.', () => {
    expect(segment('x'.repeat(306), 7).segments.map((part) => part.length)).toEqual([152, 152, 2]);
    expect(segment('ж'.repeat(134), 7).segments.map((part) => part.length)).toEqual([66, 66, 2]);
    expect(segment('x'.repeat(160), 7).segments).toHaveLength(1);
  });

  test('The header and the text of a segment never exceed 140 octets together.', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(6 as const, 7 as const), (text, header) => {
        const { encoding, segments } = segment(text, header);
        if (segments.length === 1) return;
        for (const part of segments) {
          const bits = sizeOf(part, encoding) * (encoding === 'GSM7' ? 7 : 16);
          expect(header * 8 + bits).toBeLessThanOrEqual(140 * 8);
        }
        expect(segments.join('')).toBe(text);
      }),
    );
  });
});

/** All characters of a Unicode class. */
function all(pattern: RegExp): string[] {
  return range(0, 0xffff)
    .concat(range(0x1_0000, 0x1_ffff), range(0xe_0000, 0xe_0fff))
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((character) => pattern.test(character));
}

describe('Smart encoding', () => {
  const CLASSES = {
    invisible: all(/\p{Default_Ignorable_Code_Point}/u),
    space: all(/[\p{Zs}\p{Zl}\p{Zp}]/u),
    dash: all(/\p{Pd}/u),
    quote: all(/[\p{Pi}\p{Pf}]/u),
    fullWidth: range(0xff01, 0xff5e).map((code) => String.fromCodePoint(code)),
    ligature: all(/[\ufb00-\ufb06]/u),
  };
  const EMOJI = ['👍🏽', '👨‍👩‍👧‍👦', '❤️', '🏳️‍🌈', '🇩🇪', '1️⃣', '#️⃣', '‼️', '▪️', '☎️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'];
  const typographic = fc.string({
    unit: fc.constantFrom('a', 'é', '€', 'e\u0301', '…', 'ж', '½', ...EMOJI, ...Object.values(CLASSES).flat()),
    maxLength: 200,
    size: 'max',
  });
  const anything = fc.oneof(typographic, gsm7, anyText);
  const count = (text: string) => segment(text).segments.length;

  test.each([
    ['“It’s – well…”\u00a0`ok`', "\"It's - well...\" 'ok'"],
    ['zero\u200cwidth', 'zerowidth'],
    ['inter\ufff9linear', 'interlinear'],
    ['soft\u00adhyphen', 'softhyphen'],
    ['\u202aleft\u202c \u2066to\u2069 right\u200e', 'left to right'],
    ['\ufeffbyte order mark', 'byte order mark'],
    ['variation\ufe0f selector\ufe0e', 'variation selector'],
    ['a\u2060b\u2061c\u2064d', 'abcd'],
    ['one\u2028two\u2029three', 'one\ntwo\nthree'],
    ['narrow\u202fspace\u3000and\u2009thin', 'narrow space and thin'],
    ['\u2010 \u2011 \u2012 \u2013 \u2014 \u2015 \u2212', '- - - - - - -'],
    ['«un» ‹deux› „drei“ ‚vier‘ ″ ′', '"un" \'deux\' "drei" \'vier\' " \''],
    ['cafe\u0301 a\u030a u\u0308 n\u0303', 'café å ü ñ'],
    ['cafe\u200d\u0301', 'café'],
    ['\u212b \u2126 \u212a', 'Å Ω K'],
    ['ＦＵＬＬ ｗｉｄｔｈ！ ￡１', 'FULL width! £1'],
    ['ﬁne oﬃce, ﬂat, œuf', 'fine office, flat, oeuf'],
    ['• one ‣ two · three', '* one * two . three'],
    ['really⁉ yes‼', 'really!? yes!!'],
    ['𝐁𝐨𝐥𝐝 𝓼𝓬𝓻𝓲𝓹𝓽 ℋℯ', 'Bold script He'],
    ['\u3164blank\u2800', ' blank '],
  ])('Typographic characters are replaced by plain ones: %j.', (text, expected) => {
    expect(smartEncode(text)).toBe(expected);
    expect(count(smartEncode(text.repeat(3)))).toBe(1);
  });

  test.each(Object.entries(CLASSES))(
    'A text of 160 characters with any character of the class becomes one segment: %s.',
    (_, characters) => {
      for (const character of characters) {
        const text = `${'a'.repeat(80)}${character}${'b'.repeat(76)}`;
        expect(count(smartEncode(text)), character.codePointAt(0)?.toString(16)).toBe(1);
      }
    },
  );

  test.each([...EMOJI, 'ж', '漢', 'ç', '½', '²', '™', 'x\u0301'])(
    'A text with %s is unchanged, with or without typographic characters.',
    (character) => {
      for (const text of [character, `“It’s\u200b – well…” ${character}`]) expect(smartEncode(text)).toBe(text);
    },
  );

  test('A text that would take more segments is unchanged.', () => {
    expect(smartEncode('…'.repeat(53))).toBe('...'.repeat(53));
    expect(smartEncode('…'.repeat(60))).toBe('…'.repeat(60));
  });

  test('A changed text fits GSM-7, takes no more segments and is not empty.', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const encoded = smartEncode(text);
        if (encoded !== text) expect(encodingOf(encoded)).toBe('GSM7');
        expect(count(encoded)).toBeLessThanOrEqual(count(text));
        expect(encoded === '').toBe(text === '');
      }),
    );
  });

  test('A text that fits GSM-7 is unchanged, and so is the result of smart encoding.', () => {
    fc.assert(
      fc.property(gsm7, anything, (plain, text) => {
        expect(smartEncode(plain)).toBe(plain);
        expect(smartEncode(smartEncode(text))).toBe(smartEncode(text));
      }),
    );
  });
});
