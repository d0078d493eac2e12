import { expect, test } from 'vitest';
import { charactersOf } from './characters.ts';

test('Equal characters are listed once, with their code point and their first positions.', () => {
  const places = [0, 4, 8, 9].map((index) => ({ character: '“', index }));
  expect(charactersOf([...places, { character: '😀', index: 12 }])).toEqual({
    shown: [
      { character: '“', name: 'U+201C', positions: '1, 5, 9, …' },
      { character: '😀', name: 'U+1F600', positions: '13' },
    ],
    more: 0,
  });
});

test('A text of many different characters lists some of them and counts the others.', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ character: String.fromCodePoint(0x4e00 + index), index }));
  const { shown, more } = charactersOf(many);
  expect(shown.length + more).toBe(30);
  expect(shown[0]?.name).toBe('U+4E00');
});
