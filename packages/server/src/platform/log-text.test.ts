import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from './log.ts';
import { toText } from './log-text.ts';

const TIME = '2026-11-30T12:00:00.000Z';
const line = (fields: object) =>
  toText(`${JSON.stringify({ level: 'info', time: TIME, event: 'request', ...fields })}\n`);

test.each<[object, string]>([
  [{}, ''],
  [
    { url: 'http://127.0.0.1:3000', ms: 1.5, ok: true, none: null },
    ' url=http://127.0.0.1:3000 ms=1.5 ok=true none=null',
  ],
  [{ reason: 'two words', empty: '' }, ' reason="two words" empty=""'],
  [{ roles: ['api', 'outbound'], none: [], mixed: ['a b'] }, ' roles=api,outbound none=[] mixed=["a b"]'],
  [{ nested: { a: 1 } }, ' nested={"a":1}'],
  [{ text: 'a=b', quoted: '"' }, ' text="a=b" quoted="\\""'],
])('The fields %j follow time, level and event.', (fields, expected) => {
  expect(line(fields)).toBe(`${TIME} info  request${expected}\n`);
});

test('Control characters and marks of text direction are escaped, so that a value cannot change the terminal.', () => {
  const value = 'a\u001b[31m\u009b\u202e\nb\r';
  expect(line({ value })).toBe(`${TIME} info  request value="a\\u001b[31m\\u009b\\u202e\\nb\\r"\n`);
});

test('The stack of an error follows on indented lines.', () => {
  const output = new PassThrough();
  createLog('info', output).error({ event: 'request_failed', err: new TypeError('x is not a function') });
  const text = toText(String(output.read()));
  expect(text).toMatch(
    /^\S+Z error request_failed err="x is not a function"\n {4}TypeError: x is not a function\n {8}at /,
  );
});

test('Text that is no JSON object is unchanged.', () => {
  for (const text of ['listening\n', '1\n']) expect(toText(text)).toBe(text);
});
