import { describe, expect, test } from 'vitest';
import { choose, type Decision } from './choose.ts';
import type { Basis, RoutePlan } from './route.ts';

const ROUTE: Basis = { kind: 'route', name: 'us' };

/** Plan with the carriers of `use`, then those of `failover`. */
function plan(basis: Basis | undefined, use: readonly string[], failover: readonly string[] = []): RoutePlan {
  return {
    basis,
    candidates: [
      ...use.map((carrier) => ({ carrier, isPrimary: true })),
      ...failover.map((carrier) => ({ carrier, isPrimary: false })),
    ],
  };
}

const TWO = plan(ROUTE, ['a', 'b'], ['c']);
const ALL_UP = () => undefined;

type Problems = Readonly<Record<string, string>>;
const problemOf = (problems: Problems) => (carrier: string) => problems[carrier];

describe('Selection among the candidates', () => {
  const down = (...names: string[]): Problems => Object.fromEntries(names.map((name) => [name, `${name} is down`]));
  test.each<[problems: Problems, refused: string[], expected: Omit<Decision, 'route' | 'isUsual'>]>([
    [{}, [], { carrier: 'a', reason: 'Route us, carrier a', isAvailable: true }],
    [down('b', 'c'), [], { carrier: 'a', reason: 'Route us, carrier a', isAvailable: true }],
    [down('a'), [], { carrier: 'b', reason: 'Route us, carrier b, because a is down', isAvailable: true }],
    [
      down('a', 'b'),
      [],
      { carrier: 'c', reason: 'Route us, failover to c, because a is down and b is down', isAvailable: true },
    ],
    [
      { a: 'a is paused', b: 'b is down: connection refused' },
      [],
      {
        carrier: 'c',
        reason: 'Route us, failover to c, because a is paused and b is down: connection refused',
        isAvailable: true,
      },
    ],
    [
      down('a', 'b', 'c'),
      [],
      {
        carrier: 'a',
        reason: 'Route us, carrier a, which accepts nothing at the moment: a is down',
        isAvailable: false,
      },
    ],
    [{}, ['a'], { carrier: 'b', reason: 'Route us, carrier b, because a has refused the message', isAvailable: true }],
    [
      {},
      ['a', 'b'],
      {
        carrier: 'c',
        reason: 'Route us, failover to c, because a has refused the message and b has refused the message',
        isAvailable: true,
      },
    ],
    [
      down('b'),
      ['a'],
      {
        carrier: 'c',
        reason: 'Route us, failover to c, because a has refused the message and b is down',
        isAvailable: true,
      },
    ],
    [
      down('b', 'c'),
      ['a'],
      {
        carrier: 'b',
        reason: 'Route us, carrier b, which accepts nothing at the moment: b is down',
        isAvailable: false,
      },
    ],
    [
      down('c'),
      ['a', 'b'],
      {
        carrier: 'c',
        reason: 'Route us, failover to c, which accepts nothing at the moment: c is down',
        isAvailable: false,
      },
    ],
    [{}, ['other'], { carrier: 'a', reason: 'Route us, carrier a', isAvailable: true }],
  ])('With the problems %j and the refusals of %j, the decision is %j.', (problems, refused, expected) => {
    expect(choose(TWO, problemOf(problems), new Set(refused))).toMatchObject({ route: 'us', ...expected });
  });

  test('No carrier is selected if all candidates have refused the message.', () => {
    expect(choose(TWO, ALL_UP, new Set(['a', 'b', 'c']))).toBeUndefined();
    expect(choose(TWO, problemOf(down('a')), new Set(['a', 'b', 'c']))).toBeUndefined();
  });

  test('No carrier is selected without candidates.', () => {
    expect(choose(plan(undefined, []), ALL_UP)).toBeUndefined();
    expect(choose(plan(ROUTE, []), ALL_UP)).toBeUndefined();
  });

  test.each<[basis: Basis, available: string, otherwise: string]>([
    [
      { kind: 'number' },
      'Carrier a of the number',
      'Carrier a of the number, which accepts nothing at the moment: a is paused',
    ],
    [{ kind: 'default' }, 'Default carrier a', 'Default carrier a, which accepts nothing at the moment: a is paused'],
  ])('Without a route, the message waits for its only carrier: %j.', (basis, available, otherwise) => {
    const alone = plan(basis, ['a']);
    expect(choose(alone, ALL_UP)).toMatchObject({ carrier: 'a', route: null, reason: available, isAvailable: true });
    expect(choose(alone, problemOf({ a: 'a is paused' }))).toMatchObject({
      carrier: 'a',
      route: null,
      reason: otherwise,
      isAvailable: false,
    });
    expect(choose(alone, ALL_UP, new Set(['a']))).toBeUndefined();
  });
});
