import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { route, routedMessage, routingTable } from '../../test/support/routing.ts';
import { choose } from './choose.ts';
import { planRoute } from './route.ts';

const COUNT = 10_000;

/** Random numbers of a fixed seed. */
const RANDOM = fc.sample(fc.noBias(fc.integer({ min: 10_000_000, max: 9_999_999_999 })), { numRuns: COUNT, seed: 7 });

const pad = (n: number) => String(n).padStart(4, '0');

/** 10,000 recipients each. */
const RECIPIENTS: Readonly<Record<string, readonly string[]>> = {
  'sequential numbers': Array.from({ length: COUNT }, (_, n) => `+1415555${pad(n)}`),
  'random numbers': RANDOM.map((n) => `+1${n}`),
  'numbers that differ only in the first digits': Array.from({ length: COUNT }, (_, n) => `+1${pad(n)}5550100`),
  'numbers that differ only in the middle': Array.from({ length: COUNT }, (_, n) => `+1415${pad(n)}100`),
  'numbers at intervals of 1,000': Array.from({ length: COUNT }, (_, n) => `+1${2_000_000_000 + n * 1_000}`),
};
const NAMES = Object.keys(RECIPIENTS);

/** Largest accepted difference of a share, which is a fraction. */
const TOLERANCE = 0.02;

interface Chosen {
  /** Carriers of the recipients, in their order. */
  of: readonly string[];
  share(carrier: string): number;
}

/** @param down carriers that accept nothing. @param disabled carriers that no route may use. */
function chosen(carriers: string, recipients: readonly string[], down: string[] = [], disabled: string[] = []): Chosen {
  const table = routingTable([route('r', carriers)], 'sim', disabled);
  const problemOf = (carrier: string) => (down.includes(carrier) ? `${carrier} is down` : undefined);
  const of = recipients.map((to) => choose(planRoute(table, routedMessage({ to })), problemOf)?.carrier ?? 'none');
  return { of, share: (carrier) => of.filter((one) => one === carrier).length / of.length };
}

const recipientsOf = (name: string): readonly string[] => RECIPIENTS[name] ?? [];

describe('Shares of carriers by weight', () => {
  const weights: [carriers: string, shares: Record<string, number>][] = [
    ['a=3 b', { a: 0.75, b: 0.25 }],
    ['b a=3', { a: 0.75, b: 0.25 }],
    ['a b c', { a: 1 / 3, b: 1 / 3, c: 1 / 3 }],
    ['a=98 b=2', { a: 0.98, b: 0.02 }],
    ['a=0.5 b=0.5', { a: 0.5, b: 0.5 }],
    ['a=0.1 b=0.2 c=0.7', { a: 0.1, b: 0.2, c: 0.7 }],
    ['twilio=5 telnyx=3 band=2', { twilio: 0.5, telnyx: 0.3, band: 0.2 }],
    ['a=1000000 b=1', { a: 1, b: 0 }],
    ['a b c sim acme smpp', { a: 1 / 6, b: 1 / 6, c: 1 / 6, sim: 1 / 6, acme: 1 / 6, smpp: 1 / 6 }],
  ];
  test.each(weights.flatMap(([carriers, shares]) => NAMES.map((name) => [carriers, name, shares] as const)))(
    'Carriers with the weights "%s" have their shares of 10,000 %s.',
    (carriers, name, shares) => {
      const { share } = chosen(carriers, recipientsOf(name));
      for (const [carrier, expected] of Object.entries(shares)) {
        expect(Math.abs(share(carrier) - expected), `${carrier}: ${share(carrier)}`).toBeLessThan(TOLERANCE);
      }
    },
  );

  test.each(NAMES)('Lists have 10,000 distinct recipients: %s.', (name) => {
    expect(new Set(recipientsOf(name)).size).toBeGreaterThan(COUNT * 0.999);
    expect(recipientsOf(name)).toHaveLength(COUNT);
  });
});

describe('Recipients of a carrier that is not available', () => {
  const removals = [
    ['down', (name: string) => chosen('a=3 b=2 c', recipientsOf(name), ['a'])],
    ['disabled', (name: string) => chosen('a=3 b=2 c', recipientsOf(name), [], ['a'])],
    ['not in use', (name: string) => chosen('b=2 c', recipientsOf(name))],
  ] as const;
  test.each(removals.flatMap(([why, without]) => NAMES.map((name) => [why, name, without] as const)))(
    'With a carrier that is %s, its recipients move to the others by weight, and no other recipients move: %s.',
    (_, name, without) => {
      const before = chosen('a=3 b=2 c', recipientsOf(name)).of;
      const after = without(name).of;
      const moved = after.filter((_carrier, i) => before[i] === 'a');
      expect(moved.length / COUNT).toBeCloseTo(0.5, 1);
      expect(moved).not.toContain('a');
      expect(Math.abs(moved.filter((carrier) => carrier === 'b').length / moved.length - 2 / 3)).toBeLessThan(
        TOLERANCE,
      );
      expect(after.filter((carrier, i) => before[i] !== 'a' && carrier !== before[i])).toEqual([]);
    },
  );

  test('A higher weight of one carrier moves recipients to this carrier only.', () => {
    const recipients = recipientsOf('sequential numbers');
    const before = chosen('a b c', recipients).of;
    const after = chosen('a=2 b c', recipients).of;
    const moved = after.filter((carrier, i) => carrier !== before[i]);
    expect(new Set(moved)).toEqual(new Set(['a']));
    expect(Math.abs(moved.length / COUNT - (1 / 2 - 1 / 3))).toBeLessThan(TOLERANCE);
  });

  test('All recipients use the failover if no carrier of use is available.', () => {
    expect(chosen('a=3 b > c', recipientsOf('random numbers'), ['a', 'b']).share('c')).toBe(1);
  });
});
