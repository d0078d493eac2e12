import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupOf, joined, placed, readUserData } from './user-data.ts';

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const place = fc
  .integer({ min: 2, max: 255 })
  .chain((parts) => fc.integer({ min: 1, max: parts }).map((part) => ({ parts, part })));
const group = fc.integer({ min: 0, max: 0xffff });

const UDHI = 0x40;
const user = (header: number[], text = 'text') =>
  readUserData(UDHI, Buffer.concat([Buffer.of(header.length, ...header), Buffer.from(text)]));

describe('Segment with its place', () => {
  test.each([
    ['udh8', 0xff, 6],
    ['udh16', 0xffff, 7],
  ] as const)('A place by %s is read back with the same bytes.', (how, mask, size) => {
    fc.assert(
      fc.property(bytes, place, group, (text, { part, parts }, number) => {
        const { esmClass, bytes: whole, tlvs } = joined(text, { part, parts }, number, how);
        expect([whole.length - text.length, tlvs]).toEqual([size, {}]);
        expect(readUserData(esmClass, whole)).toEqual({ fragment: { group: number & mask, parts, part }, bytes: text });
      }),
    );
  });

  test('A place by sar leaves the bytes unchanged and is read back from its parameters.', () => {
    fc.assert(
      fc.property(bytes, place, group, (text, { part, parts }, number) => {
        const { esmClass, bytes: whole, tlvs } = joined(text, { part, parts }, number, 'sar');
        expect([esmClass, whole]).toEqual([0, text]);
        const { sar_msg_ref_num, sar_total_segments, sar_segment_seqnum } = tlvs;
        expect(placed(sar_msg_ref_num, sar_total_segments, sar_segment_seqnum)).toEqual({ group: number, parts, part });
      }),
    );
  });

  test.each(['udh8', 'udh16', 'sar'] as const)('The only segment of a message has no place by %s.', (how) => {
    const text = Buffer.from('text');
    expect(joined(text, { part: 1, parts: 1 }, 7, how)).toEqual({ esmClass: 0, bytes: text, tlvs: {} });
  });

  test('A segment has the header of TS 23.040, byte for byte.', () => {
    const header = (how: 'udh8' | 'udh16') => [...joined(Buffer.alloc(0), { part: 2, parts: 3 }, 0xabcd, how).bytes];
    expect(header('udh8')).toEqual([5, 0, 3, 0xcd, 3, 2]);
    expect(header('udh16')).toEqual([6, 8, 4, 0xab, 0xcd, 3, 2]);
  });
});

describe('User data header', () => {
  const text = Buffer.from('text');

  test('A header is read only if esm_class announces one.', () => {
    const whole = Buffer.from([5, 0, 3, 1, 2, 1, 0x41]);
    for (const esmClass of [0, 0x04, 0x3f, 0x80]) {
      expect(readUserData(esmClass, whole)).toEqual({ fragment: undefined, bytes: whole });
    }
    for (const esmClass of [0x40, 0x43, 0xc0]) expect(readUserData(esmClass, whole).bytes).toEqual(Buffer.from('A'));
  });

  test.each<[string, number[], object]>([
    ['alone', [0, 3, 7, 2, 1], { group: 7, parts: 2, part: 1 }],
    ['behind ports', [5, 4, 0x0b, 0x84, 0x23, 0xf0, 0, 3, 7, 2, 2], { group: 7, parts: 2, part: 2 }],
    ['before a language shift', [8, 4, 1, 0, 2, 1, 0x24, 1, 1], { group: 0x100, parts: 2, part: 1 }],
    ['behind an empty element', [0x70, 0, 0, 3, 7, 2, 1], { group: 7, parts: 2, part: 1 }],
  ])('A place is read from a header: %s.', (_, header, fragment) => {
    expect(user(header)).toMatchObject({ fragment, bytes: text });
  });

  test.each<[string, number[], object | undefined]>([
    ['single', [0x24, 1, 6], { locking: 0, single: 6 }],
    ['locking', [0x25, 1, 13], { locking: 13, single: 0 }],
    ['both, and a place', [0x25, 1, 3, 0, 3, 7, 2, 1, 0x24, 1, 1], { locking: 3, single: 1 }],
    ['the last of several', [0x24, 1, 1, 0x24, 1, 2], { locking: 0, single: 2 }],
    ['none', [0, 3, 7, 2, 1], undefined],
    ['one without a language', [0x24, 0], undefined],
    ['one of two octets', [0x24, 2, 1, 2], undefined],
    ['one that is cut', [0x25, 1], undefined],
  ])('National language tables are read from a header: %s.', (_, header, shift) => {
    expect(user(header)).toMatchObject({ shift, bytes: text });
  });

  test.each<[string, number[]]>([
    ['it has none', [0x24, 1, 1]],
    ['it is empty', []],
    ['the element is too short', [0, 2, 7, 2]],
    ['the element is too long', [0, 4, 7, 2, 1, 0]],
    ['the element goes beyond the header', [0, 3, 7, 2]],
    ['half an element is left', [0x24, 1, 1, 0]],
    ['part 0 of 2', [0, 3, 7, 2, 0]],
    ['part 3 of 2', [0, 3, 7, 2, 3]],
    ['part 1 of 1', [0, 3, 7, 1, 1]],
    ['part 1 of 0', [0, 3, 7, 0, 1]],
  ])('A header without a valid place is removed, and the message is whole: %s.', (_, header) => {
    expect(user(header)).toMatchObject({ fragment: undefined, bytes: text });
  });

  test.each<[string, number[]]>([
    ['nothing', []],
    ['longer than all', [5, 0, 3, 7, 2]],
    ['text', [...Buffer.from('Hello')]],
  ])('An invalid header is text: %s.', (_, all) => {
    expect(readUserData(UDHI, Buffer.from(all))).toEqual({ fragment: undefined, bytes: Buffer.from(all) });
  });

  test('Any header is read without an error, and the text is the end of its bytes.', () => {
    fc.assert(
      fc.property(fc.nat(255), bytes, (esmClass, all) => {
        const { bytes: rest, fragment } = readUserData(esmClass, all);
        expect(all.subarray(all.length - rest.length)).toEqual(rest);
        if (fragment) expect(placed(fragment.group, fragment.parts, fragment.part)).toEqual(fragment);
      }),
    );
  });
});

test.each([
  [undefined, undefined, undefined, undefined],
  [7, 2, undefined, undefined],
  [7, undefined, 1, undefined],
  [undefined, 2, 1, { group: 0, parts: 2, part: 1 }],
  [7, 1, 1, undefined],
  [7, 2, 0, undefined],
  [7, 2, 3, undefined],
  [7, 255, 255, { group: 7, parts: 255, part: 255 }],
] as const)('Group %s with %s segments and segment %s is placed as %o.', (number, parts, part, expected) => {
  expect(placed(number, parts, part)).toEqual(expected);
});

describe('groupOf', () => {
  test('All segments of a message have the same group number of 16 bits at any time.', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(255), (id, part) => {
        const message = id.replaceAll('/', '');
        expect(groupOf(`${message}/${part}`)).toBe(groupOf(`${message}/1`));
        expect(groupOf(message)).toBeLessThanOrEqual(0xffff);
      }),
    );
  });

  test('Group numbers differ from message to message, even in their last 8 bits.', () => {
    const groups = Array.from({ length: 2_000 }, (_, i) => groupOf(`msg_${i}/1`));
    expect(new Set(groups).size).toBeGreaterThan(1_900);
    expect(new Set(groups.map((number) => number & 0xff)).size).toBe(256);
  });
});
