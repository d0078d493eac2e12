import { describe, expect, test } from 'vitest';
import { route, routedMessage, routingTable } from '../../test/support/routing.ts';
import { Router } from './router.ts';

const { to, ...sender } = routedMessage();

function withProblems(routes = [route('us', 'a > b', { to: ['+1'] })]) {
  const problems = new Set<string>();
  let now = 1_000;
  const router = new Router(routingTable(routes), {
    problemOf: (carrier) => (problems.has(carrier) ? 'is down' : undefined),
    isTestDue: (carrier) => carrier === 'b' && problems.has(carrier),
    now: () => now,
  });
  return { problems, router, pass: (ms: number) => (now += ms) };
}

describe('Time without a carrier', () => {
  test('An outage lasts since all carriers of the message have a problem.', () => {
    const { problems, router, pass } = withProblems();
    const outage = () => router.outagesOf(sender)(to);
    problems.add('a');
    router.look();
    pass(500);
    expect(outage()).toBe(0);
    problems.add('b');
    router.look();
    pass(300);
    expect([router.problemMs('a'), router.problemMs('b'), outage()]).toEqual([800, 300, 300]);
    problems.delete('a');
    expect(outage()).toBe(0);
  });

  test('A problem that ended in between begins again.', () => {
    const { problems, router, pass } = withProblems();
    problems.add('a');
    router.look();
    pass(60_000);
    problems.delete('a');
    router.look();
    problems.add('a');
    router.look();
    pass(10);
    expect(router.problemMs('a')).toBe(10);
  });

  test('A message that no carrier can carry has no outage.', () => {
    const { router } = withProblems([]);
    const mms = { ...sender, messageType: 'MMS' as const, carrier: 'smpp' };
    expect([router.outagesOf(mms)(to), router.outagesOf(sender)(to)]).toEqual([undefined, 0]);
  });

  test('One message per 10 s may test a carrier whose circuit breaker is open.', () => {
    const { problems, router, pass } = withProblems();
    const takes = () => router.takesTest({ ...sender, to });
    expect(takes()).toBe(false);
    problems.add('a').add('b');
    expect([takes(), takes()]).toEqual([true, false]);
    pass(10_000);
    expect([takes(), takes()]).toEqual([true, false]);
  });

  test('The outage depends on the route of the recipient.', () => {
    const { problems, router, pass } = withProblems();
    problems.add('sim');
    router.look();
    pass(70);
    const outage = router.outagesOf(sender);
    expect([outage('+4799887766'), outage('+12125550000')]).toEqual([70, 0]);
  });
});
