import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf } from '../src/campaign/keys.ts';
import { paramsOf } from '../src/campaign/message.ts';
import { readTemplate } from '../src/campaign/template.ts';
import { since } from '../src/commands/values.ts';
import { table } from '../src/output/table.ts';
import { json } from '../src/output/text.ts';

const params = fc
  .record({ to: fc.string(), text: fc.string() })
  .map(({ to, text }) =>
    paramsOf({ sendFrom: 'num_1', to: [to], text, media: undefined, reference: undefined, guarantee: undefined }),
  );

test('An idempotency key depends on client, campaign and message, and on nothing else.', () => {
  const what = fc.record({ client: fc.string(), campaign: fc.string(), params });
  fc.assert(
    fc.property(what, what, (one, other) => {
      const key = keyOf(one.client, one.campaign, one.params);
      expect(keyOf(one.client, one.campaign, structuredClone(one.params))).toBe(key);
      expect(key).toMatch(/^[\x21-\x7e]{1,255}$/);
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(keyOf(other.client, other.campaign, other.params) === key).toBe(isSame);
    }),
  );
});

test('Any text can be written as a template, and any value is inserted unchanged.', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, value) => {
      const escaped = text.replace(/[{}]/g, (brace) => brace + brace);
      expect(readTemplate(escaped).fill({})).toBe(text);
      const template = readTemplate(`${escaped}{name}`);
      expect(template.columns).toEqual(['name']);
      expect(template.fill({ name: value })).toBe(text + value);
    }),
  );
});

test('A table row is one line without control characters for any cell content.', () => {
  const columns = [
    { title: 'A', of: ({ a }: { a: unknown }) => a },
    { title: 'B', of: ({ b }: { b: string }) => b },
  ];
  const item = fc.record({ a: fc.anything({ maxDepth: 1 }), b: fc.string({ unit: 'binary' }) });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const lines = table<{ a: unknown; b: string }>(columns, items);
      expect(lines).toHaveLength(items.length + 1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters
      for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test('A time is a period before now or an RFC 3339 time, and other texts are rejected.', () => {
  const now = Date.parse('2026-11-25T12:00:00Z');
  expect(since('2h', now)).toBe('2026-11-25T10:00:00.000Z');
  expect(since('7d', now)).toBe('2026-11-18T12:00:00.000Z');
  expect(since('2026-11-23T10:00:00+01:00')).toBe('2026-11-23T09:00:00.000Z');
  for (const text of ['', '5', 'March', '2h ago', '-2h', '2026-13-01', '999999999d']) {
    expect(() => since(text, now)).toThrow();
  }
});

test('The JSON output preserves any value and contains no terminal control characters.', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const said = json({ value, text });
      expect(JSON.parse(said)).toEqual(JSON.parse(JSON.stringify({ value, text })));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the expression matches control characters
      expect(said).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u);
    }),
  );
});
