import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestClock } from '../../../../test/support/clock.ts';
import { describeEvent } from './event.js';
import { Inbox } from './inbox.ts';
import { MOST_BYTES, RecentEntries } from './recent-entries.ts';

test('The page shows text for any posted JSON value.', () => {
  const names = ['messageId', 'from', 'to', 'sequence', 'type', 'text', 'error', 'code', 'message', '__proto__'];
  const fields = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fields,
        fields.map((error) => ({ error })),
      ),
      (body) => {
        for (const shown of Object.values(describeEvent(body))) {
          expect(shown).toBeTypeOf('string');
          expect(shown.length).toBeLessThan(5_000);
          expect(shown).not.toContain('[object');
        }
      },
    ),
  );
});

test('The page shows the fields of an event.', () => {
  const error = { code: 'CARRIER_REJECTED', message: 'The carrier refused it' };
  const event = { messageId: 'msg_1', from: '+15551234567', to: '+15550000002', sequence: 3, type: 'message.failed' };
  expect(describeEvent({ ...event, text: 'Hi', error })).toEqual({
    messageId: 'msg_1',
    route: '+15551234567 → +15550000002',
    title: '3 message.failed',
    error: 'CARRIER_REJECTED: The carrier refused it',
    said: '“Hi”',
  });
});

test('The latest entries are kept, up to 500 entries and 8 MiB.', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 1_200_000 }));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 700, size: 'max' }), (sizes) => {
      const entries = new RecentEntries<number>();
      for (const length of sizes) entries.add(length, length);
      const lengths = entries.values;
      expect(lengths).toEqual(sizes.slice(sizes.length - lengths.length));
      const bytes = lengths.reduce((sum, length) => sum + length, 0);
      expect(lengths.length).toBeLessThanOrEqual(500);
      expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
      const next = sizes.at(-lengths.length - 1);
      if (next !== undefined) expect(lengths.length === 500 || bytes + next > MOST_BYTES).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('The size of a webhook is its number of bytes, not of characters.', async () => {
  const inbox = new Inbox(async () => [], new TestClock());
  const mebibyte = JSON.stringify('é'.repeat(512 * 1024 - 1));
  expect(Buffer.byteLength(mebibyte)).toBe(1024 * 1024);
  for (let n = 0; n < 10; n += 1) await inbox.take({}, mebibyte);
  expect(inbox.received()).toHaveLength(8);
});
