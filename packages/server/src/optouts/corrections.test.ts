import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { possibleNumbers } from '../../test/support/phone-numbers.ts';
import { isPossible, isValid } from '../platform/phone-numbers.ts';
import { examine, isSuspect } from './corrections.ts';

const US = '+15551234567';

describe('Correction of a stored recipient', () => {
  test.each([
    ['+115550104321', US, '+15550104321'],
    ['+789161234567', US, '+79161234567'],
    ['+366301234567', US, '+36301234567'],
    ['+225712345678', US, '+2250712345678'],
    ['+4407911123456', US, '+447911123456'],
    ['+3331234567', '+390612345000', '+393331234567'],
    ['+015112345678', '+4930123456', '+4915112345678'],
    ['5550104321', US, '+15550104321'],
    ['15550104321', US, '+15550104321'],
    ['0612345678', '+390612345000', '+390612345678'],
  ])('An impossible recipient has one correction: %s, to %s, is %s.', (recipient, own, correction) => {
    expect(examine(recipient, own)).toEqual({ fault: 'IMPOSSIBLE', corrections: [correction] });
  });

  test.each([
    ['+39612345678', '+390612345678'],
    ['+39393331234567', '+393331234567'],
    ['+49015112345678', '+4915112345678'],
    ['+43436641234567', '+436641234567'],
  ])('A possible recipient is doubtful if only its correction is assigned: %s is %s.', (recipient, correction) => {
    expect(examine(recipient, undefined)).toEqual({ fault: 'DOUBTFUL', corrections: [correction] });
  });

  test.each([
    ['+15550104', US],
    ['+1115550104321', US],
    ['+5215512345678', '+525512345678'],
    ['+99912345678', US],
    ['5550104321', undefined],
    ['0612345678', US],
  ])('An impossible recipient has no correction if none is plausible: %s.', (recipient, own) => {
    expect(examine(recipient, own)).toEqual({ fault: 'IMPOSSIBLE', corrections: [] });
  });

  test.each(['+15550104321', '+390612345678', '+393331234567', '+4915112345678', '12345', '12345678', 'RedBank', ''])(
    'A recipient that may be right, a short code or a name is not examined: %s.',
    (recipient) => {
      expect(examine(recipient, US)).toBeUndefined();
    },
  );

  test('A recipient is corrected only to another possible number, and a correction is not corrected again.', () => {
    const digits = fc.stringMatching(/^\+?[0-9]{7,16}$/);
    fc.assert(
      fc.property(
        fc.oneof(
          digits,
          possibleNumbers.map(({ e164 }) => e164),
        ),
        (recipient) => {
          for (const correction of examine(recipient, US)?.corrections ?? []) {
            expect(isPossible(correction)).toBe(true);
            expect(examine(correction, US)?.fault).not.toBe('IMPOSSIBLE');
          }
          if (!isSuspect(recipient)) expect(examine(recipient, US)).toBeUndefined();
        },
      ),
    );
  });

  test('A recipient that version 0.1 read wrongly is corrected to the intended number.', () => {
    /** Reads numbers of national type like version 0.1. */
    const readByOldVersion = (digits: string, callingCode: string) => `+${callingCode}${digits.replace(/^0/, '')}`;
    fc.assert(
      fc.property(possibleNumbers, ({ e164, callingCode, national, dialled }) => {
        fc.pre(isValid(e164));
        for (const sent of [national, dialled, `${callingCode}${national}`]) {
          const { corrections = [] } = examine(readByOldVersion(sent, callingCode), undefined) ?? {};
          if (corrections.length === 1) expect(corrections).toEqual([e164]);
        }
      }),
    );
  });
});
