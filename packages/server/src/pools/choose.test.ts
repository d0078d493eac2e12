import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Candidate, chooseMember } from './choose.ts';

const member = (e164: string, more: Partial<Candidate> = {}): Candidate => ({
  numberId: `num_${e164.slice(1)}`,
  e164,
  waiting: 0,
  isBlocked: false,
  ...more,
});
const idOf = (e164: string) => `num_${e164.slice(1)}`;

const NEW_YORK = '+12125550001';
const SEATTLE = '+12065550001';
const OSLO = '+4722334455';
const PARIS = '+33123456789';

describe('Choice of a member', () => {
  test.each([
    [
      'the number used last, although another one has the area code',
      '+12125551000',
      SEATTLE,
      [NEW_YORK, SEATTLE],
      SEATTLE,
    ],
    ['a number with the same area code', '+12125551000', undefined, [SEATTLE, OSLO, NEW_YORK], NEW_YORK],
    ['a number of the same country code', '+4799887766', undefined, [SEATTLE, OSLO, PARIS], OSLO],
    ['a number of country code 1 for another area code', '+13055551000', undefined, [OSLO, SEATTLE], SEATTLE],
    ['any number for another country', '+498912345678', undefined, [OSLO], OSLO],
    ['another number instead of one that has left', '+12125551000', '+19995550000', [NEW_YORK], NEW_YORK],
  ])('The choice is %s.', (_, recipient, sticky, members, expected) => {
    const chosen = chooseMember(
      recipient,
      sticky && idOf(sticky),
      members.map((e164) => member(e164)),
    );
    expect(chosen?.e164).toBe(expected);
  });

  test('Among numbers of one area code, the one with the fewest waiting messages is chosen.', () => {
    const busy = [
      member(NEW_YORK, { waiting: 7 }),
      member('+12125550002', { waiting: 2 }),
      member('+12125550003', { waiting: 5 }),
      member(SEATTLE),
    ];
    expect(chooseMember('+12125551000', undefined, busy)?.e164).toBe('+12125550002');
  });

  test('A blocked number is chosen only if all are blocked, and then the number used last stays.', () => {
    const blocked = member(NEW_YORK, { isBlocked: true });
    const sticky = idOf(NEW_YORK);
    expect(chooseMember('+12125551000', sticky, [blocked, member(OSLO)])?.e164).toBe(OSLO);
    expect(chooseMember('+12125551000', sticky, [blocked, member(SEATTLE, { isBlocked: true })])?.e164).toBe(NEW_YORK);
    expect(chooseMember('+12125551000', undefined, [])).toBeUndefined();
  });

  test('New recipients are spread over numbers with equal backlogs.', () => {
    const members = ['1', '2', '3', '4'].map((digit) => member(`+1212555000${digit}`));
    const counts = new Map<string | undefined, number>();
    for (let n = 0; n < 4_000; n += 1) {
      const chosen = chooseMember(`+1212${5_560_000 + n}`, undefined, members)?.numberId;
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1);
    }
    expect([...counts.keys()]).toHaveLength(4);
    for (const count of counts.values()) expect(count).toBeGreaterThan(800);
  });
});

const e164 = fc
  .tuple(fc.constantFrom('+1212555', '+1206555', '+472233', '+3312345', '+49891'), fc.integer({ min: 1000, max: 9999 }))
  .map(([prefix, rest]) => `${prefix}${rest}`);
const candidates = fc.uniqueArray(
  fc
    .record({ e164, waiting: fc.nat({ max: 3 }), isBlocked: fc.boolean() })
    .map(({ e164: address, ...more }) => member(address, more)),
  { maxLength: 8, selector: ({ numberId }) => numberId },
);

describe('For any pool', () => {
  test('Equal members give an equal choice in any order, and the choice is one of them.', () => {
    fc.assert(
      fc.property(candidates, e164, fc.option(e164, { nil: undefined }), fc.nat(), (all, recipient, last, shift) => {
        const sticky = last && idOf(last);
        const chosen = chooseMember(recipient, sticky, all);
        const at = all.length === 0 ? 0 : shift % all.length;
        const other = chooseMember(recipient, sticky, [...all.slice(at), ...all.slice(0, at)].toReversed());
        expect(other).toEqual(chosen);
        if (all.length === 0) expect(chosen).toBeUndefined();
        else expect(all).toContain(chosen);
      }),
    );
  });

  test('A number that is not blocked is preferred to a blocked one, and the number used last to any other.', () => {
    fc.assert(
      fc.property(candidates, e164, fc.nat(), (all, recipient, nth) => {
        fc.pre(all.length > 0);
        const sticky = all[nth % all.length] as Candidate;
        const chosen = chooseMember(recipient, sticky.numberId, all);
        const isAnyOpen = all.some(({ isBlocked }) => !isBlocked);
        expect(chosen?.isBlocked).toBe(!isAnyOpen);
        if (!sticky.isBlocked || !isAnyOpen) expect(chosen).toBe(sticky);
      }),
    );
  });
});
