import { describe, expect, test } from 'vitest';
import { type RoutedSender, Router } from './router.ts';
import type { RoutableCarrier, RoutingTable } from './table.ts';

const carrier: RoutableCarrier = { isDisabled: false, media: undefined, obstacle: () => undefined };
const route = { name: 'all', match: {}, use: [{ carrier: 'a', weight: 1 }], failover: ['b'] };
const TABLE: RoutingTable = {
  routes: [route],
  default: 'a',
  carriers: new Map([
    ['a', carrier],
    ['b', carrier],
  ]),
};
const SENDER: RoutedSender = {
  ...{ numberId: 'num_1', poolId: null, from: '+15551234567', sender: 'LONG_CODE', messageType: 'SMS' },
  ...{ characters: 5, apiClientId: 'client', campaign: 'C1', carrier: null, carriers: null },
};

function setUp(table = TABLE) {
  const at = { ms: 0 };
  const problems: Record<string, string> = {};
  const tests = new Set<string>();
  const router = new Router(table, {
    problemOf: (name) => problems[name],
    isTestDue: (name) => tests.has(name),
    now: () => at.ms,
  });
  const to = (recipient: string) => router.routeAll(SENDER, [recipient])[0];
  return { router, at, problems, tests, to };
}

describe('Carriers of new messages', () => {
  test('One message per ten seconds tests a carrier whose breaker is open.', () => {
    const { at, problems, tests, to } = setUp();
    problems['a'] = 'a is stopped';
    expect(to('+15550000001')?.carrier).toBe('b');
    tests.add('a');
    expect(to('+15550000002')).toMatchObject({ carrier: 'a', reason: 'Route all, carrier a', isAvailable: true });
    at.ms = 9_999;
    expect(to('+15550000003')?.carrier).toBe('b');
    at.ms = 10_000;
    expect(to('+15550000004')?.carrier).toBe('a');
  });

  test('A test is no part of an explanation or of a change of the carrier.', () => {
    const { router, problems, tests, to } = setUp();
    problems['a'] = 'a is stopped';
    tests.add('a');
    const message = { ...SENDER, to: '+15550000001' };
    expect(router.explain(message).decision?.carrier).toBe('b');
    expect(router.route(message)?.carrier).toBe('b');
    expect(to('+15550000001')?.carrier).toBe('a');
  });

  test('A message waits behind an earlier one to the recipient that waits for another carrier.', () => {
    const { router, problems } = setUp();
    const after = (carrier?: string) => router.routeAll(SENDER, ['+15550000001'], () => carrier)[0];
    problems['a'] = 'a is paused';
    expect(after('a')).toMatchObject({
      carrier: 'a',
      reason: 'Waits behind an earlier message to the recipient: a is paused',
      isAvailable: false,
    });
    expect(after(undefined)?.carrier).toBe('b');
    delete problems['a'];
    const reason = 'Waits behind an earlier message to the recipient: for b';
    expect(after('b')).toMatchObject({ carrier: 'b', reason, isAvailable: true });
    expect(after('a')).toMatchObject({ carrier: 'a', reason: 'Route all, carrier a' });
  });

  test('A message does not wait for a carrier that is not part of its route.', () => {
    const decision = setUp().router.routeAll(SENDER, ['+15550000001'], () => 'removed')[0];
    expect(decision).toMatchObject({ carrier: 'a', isAvailable: true });
  });

  test('Earlier messages may wait elsewhere for ten minutes after a problem or a change of the routes.', () => {
    const { router, at, problems } = setUp();
    expect(router.isUnsettled).toBe(true);
    at.ms = 600_000;
    expect(router.isUnsettled).toBe(false);
    problems['b'] = 'b is down';
    router.look();
    delete problems['b'];
    at.ms = 1_199_999;
    router.look();
    expect(router.isUnsettled).toBe(true);
    at.ms = 1_200_000;
    expect(router.isUnsettled).toBe(false);
    router.use(TABLE);
    expect(router.isUnsettled).toBe(true);
    router.use({ ...TABLE, routes: [] });
    expect(router.isUnsettled).toBe(false);
  });

  test('Without routes, all recipients of a request have one carrier.', () => {
    const { router } = setUp({ ...TABLE, routes: [] });
    const decisions = router.routeAll(SENDER, ['+15550000001', '+15550000002']);
    expect(decisions).toMatchObject([
      { carrier: 'a', isUsual: true },
      { carrier: 'a', isUsual: true },
    ]);
    expect(router.hasAlternatives('a')).toBe(false);
    expect(setUp().router.hasAlternatives('b')).toBe(true);
  });
});
