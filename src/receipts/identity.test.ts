import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testStore } from '../../test/support/store.ts';
import { type Candidate, choose, fold, keysOf, LEVEL } from './identity.ts';

/** How carriers write one number. */
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

describe('The canonical forms of an id', () => {
  test.each(PAIRS)('include the response’s, for a response in %s and a receipt in %s', (response, receipt) => {
    fc.assert(
      fc.property(numbers, (n) => {
        expect(keysOf(write(receipt, n)).map(({ key }) => key)).toContain(fold(write(response, n)));
      }),
    );
  });

  test('are found from both sides', () => {
    fc.assert(
      fc.property(ids, ids, (a, b) => {
        const leadsTo = (from: string, to: string) => keysOf(from).some(({ key }) => key === fold(to));
        expect(leadsTo(a, b)).toBe(leadsTo(b, a));
      }),
    );
  });

  test('occur once each, begin with the folded id, and are their own canonical forms', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const keys = keysOf(id).map(({ key }) => key);
        expect(keys[0]).toBe(fold(id));
        expect(new Set(keys).size).toBe(keys.length);
        for (const key of keys) expect(fold(key)).toBe(key);
      }),
    );
  });

  test('of distinct numbers in one notation differ', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom(...NAMES), (a, b, how) => {
        fc.pre(a !== b);
        expect(fold(write(how, a))).not.toBe(fold(write(how, b)));
      }),
    );
  });

  test('of an id are the same in TypeScript and in the database', async () => {
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

  test('of a UUID keep every digit but leading zeros', () => {
    expect(fold('0A1B2C3D-0000-4000-8000-00000000000F')).toBe('a1b2c3d-0000-4000-8000-00000000000f');
  });
});

describe('The choice between candidates', () => {
  const candidate = (messageId: string, fields: Partial<Candidate> = {}): Candidate => ({
    ...{
      level: LEVEL.exact,
      messageId,
      part: 1,
      carrierRef: 'x',
      isFinal: false,
      submittedAt: new Date(0),
    },
    ...fields,
  });

  test('is none without a candidate', () => {
    expect(choose([])).toBeUndefined();
  });

  test('takes the surest level only', () => {
    const found = [candidate('b', { level: LEVEL.number }), candidate('a', { level: LEVEL.folded })];
    expect(choose(found)).toMatchObject({ messageId: 'a' });
  });

  test('takes every segment of one message', () => {
    expect(choose([candidate('a', { part: 2 }), candidate('a')])).toMatchObject({ messageId: 'a', parts: [1, 2] });
  });

  test('never decides between messages at an uncertain level, also when one is finished', () => {
    const isUncertain = fc.constantFrom(LEVEL.folded, LEVEL.number);
    fc.assert(
      fc.property(isUncertain, fc.boolean(), fc.boolean(), (level, one, other) => {
        expect(
          choose([candidate('a', { level, isFinal: one }), candidate('b', { level, isFinal: other })]),
        ).toBeUndefined();
      }),
    );
  });

  test('takes the open one of two messages with exactly the id, and the later one of two finished ones', () => {
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
