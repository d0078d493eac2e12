import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { References } from './references.ts';

const references = new References(Buffer.alloc(32, 1));
const REFERENCE = 'msg_01M8N8Y753KTAM9NBEGJJB9X7A/1';
const SUBMIT = { reference: REFERENCE, attempt: 2 };

/** All strings that differ from `text` in one bit. */
function flipped(text: string): string[] {
  const bytes = Buffer.from(text, 'latin1');
  return Array.from({ length: bytes.length * 8 }, (_, bit) => {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return changed.toString('latin1');
  });
}

describe('References in callbacks', () => {
  test('A signed reference is valid for its carrier only.', () => {
    const signed = references.sign('us', SUBMIT);
    expect(signed).toMatch(`${REFERENCE}/2.`);
    expect(references.verify('us', signed)).toEqual(SUBMIT);
    for (const carrier of ['', 'US', 'us2', 'u']) expect(references.verify(carrier, signed)).toBeUndefined();
    expect(new References(Buffer.alloc(32, 2)).verify('us', signed)).toBeUndefined();
  });

  test('Every change of one bit is invalid.', () => {
    const changed = flipped(references.sign('us', SUBMIT));
    expect(changed).toHaveLength(8 * (REFERENCE.length + 2 + 1 + 24));
    expect(changed.filter((signed) => references.verify('us', signed) !== undefined)).toEqual([]);
  });

  test('A reference of an earlier version names no attempt, and is valid.', () => {
    const submit = { reference: REFERENCE, attempt: null };
    expect(references.verify('us', references.sign('us', submit))).toEqual(submit);
  });

  test('Any reference of any carrier is valid, and each change of its length is not.', () => {
    const name = fc.record({
      reference: fc.stringMatching(/^msg_[0-9A-Z]{1,26}\/[1-9]\d{0,2}$/),
      attempt: fc.integer({ min: 1, max: 999_999_999 }),
    });
    fc.assert(
      fc.property(name, fc.stringMatching(/^[a-z0-9_-]{1,32}$/), (submit, carrier) => {
        const signed = references.sign(carrier, submit);
        expect(references.verify(carrier, signed)).toEqual(submit);
        for (const other of [signed.slice(1), signed.slice(0, -1), `${signed}0`, ` ${signed}`, submit.reference, '']) {
          expect(references.verify(carrier, other)).toBeUndefined();
        }
      }),
    );
  });
});
