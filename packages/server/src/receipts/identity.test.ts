import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testStore } from '../../test/support/store.ts';
import { type Candidate, choose, fold, keysOf, LEVEL } from './identity.ts';

/** Notations in which carriers write one number. */
const WRITTEN: Record<string, (n: bigint) => string> = {
  decimal: (n) => n.toString(),
  decimal8: (n) => n.toString().padStart(8, '0'),
  decimal10: (n) => n.toString().padStart(10, '0'),
  decimal24: (n) => n.toString().padStart(24, '0'),
  hex: (n) => n.toString(16),
  HEX: (n) => n.toString(16).toUpperCase(),
  hex8: (n) => n.toString(16).padStart(8, '0'),
  HEX8: (n) => n.toString(16).toUpperCase().padStart(8, '0'),
  '0xhex': (n) => `0x${n.toString(16)}`,
  '0XHEX8': (n) => `0X${n.toString(16).toUpperCase().padStart(8, '0')}`,
};
const NAMES = Object.keys(WRITTEN);
const PAIRS = NAMES.flatMap((response) => NAMES.map((receipt): [string, string] => [response, receipt]));
const numbers = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const write = (how: string, n: bigint) => WRITTEN[how]?.(n) as string;
const ids = fc.oneof(fc.string({ unit: 'binary', maxLength: 70 }), fc.stringMatching(/^[0-9a-fA-F]{1,45}$/), fc.uuid());

describe('Canonical forms of an id', () => {
  test.each(PAIRS)('The form of a response in %s is among the forms of a receipt in %s.', (response, receipt) => {
    fc.assert(
      fc.property(numbers, (n) => {
        expect(keysOf(write(receipt, n)).map(({ key }) => key)).toContain(fold(write(response, n)));
      }),
    );
  });

  test('The search by canonical forms is symmetric.', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const leadsTo = (from: string, to: string) => keysOf(from).some(({ key }) => key === fold(to));
        expect(leadsTo(a, b)).toBe(leadsTo(b, a));
      }),
    );
  });

  test('Each form occurs once and is its own canonical form, and the first one is the folded id.', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const keys = keysOf(id).map(({ key }) => key);
        expect(keys[0]).toBe(fold(id));
        expect(new Set(keys).size).toBe(keys.length);
        for (const key of keys) expect(fold(key)).toBe(key);
      }),
    );
  });

  test('Distinct numbers in one notation have distinct canonical forms.', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom(...NAMES), (a, b, how) => {
        fc.pre(a !== b);
        expect(fold(write(how, a))).not.toBe(fold(write(how, b)));
      }),
    );
  });

  test('The canonical form of an id is the same in TypeScript and in the database.', async () => {
    const store = await testStore();
    const db = await store.open();
    const storable = ids.filter((id) => !id.includes('\0') && id.isWellFormed());
    const sample = [
      ...fc.sample(storable, 500),
      '0',
      '000',
      '0x',
      '0x0',
      '00x1',
      '0 7',
      ' 0A ',
      '0x00Ff',
      'ÄÖ',
      '',
      '0\n1',
    ];
    const rows = await db.query<{ key: string }>(
      'select carrier_ref_key(ref) as key from unnest($1::text[]) with ordinality as given (ref, n) order by n',
      [sample],
    );
    expect(rows.map(({ key }) => key)).toEqual(sample.map(fold));
    await db.close();
    await store.drop();
  });

  test('The canonical form of a UUID keeps every digit except leading zeros.', () => {
    expect(fold('0A1B2C3D-0000-4000-8000-00000000000F')).toBe('a1b2c3d-0000-4000-8000-00000000000f');
  });
});

describe('Choice between candidates', () => {
  const candidate = (messageId: string, fields: Partial<Candidate> = {}): Candidate => ({
    ...{
      level: LEVEL.exact,
      messageId,
      part: 1,
      carrierRef: 'x',
      isFinal: false,
      submittedAt: new Date(0),
      ...{ state: 'SENT' as const, attempt: 1, segmentCarrier: 'acme', endedAttempt: null },
    },
    ...fields,
  });

  test('Without a candidate there is no match.', () => {
    expect(choose([])).toBeUndefined();
  });

  test('Only the most certain level counts.', () => {
    const found = [candidate('b', { level: LEVEL.number }), candidate('a', { level: LEVEL.folded })];
    expect(choose(found)).toMatchObject({ messageId: 'a' });
  });

  test('All segments of one message match.', () => {
    expect(choose([candidate('a', { part: 2 }), candidate('a')])).toMatchObject({ messageId: 'a', parts: [1, 2] });
  });

  test('Two messages at an uncertain level never match, even if one of them is finished.', () => {
    const isUncertain = fc.constantFrom(LEVEL.folded, LEVEL.number);
    fc.assert(
      fc.property(isUncertain, fc.boolean(), fc.boolean(), (level, one, other) => {
        expect(
          choose([candidate('a', { level, isFinal: one }), candidate('b', { level, isFinal: other })]),
        ).toBeUndefined();
      }),
    );
  });

  test('If two messages have exactly the id, the open message matches, or else the later finished one.', () => {
    const [early, late] = [new Date(1), new Date(2)];
    expect(choose([candidate('a', { isFinal: true }), candidate('b')])?.messageId).toBe('b');
    expect(choose([candidate('a'), candidate('b')])).toBeUndefined();
    const finished = [
      candidate('late', { isFinal: true, submittedAt: late }),
      candidate('early', { isFinal: true, submittedAt: early }),
    ];
    expect(choose(finished)?.messageId).toBe('late');
  });
});
