import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';
import { sized } from '../support/thorough.ts';

let redcloud: TestRedCloud;
beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());

const BODY = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello from Red Cloud' };
const preview = (body: object) =>
  redcloud.call('/api/core/messages/preview', { method: 'POST', body: { ...BODY, ...body } });

describe('Preview', () => {
  test('The preview has segments, carrier and time of each recipient, and stores nothing.', async () => {
    const before = (await redcloud.call('/api/core/messages')).json.messages.length;
    const { status, json } = await preview({ to: ['+15551234567', 'invalid', '+15551234567'] });
    expect(status).toBe(200);
    expect(json.results).toMatchObject([{ to: '+15551234567', encoding: 'GSM7', segments: 1, carrier: 'simulator' }]);
    expect(Math.abs(Date.parse(json.results[0].estimatedSendAt) - redcloud.clock.now())).toBeLessThan(5_000);
    expect(json.errors.map(({ error }: { error: { code: string } }) => error.code)).toEqual([
      'INVALID_RECIPIENT',
      'DUPLICATE_RECIPIENT',
    ]);
    expect((await redcloud.call('/api/core/messages')).json.messages).toHaveLength(before);
  });

  test('Characters and positions count code points.', async () => {
    const { json } = await preview({ text: 'Gr\u00fc\u00dfe \u{1F44B} \u2013 x' });
    expect(json.text).toEqual({
      ...{ encoding: 'UCS2', characters: 11, segments: 1 },
      nonGsm: [
        { character: '\u{1F44B}', index: 6 },
        { character: '\u2013', index: 8 },
      ],
    });
  });

  test('Smart encoding shows the text as it would be sent.', async () => {
    const { json } = await preview({ text: 'a \u2013 b', smartEncoding: true });
    expect(json.text).toMatchObject({ encoding: 'GSM7', smartText: 'a - b', nonGsm: [] });
    expect((await preview({ smartEncoding: true })).json.text).not.toHaveProperty('smartText');
  });

  test('An MMS without a text has no text, encoding or segments.', async () => {
    const media = [{ storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 }];
    const { json } = await preview({ messageType: 'MMS', text: undefined, media });
    expect(json).toMatchObject({ text: null, results: [{ encoding: null, segments: null }] });
  });

  test.each([
    [{ to: [] }, 'INVALID_REQUEST'],
    [{ sendFrom: 'num_unknown' }, 'FORBIDDEN'],
    [{ text: '' }, 'INVALID_REQUEST'],
    [{ sendAt: '2020-01-01T00:00:00Z' }, 'INVALID_REQUEST'],
    [{ media: [{ storageKey: 'x', mimeType: 'image/png', byteLength: 1 }], messageType: 'MMS' }, 'INVALID_REQUEST'],
  ])('%j gets the error of a send.', async (body, code) => {
    const { status, json } = await preview(body);
    const sent = await redcloud.send(`preview-${JSON.stringify(body).length}`, body);
    expect([status, json.error]).toEqual([sent.status, sent.json.error]);
    expect(json.error.code).toBe(code);
  });
});

const recipient = fc.oneof(
  fc.integer({ min: 0, max: 9_999 }).map((n) => `+1555${String(4_000_000 + n)}`),
  fc.integer({ min: 0, max: 9_999 }).map((n) => `+44770090${String(n).padStart(4, '0')}`),
  fc.string({ maxLength: 12 }).filter((text) => !/[\0\ud800-\udfff]/.test(text)),
);
const request = fc.record(
  {
    to: fc.array(recipient, { minLength: 1, maxLength: 20 }),
    text: fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }).filter((text) => text.isWellFormed()),
    smartEncoding: fc.boolean(),
    respectQuietHours: fc.boolean(),
    maxPerMinute: fc.integer({ min: 1, max: 1_000 }),
    priority: fc.constantFrom('HIGH', 'NORMAL', 'BULK'),
  },
  { requiredKeys: ['to', 'text'] },
);

test('Any preview agrees with the following send.', { timeout: 120_000 }, async () => {
  let keys = 0;
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      const { status, json } = await preview(body);
      keys += 1;
      const sent = await redcloud.send(`agrees-${keys}`, body);
      if (sent.status !== 202) {
        expect([status, json.error]).toEqual([sent.status, sent.json.error]);
        return;
      }
      const recipients = (answer: { results: { to: string }[] }) => answer.results.map(({ to }) => to);
      expect(recipients(json)).toEqual(recipients(sent.json));
      expect(json.errors).toEqual(sent.json.errors);
      for (const [n, { messageId }] of sent.json.results.slice(0, 2).entries()) {
        const message = (await redcloud.call(`/api/core/messages/${messageId}`)).json;
        expect(json.results[n]).toMatchObject({ encoding: message.encoding, segments: message.segments });
        expect(Math.abs(releaseOf(message) - Date.parse(json.results[n].estimatedSendAt))).toBeLessThan(5_000);
      }
    }),
    { numRuns: sized(40) },
  );
});

/** Each message without `expiresAt` expires 24 hours after the time from which it may be sent. */
function releaseOf({ expiresAt }: { expiresAt: string }): number {
  return Date.parse(expiresAt) - 86_400_000;
}
