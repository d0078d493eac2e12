import { expect, test } from 'vitest';
import { listOf, sendersOf } from './lists.ts';

test.each([
  ['', null],
  [' , ', null],
  ['44', ['44']],
  [' +1, 44,1 ', ['1', '44']],
])('The list %j has the entries %j.', (text, entries) => {
  expect(listOf(text)).toEqual(entries);
});

test('Lines are long codes, short codes or alphanumeric senders, without repetitions.', () => {
  const text = '+15551230000\r\n 12345 \n\nSHOP\n24 Hours\n12345\n';
  expect(sendersOf(text)).toEqual({ senders: ['+15551230000', '12345', 'SHOP', '24 Hours'], wrong: undefined });
});

test.each(['12', '123456789', '+1', 'Twelve chars', 'SH\u0301OP', '5551230000', 'SHOP!'])(
  'The line %j is no address.',
  (line) => {
    expect(sendersOf(`SHOP\n${line}`).wrong).toBe(line);
  },
);
