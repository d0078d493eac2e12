import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYWORDS, type KeywordAction, readKeyword } from './keywords.ts';

const ALL = (Object.keys(KEYWORDS) as KeywordAction[]).flatMap((action) =>
  KEYWORDS[action].map((keyword) => ({ keyword, action })),
);
const known = fc.constantFrom(...ALL);
const around = fc.string({
  unit: fc.constantFrom(' ', '\t', '\r', '\n', '.', '!', '?', '"', '\u00ab', '\u00a0', '\u200b', '\ufeff', '🛑', '❤️'),
  maxLength: 6,
});
/** Each letter in the case given by its bit. */
const cased = (word: string, bits: readonly boolean[]) =>
  [...word].map((letter, i) => (bits[i] ? letter.toLowerCase() : letter)).join('');
const cases = fc.array(fc.boolean(), { minLength: 11, maxLength: 11 });

describe('Keyword of a text', () => {
  test('A keyword is read in any case, with any spaces, punctuation and symbols around it.', () => {
    fc.assert(
      fc.property(known, cases, around, around, (expected, bits, before, after) => {
        expect(readKeyword(`${before}${cased(expected.keyword, bits)}${after}`)).toEqual(expected);
      }),
    );
  });

  test('A keyword with another letter or digit beside it is not read.', () => {
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
  ])('Different spellings of a keyword are read as %s.', (text, keyword) => {
    expect(readKeyword(text)?.keyword).toBe(keyword);
  });

  test.each([
    ['STOP STOP', 'STOP'],
    ['stop stop stop!', 'STOP'],
    ['Stop. Stop.\nSTOP', 'STOP'],
    ['stop all stop all', 'STOPALL'],
    ['STOP, unsubscribe', 'STOP'],
    ['Stop. Thank you', 'STOP'],
    ['please stop', 'STOP'],
    ['Please STOP, please!', 'STOP'],
    ['STOP pls', 'STOP'],
    ['stop thanks', 'STOP'],
    ['Thanks. Stop', 'STOP'],
    ['Stop 🙏🏽 thank you very much 😀', 'STOP'],
    ['opt out please', 'OPTOUT'],
    ['S\u2019il vous pla\u00eet STOP', 'STOP'],
    ['stop svp, merci', 'STOP'],
    ['St\u200bop', 'STOP'],
    ['START please', 'START'],
    ['Help please', 'HELP'],
  ])('A keyword may be repeated and accompanied by courtesy words: %j is %s.', (text, keyword) => {
    expect(readKeyword(text)?.keyword).toBe(keyword);
  });

  test('Any number of repetitions with any courtesy words and symbols is the same keyword.', () => {
    const courtesy = fc.constantFrom(
      'please',
      'Pls',
      'thank you',
      'THANKS',
      'thx',
      'merci',
      'svp',
      's\u2019il vous plaît',
    );
    const others = fc.array(courtesy, { maxLength: 3 });
    const between = around.filter((text) => /[^\u200b\ufeff]/.test(text));
    fc.assert(
      fc.property(
        known,
        fc.integer({ min: 1, max: 4 }),
        others,
        others,
        between,
        (expected, times, before, after, gap) => {
          const words = [...before, ...Array.from({ length: times }, () => expected.keyword), ...after];
          expect(readKeyword(words.join(gap))).toEqual(expected);
        },
      ),
    );
  });

  test('A message with two different keyword actions has no effect.', () => {
    fc.assert(
      fc.property(known, known, fc.constantFrom(' ', '. ', ' please '), (one, other, between) => {
        fc.pre(one.action !== other.action);
        expect(readKeyword(`${one.keyword}${between}${other.keyword}`)).toBeUndefined();
      }),
    );
  });

  test.each(['ARRET', 'arrêt', 'Arre\u0302t.', 'arret arret', 'ARRÊT svp', 'Arrêt, merci'])(
    'A French keyword is read only from handsets with calling code 1, in any spelling: %j.',
    (text) => {
      expect(readKeyword(text, '+15145550123')).toEqual({ keyword: 'ARRET', action: 'OPT_OUT' });
      for (const from of ['+33612345678', '12345', '']) expect(readKeyword(text, from)).toBeUndefined();
    },
  );

  test.each([
    ...['', ' ', '...', 'please stop by', "don't stop", 'STOP IT', 'ST OP', 'STOPS', 'the end', 'start up', '1'],
    ...['Stop by at 5', 'Cancel my 3 pm', 'do not stop', 'never stop', 'end of the month', 'quit smoking tips'],
    ...[
      'help me move',
      'thanks for the info',
      'Thank you',
      'please',
      'STOP START',
      'stop. help?',
      'STOP 2',
      'STOP 1\ufe0f\u20e3',
    ],
    ...['bus stop please', 'stop!now', 'arrêt de bus', 'please all', 'stop you', 'thank stop'],
  ])('No keyword is read in "%s".', (text) => {
    expect(readKeyword(text, '+15551230000')).toBeUndefined();
  });

  test('Any text is read without an error, and a long text quickly.', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        readKeyword(text);
      }),
    );
    expect(readKeyword(null)).toBeUndefined();
    expect(readKeyword(` ${'a '.repeat(100_000)}`)).toBeUndefined();
  });
});
