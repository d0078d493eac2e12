import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYWORDS, readKeyword, type Wish } from './keywords.ts';

const ALL = (Object.keys(KEYWORDS) as Wish[]).flatMap((wish) => KEYWORDS[wish].map((keyword) => ({ keyword, wish })));
const known = fc.constantFrom(...ALL);
const around = fc.string({
  unit: fc.constantFrom(' ', '\t', '\r', '\n', '.', '!', '?', '"', '\u00ab', '\u00a0', '\u200b', '\ufeff', '🛑', '❤️'),
  maxLength: 6,
});
/** Each letter in the case of its bit. */
const cased = (word: string, bits: readonly boolean[]) =>
  [...word].map((letter, i) => (bits[i] ? letter.toLowerCase() : letter)).join('');
const cases = fc.array(fc.boolean(), { minLength: 11, maxLength: 11 });

describe('a keyword', () => {
  test('is read in any case, and whatever surrounds it', () => {
    fc.assert(
      fc.property(known, cases, around, around, (expected, bits, before, after) => {
        expect(readKeyword(`${before}${cased(expected.keyword, bits)}${after}`)).toEqual(expected);
      }),
    );
  });

  test('is none with another letter or digit beside it', () => {
    const other = fc.stringMatching(/^[a-z0-9]{1,5}$/);
    fc.assert(
      fc.property(known, other, fc.constantFrom('', ' ', ', '), ({ keyword }, word, between) => {
        const spelt = new Set(ALL.map((one) => one.keyword));
        for (const text of [`${keyword}${between}${word}`, `${word}${between}${keyword}`]) {
          fc.pre(!spelt.has(text.toUpperCase().replaceAll(/[^A-Z]/g, '')));
          expect(readKeyword(text)).toBeUndefined();
        }
      }),
    );
  });

  test.each([
    ['stop all', 'STOPALL'],
    ['Stop-All.', 'STOPALL'],
    ['OPT OUT', 'OPTOUT'],
    ['opt-out', 'OPTOUT'],
    ['Opt \u2013 out', 'OPTOUT'],
    ['ＳＴＯＰ', 'STOP'],
    ['\u201cStop\u201d', 'STOP'],
  ])('is read as %s', (text, keyword) => {
    expect(readKeyword(text)?.keyword).toBe(keyword);
  });

  test.each(['', ' ', '...', 'please stop by', "don't stop", 'STOP IT', 'ST OP', 'STOPS', 'the end', 'start up', '1'])(
    'is not read in "%s"',
    (text) => {
      expect(readKeyword(text)).toBeUndefined();
    },
  );

  test('is looked for in anything without an error, and quickly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        readKeyword(text);
      }),
    );
    expect(readKeyword(null)).toBeUndefined();
    expect(readKeyword(` ${'a '.repeat(100_000)}`)).toBeUndefined();
  });
});
