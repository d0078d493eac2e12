import { type Coding, gsm7 } from '@redcloud/smpp';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestStore, testStore } from '../../test/support/store.ts';
import type { Db } from '../db/db.ts';
import { addFragment, deleteJoined, type Fragment, joinIncomplete, overdueGroups } from './fragments.ts';

let store: TestStore;
let db: Db;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
beforeEach(() => db.query('truncate inbound_fragments'));
afterAll(async () => {
  await db.close();
  await store.drop();
});

const NOW = Date.UTC(2024, 0, 1);
const KEY = { carrier: 'acme', from: '+15550000009', to: '+15035550111', group: 7 };

const add = async (fragment: Fragment, ms = 0) =>
  (await db.transaction((tx) => addFragment(tx, fragment, new Date(NOW + ms)))).at(0);
const part = (n: number, text: string, parts = 2, more: Partial<Fragment> = {}): Fragment => ({
  ...KEY,
  parts,
  part: n,
  text,
  ...more,
});
const join = (parts = 2) => db.transaction((tx) => joinIncomplete(tx, { ...KEY, parts }));
const rows = () => db.query('select part, joined from inbound_fragments order by part');

describe('Segments of a message', () => {
  test('The last segment completes the text exactly once, regardless of the order and repetitions.', async () => {
    let group = 0;
    const cut = fc.array(fc.string({ unit: fc.constantFrom('a', '\0', 'ж', '\ud83d', '\ude00'), maxLength: 5 }), {
      minLength: 2,
      maxLength: 5,
    });
    const arrival = cut.chain((texts) => {
      const all = texts.map((_, i) => i);
      const again = fc.array(fc.constantFrom(...all), { maxLength: 4 });
      return fc.record({
        texts: fc.constant(texts),
        order: again.chain((more) => fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length })),
      });
    });
    await fc.assert(
      fc.asyncProperty(arrival, async ({ texts, order }) => {
        group += 1;
        const results: (string | undefined)[] = [];
        for (const i of order) results.push(await add(part(i + 1, texts[i] as string, texts.length, { group })));
        const last = order.findIndex((_, at) => new Set(order.slice(0, at + 1)).size === texts.length);
        const expected = order.map((_, at) => (at === last ? texts.join('').toWellFormed() : undefined));
        expect(results).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('Concurrent segments complete the text once.', async () => {
    const fragments = ['a', 'b', 'c', 'd'].map((text, i) => part(i + 1, text, 4));
    const results = await Promise.all([...fragments, ...fragments].map((one) => add(one)));
    expect(results.filter((text) => text !== undefined)).toEqual(['abcd']);
  });

  test('A segment may be empty.', async () => {
    expect(await add(part(2, ''))).toBeUndefined();
    expect(await add(part(1, ''))).toBe('');
  });

  test.each<[string, Partial<Fragment>]>([
    ['carrier', { carrier: 'other' }],
    ['handset', { from: '+15550000008' }],
    ['number', { to: '+15035550112' }],
    ['group', { group: 8 }],
    ['count', { parts: 3 }],
  ])('A segment of another %s belongs to another message.', async (_, more) => {
    expect(await add(part(1, 'one'))).toBeUndefined();
    expect(await add(part(2, 'two', 2, more))).toBeUndefined();
    expect(await add(part(2, 'two'))).toBe('onetwo');
  });

  test('Segments of the next message with the same group number are not joined with the last message.', async () => {
    expect(await add(part(1, 'one '))).toBeUndefined();
    expect(await add(part(2, 'two'))).toBe('one two');
    expect(await add(part(2, 'TWO'))).toBeUndefined();
    expect(await add(part(1, 'ONE '))).toBe('ONE TWO');
  });

  // Regression: an equal segment was taken for a repeat although its message was complete. A handset that reuses a
  // group number may begin with the same words, such as a greeting or signature.
  test('The next message with the same group number is joined, even if it has a segment of the last one.', async () => {
    await add(part(1, 'Dear Sir, '));
    await add(part(2, 'hello'));
    await add(part(1, 'Dear Sir, '), 1_800_000);
    expect(await add(part(2, 'goodbye'), 1_800_000)).toBe('Dear Sir, goodbye');
  });

  // Regression: acknowledged segments that waited were deleted when another text arrived under their group number.
  test('Waiting segments are not lost to the next message with the same group number.', async () => {
    await add(part(1, 'kept? ', 3));
    await add(part(2, 'and this?', 3));
    expect(await add(part(1, 'another', 3))).toBe('kept? and this?');
  });
});

describe('Octets of a message', () => {
  const hex = (octets: string) => Buffer.from(octets, 'hex');
  const coded = (coding: Coding, octets: string) => ({
    text: 'as decoded alone',
    coded: { coding, octets: hex(octets) },
  });
  const plain = gsm7({ locking: 0, single: 0 });

  test.each<[string, Coding, string[], string]>([
    ['an escape sequence', plain, ['411b', '6542'], 'A€B'],
    ['an escape sequence of a national table', gsm7({ locking: 6, single: 6 }), ['2f1b', '1c'], 'न०'],
    ['a surrogate pair', 'utf-16', ['0041d83d', 'de00'], 'A😀'],
    ['a code unit', 'utf-16', ['004104', '360042'], 'AжB'],
    ['Shift_JIS', 'japanese', ['834a95', '5c8ea6'], 'カ表示'],
    ['KS C 5601', 'ks-c-5601', ['bec8b3', 'e7'], '안녕'],
    ['ISO-2022-JP', 'japanese', ['1b24423441', '3b7a1b2842'], '漢字'],
  ])('Octets are joined before they are decoded, in any order: %s.', async (_, coding, octets, text) => {
    for (const order of [
      [1, 2],
      [2, 1],
    ]) {
      await db.query('truncate inbound_fragments');
      const results: (string | undefined)[] = [];
      for (const n of order) results.push(await add(part(n, '', 2, coded(coding, octets[n - 1] as string))));
      expect(results).toEqual([undefined, text]);
    }
  });

  test('The first segment states the byte order of all.', async () => {
    expect(await add(part(2, '', 2, coded('utf-16', '4200')))).toBeUndefined();
    expect(await add(part(1, '', 2, coded('utf-16le', '4100')))).toBe('AB');
  });

  test('Octets are joined with segments that an earlier version stored as text.', async () => {
    await add(part(1, 'A '));
    expect(await add(part(1, 'A ', 2, { coded: { coding: plain, octets: hex('4120') } }))).toBeUndefined();
    expect(await add(part(2, '', 2, coded(plain, '4200')))).toBe('A B@');
  });

  test('Repeated octets are recognised as a repeat.', async () => {
    await add(part(1, '', 2, coded(plain, '411b')));
    expect(await add(part(1, '', 2, coded(plain, '411b')))).toBeUndefined();
    expect(await add(part(2, '', 2, coded(plain, '65')))).toBe('A€');
    expect(await add(part(2, '', 2, coded(plain, '65')))).toBeUndefined();
  });

  test('The received octets become the message when the other segments do not arrive.', async () => {
    await add(part(1, '', 4, coded(plain, '411b')));
    await add(part(3, '', 4, coded(plain, '65')));
    await add(part(4, '', 4, coded('utf-16', '0436d83d')));
    expect(await join(4)).toBe('Aeж\ufffd');
  });
});

describe('Message with missing segments', () => {
  test('A group is overdue when none of its segments has arrived for the given time.', async () => {
    await add(part(1, 'one', 3));
    await add(part(2, 'two', 3), 60_000);
    await add(part(1, 'a', 2, { group: 9 }), 60_000);
    await add(part(2, 'b', 2, { group: 9 }), 60_000);
    expect(await overdueGroups(db, new Date(NOW + 60_000))).toEqual([]);
    expect(await overdueGroups(db, new Date(NOW + 60_001))).toEqual([{ ...KEY, parts: 3 }]);
  });

  test('The received segments are joined once, in their order.', async () => {
    await add(part(4, 'four', 4));
    await add(part(1, 'one \ud83d', 4));
    const joined = await Promise.all([join(4), join(4)]);
    expect(joined.toSorted()).toEqual(['one \ufffdfour', undefined]);
    expect(await overdueGroups(db, new Date(NOW + 1e9))).toEqual([]);
    expect(await add(part(4, 'four', 4))).toBeUndefined();
    expect(await overdueGroups(db, new Date(NOW + 1e9))).toEqual([]);
  });
});

test('Joined segments are deleted after a while, and waiting segments are not.', async () => {
  await add(part(1, 'one'));
  await add(part(2, 'two'));
  await add(part(1, 'waits', 3));
  expect(await deleteJoined(db, new Date(NOW))).toBe(0);
  expect(await deleteJoined(db, new Date(NOW + 1))).toBe(2);
  expect(await rows()).toEqual([{ part: 1, joined: false }]);
});
