import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LongMessages } from '../carriers/carrier.ts';
import type { Outgoing } from '../messages/lifecycle/messages.ts';
import { segment } from '../messages/request/segments.ts';
import { partsLeft, splitOf } from './parts.ts';

const message = (text: string | null, parts: number, more: Partial<Outgoing> = {}): Outgoing => ({
  id: 'msg_1',
  apiClientId: 'client',
  numberId: 'num',
  poolId: null,
  from: '+15551234567',
  to: '+15557654321',
  messageType: 'SMS',
  text,
  media: null,
  guarantee: 'AT_MOST_ONCE',
  purpose: null,
  parts,
  status: 'QUEUED',
  createdAt: new Date(),
  expiresAt: new Date(Date.now() + 86_400_000),
  hasExpiry: false,
  quietZone: null,
  ...more,
});

/** Two segments of 153 characters, or three with at most 152. */
const LONG = 'x'.repeat(306);
const lengths = (split: { texts: (string | null)[] }) => split.texts.map((text) => text?.length);

describe('Split of a message before its first submit', () => {
  test.each<[LongMessages | undefined, number[]]>([
    [undefined, [153, 153]],
    [6, [153, 153]],
    [7, [152, 152, 2]],
    ['whole', [306]],
  ])('The message is split as the carrier requires: %s.', (long, expected) => {
    expect(lengths(splitOf(message(LONG, 2), false, { longMessages: long }))).toEqual(expected);
  });

  test('Each submit counts its resulting segments, also when the carrier splits the message.', () => {
    expect(splitOf(message(LONG, 2), false, { longMessages: 'whole' }).segmentsEach).toBe(2);
    expect(splitOf(message(LONG, 2), false, {}).segmentsEach).toBe(1);
  });

  test('The message is split as UCS-2 if the carrier can encode it in no other way.', () => {
    const split = splitOf(message(LONG, 2), false, { wantsUcs2: () => true });
    expect([split.encoding, lengths(split)]).toEqual(['UCS2', [67, 67, 67, 67, 38]]);
  });

  test('An MMS, and a message without a text, is one segment.', () => {
    expect(splitOf(message(LONG, 1, { messageType: 'MMS' }), false, {})).toMatchObject({
      texts: [LONG],
      encoding: null,
    });
    expect(splitOf(message(null, 1, { messageType: 'MMS' }), false, { longMessages: 7 }).texts).toEqual([null]);
  });
});

test('A partly submitted message keeps its number of segments, regardless of the current mode of the carrier.', () => {
  const ways = [6, 7, 'whole'] as const;
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '€', 'ж', '😀'), maxLength: 800, size: 'max' }),
      fc.constantFrom(...ways),
      fc.constantFrom(...ways),
      (text, before, now) => {
        const begun = splitOf(message(text, segment(text).segments.length), false, { longMessages: before });
        const after = splitOf(message(text, begun.texts.length), true, { longMessages: now });
        if (before === now) expect(after).toEqual(begun);
        expect(after.texts.length).toBe(begun.texts.length);
        expect(after.texts.join('')).toBe(text);
      },
    ),
  );
});

test('The remaining segments are those not submitted, and with AT_LEAST_ONCE those with an unknown outcome.', () => {
  const split = splitOf(message(LONG, 2), false, { longMessages: 7 });
  const states = new Map([
    [1, 'SENT' as const],
    [2, 'UNKNOWN' as const],
  ]);
  expect(partsLeft(message(LONG, 3), split, states)).toEqual([3]);
  expect(partsLeft(message(LONG, 3, { guarantee: 'AT_LEAST_ONCE' }), split, states)).toEqual([2, 3]);
});
