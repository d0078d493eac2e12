import { expect, test } from 'vitest';
import { isPossiblyDuplicated } from './duplicates.ts';

const segment = { part: 1, state: 'DELIVERED', attempt: 2, providerMessageRef: 'a' } as const;
const earlier = (reported: 'SENT' | 'DELIVERED' | 'FAILED' | null, attempt = 1) => ({ part: 1, attempt, reported });
const receipt = (carrierRef: string, fields: object = {}) => ({
  ...{ part: 1, isNamed: true, state: 'DELIVERED', carrierRef },
  ...fields,
});

test.each([
  ['a message with one attempt', [segment], [], [receipt('a'), receipt('a', { state: 'SENT' })], false],
  ['a message whose earlier attempt was not reported', [segment], [earlier(null)], [receipt('a')], false],
  ['a message whose earlier attempt failed', [segment], [earlier('FAILED')], [receipt('a')], false],
  ['a message whose only attempt was unknown and then delivered', [segment], [earlier('DELIVERED', 2)], [], false],
  ['a message whose later attempt failed', [{ ...segment, state: 'FAILED' as const }], [earlier('SENT')], [], false],
  ['a message whose earlier attempt was accepted', [segment], [earlier('SENT')], [], true],
  ['a message with two ids at the carrier', [segment], [], [receipt('a'), receipt('b')], true],
  ['a message whose id has two spellings', [segment], [], [receipt('00A'), receipt('a')], false],
  ['a message with ids of two segments', [segment], [], [receipt('a'), receipt('b', { part: 2 })], false],
  ['a message with a receipt without our reference', [segment], [], [receipt('b', { isNamed: false })], false],
  ['a message with another id than its response', [segment], [], [receipt('b')], true],
])('The possible duplicate is recognised for %s.', (_, parts, attempts, receipts, expected) => {
  expect(isPossiblyDuplicated(parts, attempts, receipts)).toBe(expected);
});
