import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_FILE_NAME, safeFileName } from './file-name.ts';

test.each([
  ['photo.jpg', 'photo.jpg'],
  ['Grüße 🎉 (1).jpg', 'Grüße 🎉 (1).jpg'],
  ['\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.txt', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.txt'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\x\\y.jpg', 'y.jpg'],
  ['a\u202egpj.exe', 'agpj.exe'],
  ['\u2066a\u2069\u200f\u061c.jpg', 'a.jpg'],
  ['\r\nX-Evil: 1.jpg', 'X-Evil: 1.jpg'],
  ['a\0b\x7f\x85\u2028.jpg', 'ab.jpg'],
  ['..\u202e/..\u200b', null],
  ['half \ud83d.jpg', 'half \ufffd.jpg'],
  ['.', null],
  ['..', null],
  [' ', null],
  ['', null],
  ['a/', null],
  ['.profile', '.profile'],
])('The name %j becomes %j.', (name, expected) => {
  expect(safeFileName(name)).toBe(expected);
});

test('A name is at most 255 characters long, is well-formed, and stays the same in a second pass.', () => {
  const unit = fc.constantFrom('a', '.', '/', '\\', ' ', '\0', '\u202e', '\ud83d', '\ude00', '🎉');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 600 }), (name) => {
      const safe = safeFileName(name);
      if (safe === null) return;
      expect(safe.length).toBeLessThanOrEqual(MAX_FILE_NAME);
      expect(safe.isWellFormed()).toBe(true);
      expect(safe).not.toMatch(/[/\\\0\u202e]/);
      expect(safeFileName(safe)).toBe(safe);
    }),
  );
});
