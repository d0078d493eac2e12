import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARRIER_NAMES, routedMessage, routingTable } from '../../test/support/routing.ts';
import { sized } from '../../test/support/thorough.ts';
import type { RouteSettings } from '../carriers/route-settings.ts';
import { choose } from './choose.ts';
import { planRoute } from './route.ts';
import { Router } from './router.ts';
import type { RoutedMessage, RoutingTable } from './table.ts';

const ALL_UP = { problemOf: () => undefined, isTestDue: () => false, now: () => 0 };

const RUNS = { numRuns: sized(4_000) };

const prefixes = ['+1', '+1415', '+44', '+4', '+49'];
const recipients = ['+14155550100', '+12125550100', '+447700900123', '+4915112345678', '+33612345678'];
const some = (...values: string[]) => fc.subarray(values, { minLength: 1 });
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const match = fc
  .record({
    to: optional(some(...prefixes)),
    from: optional(some('num_1', 'num_2', 'pool_1', '12345')),
    messageType: optional(fc.constantFrom('SMS' as const, 'MMS' as const)),
    apiClientId: optional(some('client_1', 'client_2')),
    campaign: optional(some('C1', 'C2')),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

/** Names of carriers, one of which is not configured. */
const carrierName = fc.constantFrom(...CARRIER_NAMES, 'gone');

const routes = fc.array(
  fc.record({
    match,
    use: fc.uniqueArray(fc.record({ carrier: carrierName, weight: fc.constantFrom(0.001, 0.5, 1, 3, 98, 1_000_000) }), {
      minLength: 1,
      maxLength: 5,
      selector: ({ carrier }) => carrier,
    }),
    failover: fc.uniqueArray(carrierName, { maxLength: 4 }),
  }),
  { maxLength: 6 },
);

const table: fc.Arbitrary<RoutingTable> = fc
  .tuple(routes, carrierName, fc.subarray([...CARRIER_NAMES], { maxLength: 4 }))
  .map(([all, usual, disabled]) =>
    routingTable(
      all.map((one, i) => ({ name: `r${i}`, ...one })),
      usual,
      disabled,
    ),
  );

const message: fc.Arbitrary<RoutedMessage> = fc
  .record({
    to: fc.constantFrom(...recipients),
    numberId: fc.constantFrom('num_1', 'num_3'),
    poolId: fc.constantFrom(null, 'pool_1', 'pool_2'),
    from: fc.constantFrom('+15550000001', '12345'),
    sender: fc.constantFrom('LONG_CODE' as const, 'TOLL_FREE' as const, 'SHORT_CODE' as const, 'ALPHANUMERIC' as const),
    messageType: fc.constantFrom('SMS' as const, 'MMS' as const),
    characters: fc.constantFrom(0, 160, 161, 1_530, 1_531, 1_601, 2_049),
    apiClientId: fc.constantFrom('client_1', 'client_3'),
    campaign: fc.constantFrom(null, 'C1', 'C3'),
    carrier: fc.option(carrierName, { nil: null }),
    carriers: fc.option(fc.subarray([...CARRIER_NAMES]), { nil: null }),
  })
  .map(routedMessage);

/** Whether a carrier may carry the message, without regard to routes. */
function isPossible({ carriers }: RoutingTable, name: string, one: RoutedMessage): boolean {
  const carrier = carriers.get(name);
  if (!carrier || carrier.isDisabled || carrier.obstacle(one) !== undefined) return false;
  return one.carriers === null || one.carriers.includes(name);
}

const namesOf = ({ use, failover }: RouteSettings) => [...use.map(({ carrier }) => carrier), ...failover];

describe('Plans of any routes and messages', () => {
  test('Equal input gives an equal plan, and explanations do not change the plan.', () => {
    fc.assert(
      fc.property(table, message, (one, given) => {
        const plan = planRoute(one, given);
        expect(planRoute(structuredCloneOf(one), { ...given })).toEqual(plan);
        expect(planRoute(one, given, [])).toEqual(plan);
      }),
      RUNS,
    );
  });

  test('Candidates are unique carriers of the selected route, and each can carry the message.', () => {
    fc.assert(
      fc.property(table, message, (one, given) => {
        const { basis, candidates } = planRoute(one, given);
        const names = candidates.map(({ carrier }) => carrier);
        expect(new Set(names).size).toBe(names.length);
        expect(names.filter((name) => !isPossible(one, name, given))).toEqual([]);
        expect(basis === undefined).toBe(names.length === 0);
        if (basis?.kind === 'number') expect(names).toEqual([given.carrier]);
        if (basis?.kind === 'default') expect(names).toEqual([one.default]);
        if (basis?.kind !== 'route') return;
        const selected = one.routes.find(({ name }) => name === basis.name) as RouteSettings;
        // No possible carrier of the route is missing.
        const expected = namesOf(selected).filter((name) => isPossible(one, name, given));
        expect(names.toSorted()).toEqual([...new Set(expected)].toSorted());
      }),
      RUNS,
    );
  });

  test('Carriers of use precede those of failover, which keep their order.', () => {
    fc.assert(
      fc.property(table, message, (one, given) => {
        const { basis, candidates } = planRoute(one, given);
        if (basis?.kind !== 'route') return;
        const { use, failover } = one.routes.find(({ name }) => name === basis.name) as RouteSettings;
        const inUse = new Set(use.map(({ carrier }) => carrier));
        expect(candidates.map(({ isPrimary }) => isPrimary)).toEqual(
          candidates.map(({ isPrimary }) => isPrimary).toSorted((a, b) => Number(b) - Number(a)),
        );
        for (const { carrier, isPrimary } of candidates) expect(isPrimary).toBe(inUse.has(carrier));
        const later = candidates.filter(({ isPrimary }) => !isPrimary).map(({ carrier }) => carrier);
        expect(later).toEqual(failover.filter((name) => later.includes(name)));
      }),
      RUNS,
    );
  });

  test('Every route before the selected one is explained, and every explanation is a sentence.', () => {
    fc.assert(
      fc.property(table, message, (one, given) => {
        const skipped: Parameters<typeof planRoute>[2] & object = [];
        const { basis } = planRoute(one, given, skipped);
        const before = one.routes.findIndex(({ name }) => basis?.kind === 'route' && name === basis.name);
        const rejected = (before < 0 ? one.routes : one.routes.slice(0, before)).map(({ name }) => name);
        const explained = new Set(skipped.map(({ route }) => route));
        for (const name of rejected) expect(explained).toContain(name);
        if (basis === undefined) expect(skipped.at(-1)?.route).toBeUndefined();
        for (const { reason } of skipped) {
          expect(reason).toMatch(/^(The|Carrier) [\x20-\x7e]+[^. ]$/);
          expect(reason).not.toMatch(/undefined|null|NaN|\[object/);
        }
      }),
      RUNS,
    );
  });

  test('A message can leave if and only if a recipient has a route.', () => {
    const router = new Router({ routes: [], default: '', carriers: new Map() }, ALL_UP);
    // One recipient for each prefix, and one for none.
    const reachable = [...prefixes.map((prefix) => prefix.padEnd(12, '0')), '+99900000000'];
    fc.assert(
      fc.property(table, message, (one, given) => {
        const { to: _, ...rest } = given;
        const hasRoute = reachable.some((to) => planRoute(one, { ...rest, to }).basis !== undefined);
        router.use(one);
        expect(router.canLeave(rest)).toBe(hasRoute);
      }),
      RUNS,
    );
  });

  test('The removal of a carrier from use moves only the recipients of this carrier.', () => {
    const recipient = fc.integer({ min: 1_000_000, max: 999_999_999_999_999 }).map((n) => `+${n}`);
    const use = fc.uniqueArray(
      fc.record({ carrier: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/), weight: fc.integer({ min: 1, max: 100 }) }),
      { minLength: 2, maxLength: 8, selector: ({ carrier }) => carrier },
    );
    fc.assert(
      fc.property(use, recipient, fc.nat(), (all, to, at) => {
        const removed = all[at % all.length]?.carrier;
        const orderOf = (entries: typeof all) => {
          const carriers = new Map(
            all.map(({ carrier }) => [carrier, { isDisabled: false, media: undefined, obstacle: () => undefined }]),
          );
          const routes = [{ name: 'r', match: {}, use: entries, failover: [] }];
          return planRoute({ routes, default: 'x', carriers }, routedMessage({ to })).candidates.map(
            ({ carrier }) => carrier,
          );
        };
        const rest = all.filter(({ carrier }) => carrier !== removed);
        expect(orderOf(rest)).toEqual(orderOf(all).filter((carrier) => carrier !== removed));
        expect(orderOf(all.toReversed())).toEqual(orderOf(all));
      }),
      RUNS,
    );
  });
});

describe('Selections of any plan', () => {
  test('No refused carrier is selected, and an available candidate is selected if there is one.', () => {
    const names = fc.subarray([...CARRIER_NAMES]);
    fc.assert(
      fc.property(table, message, names, names, (one, given, refused, down) => {
        const plan = planRoute(one, given);
        const possible = plan.candidates.map(({ carrier }) => carrier).filter((name) => !refused.includes(name));
        const available = possible.filter((name) => !down.includes(name));
        const problemOf = (name: string) => (down.includes(name) ? `${name} is down` : undefined);
        const decision = choose(plan, problemOf, new Set(refused));
        expect(decision?.carrier).toBe(available[0] ?? possible[0]);
        if (!decision) return;
        expect(decision.isAvailable).toBe(available.length > 0);
        expect(decision.route).toBe(plan.basis?.kind === 'route' ? plan.basis.name : null);
        expect(decision.reason).toMatch(/^(Route r\d|Carrier|Default carrier) ?/);
        expect(decision.reason).not.toMatch(/undefined|null/);
      }),
      RUNS,
    );
  });
});

/** @returns a table with equal routes, without any object of the first one. */
function structuredCloneOf({ routes: all, carriers, default: usual }: RoutingTable): RoutingTable {
  return { routes: structuredClone([...all]), carriers: new Map(carriers), default: usual };
}
