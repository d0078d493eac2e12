import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Spelling } from './spelling.ts';

/** How carriers write one number. */
const DISGUISES: Record<string, (n: bigint) => string> = {
  decimal: (n) => n.toString(),
  decimal8: (n) => n.toString().padStart(8, '0'),
  decimal10: (n) => n.toString().padStart(10, '0'),
  hex: (n) => n.toString(16),
  HEX: (n) => n.toString(16).toUpperCase(),
  hex8: (n) => n.toString(16).padStart(8, '0'),
  HEX8: (n) => n.toString(16).toUpperCase().padStart(8, '0'),
};
const NAMES = Object.keys(DISGUISES);
const PAIRS = NAMES.flatMap((answer) => NAMES.map((receipt): [string, string] => [answer, receipt]));
/** DEFECT: these need two changes at once, and no way makes both. */
const MISSED = new Set([
  'hex8 < HEX',
  'HEX8 < hex',
  'decimal8 < hex',
  'decimal8 < HEX',
  'decimal8 < hex8',
  'decimal8 < HEX8',
  'decimal8 < decimal10',
]);
const missed = ([answer, receipt]: [string, string]) => MISSED.has(`${answer} < ${receipt}`);

const NUMBERS = [0xan, 1_000_000n, 1_000_001n, 0xabcdefn, 0xdeadbeefn, 4_000_000_000n, 0xfedcba9876543210n];
const write = (disguise: string, n: bigint) => DISGUISES[disguise]?.(n) as string;

function findsAll(answer: string, receipt: string): void {
  for (const n of NUMBERS) {
    expect(new Spelling().candidates(write(receipt, n)), `${n}`).toContain(write(answer, n));
  }
}

describe('the answer’s spelling is among the candidates', () => {
  test.each(PAIRS.filter((pair) => !missed(pair)))('of %s, when the receipt has %s', findsAll);

  test.each(PAIRS.filter(missed))('of %s, when the receipt has %s', findsAll);
});

const ids = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 70 }),
  fc.stringMatching(/^[0-9]{1,45}$/),
  fc.stringMatching(/^[0-9a-fA-F]{1,45}$/),
  fc.uuid(),
);

describe('the candidates', () => {
  test('begin with the id as it came, as long as nothing is learnt, and each is there once', () => {
    fc.assert(
      fc.property(ids, (id) => {
        const candidates = new Spelling().candidates(id);
        expect(candidates[0]).toBe(id);
        expect(new Set(candidates).size).toBe(candidates.length);
      }),
    );
  });

  test('are each once, and the id among them, whatever was learnt', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, fc.nat(20)), { maxLength: 20 }), ids, (taught, id) => {
        const spelling = new Spelling();
        for (const [one, which] of taught) {
          const candidates = spelling.candidates(one);
          spelling.learn(one, candidates[which % candidates.length] as string);
        }
        const candidates = spelling.candidates(id);
        expect(candidates).toContain(id);
        expect(candidates.toSorted()).toEqual(new Spelling().candidates(id).toSorted());
        expect(new Set(candidates).size).toBe(candidates.length);
      }),
    );
  });

  test('of a word are no numbers: only its case and zeros change', () => {
    const candidates = new Spelling().candidates('7d9F-x');
    expect(candidates[0]).toBe('7d9F-x');
    expect(candidates).toEqual(expect.arrayContaining(['7d9f-x', '7D9F-X', '007d9F-x', '00007d9F-x']));
    expect(new Set(candidates.map((id) => id.toLowerCase().replace(/^0+/, '')))).toEqual(new Set(['7d9f-x']));
  });

  test('of zeros alone keep one', () => {
    expect(new Spelling().candidates('000')).toContain('0');
    expect(new Spelling().candidates('000')).not.toContain('');
  });

  test('of 128 bits are exact, in whichever base', () => {
    const n = (1n << 128n) - 1n;
    expect(new Spelling().candidates(n.toString())).toContain(n.toString(16));
    expect(new Spelling().candidates(n.toString(16))).toContain(n.toString());
  });

  test.each(['9'.repeat(40), 'f'.repeat(40), '0'.repeat(100_000), 'a'.repeat(65_536)])(
    'of a huge id are made without counting in it',
    (id) => {
      const candidates = new Spelling().candidates(id);
      expect(candidates[0]).toBe(id);
      expect(Math.max(...candidates.map(({ length }) => length))).toBe(id.length);
    },
  );
});

describe('a way that led to a part', () => {
  const CROSS = PAIRS.filter(([answer, receipt]) => answer !== receipt && !missed([answer, receipt]));

  test.each(CROSS)('is the first for the next id: %s, when the receipt has %s', (answer, receipt) => {
    const spelling = new Spelling();
    // Of a number on which the disguises differ; one on which they don't teaches nothing.
    spelling.learn(write(receipt, 0xabcden), write(answer, 0xabcden));
    expect(spelling.candidates(write(receipt, 0xabcdfn))[0]).toBe(write(answer, 0xabcdfn));
  });

  test('stays first when another one is right for once, and gives way when that is right more often', () => {
    const spelling = new Spelling();
    const first = () => spelling.candidates('1000001')[0];
    spelling.learn('1000000', 'f4240');
    spelling.learn('1000000', 'f4240');
    spelling.learn('1000000', '1000000');
    expect(first()).toBe('f4241');
    spelling.learn('1000000', '1000000');
    spelling.learn('1000000', '1000000');
    expect(first()).toBe('1000001');
  });

  test('is one of one link', () => {
    new Spelling().learn('1000000', 'f4240');
    expect(new Spelling().candidates('1000001')[0]).toBe('1000001');
  });

  test('is none where the part was found by something else', () => {
    const spelling = new Spelling();
    spelling.learn('1000000', 'something else');
    expect(spelling.candidates('1000001')).toEqual(new Spelling().candidates('1000001'));
  });
});

test('once one way has always been right, the others are not tried: a receipt that overtakes its answer is nobody else’s', () => {
  const spelling = new Spelling();
  for (let n = 1; n <= 20; n += 1) spelling.learn(`${1_000_000 + n}`, (1_000_000 + n).toString(16));
  expect(spelling.candidates('10')).toEqual(['a', '10']);
});
