import { describe, expect, test } from 'vitest';
import { described, route, routedMessage, routingTable } from '../../test/support/routing.ts';
import type { RouteSettings } from '../carriers/route-settings.ts';
import { planRoute, type Skipped } from './route.ts';
import type { RoutedMessage } from './table.ts';

type Match = RouteSettings['match'];

/** Plans with one route over `a`, and the default carrier `sim`. */
function planned(match: Match, message: Partial<RoutedMessage>): string {
  return described(planRoute(routingTable([route('r', 'a', match)]), routedMessage(message)));
}

const MATCHES = 'r: a';
const DIFFERS = 'default: sim';
const all = (...to: string[]): Match => ({ to });

const MANY = ['+30', '+31', '+32', '+33', '+34', '+36', '+39', '+40', '+41', '+43', '+44', '+45', '+46', '+47', '+48'];

describe('Recipients of a route', () => {
  test.each<[prefixes: string[], to: string, expected: string]>([
    [['+1'], '+14155550100', MATCHES],
    [['+1'], '+12125550100', MATCHES],
    [['+1'], '+18005550100', MATCHES],
    [['+1'], '+447700900123', DIFFERS],
    [['+1'], '+4915112345678', DIFFERS],
    [['+1415'], '+14155550100', MATCHES],
    [['+1415'], '+14155559999', MATCHES],
    [['+1415'], '+14165550100', DIFFERS],
    [['+1415'], '+12155550100', DIFFERS],
    [['+1415'], '+4915112341415', DIFFERS],
    [['+44'], '+447700900123', MATCHES],
    [['+44'], '+442079460000', MATCHES],
    [['+44'], '+4915112345678', DIFFERS],
    [['+44'], '+14475550100', DIFFERS],
    [['+4'], '+447700900123', MATCHES],
    [['+4'], '+4915112345678', MATCHES],
    [['+4'], '+33612345678', DIFFERS],
    [['+44', '+49'], '+447700900123', MATCHES],
    [['+44', '+49'], '+4915112345678', MATCHES],
    [['+44', '+49'], '+33612345678', DIFFERS],
    [['+44', '+49'], '+14155550100', DIFFERS],
    [['+1415', '+1416'], '+14155550100', MATCHES],
    [['+1415', '+1416'], '+14165550100', MATCHES],
    [['+1415', '+1416'], '+14175550100', DIFFERS],
    [['+1415', '+44'], '+447700900123', MATCHES],
    [['+1415', '+44'], '+14175550100', DIFFERS],
    [['+1', '+1415'], '+14155550100', MATCHES],
    [['+1', '+1415'], '+14165550100', MATCHES],
    [['+14155550100'], '+14155550100', MATCHES],
    [['+14155550100'], '+141555501001', MATCHES],
    [['+141555501001'], '+14155550100', DIFFERS],
    [['+14155550101'], '+14155550100', DIFFERS],
    [['+123456789012345'], '+123456789012345', MATCHES],
    [['+123456789012345'], '+123456789012346', DIFFERS],
    [MANY, '+306912345678', MATCHES],
    [MANY, '+4512345678', MATCHES],
    [MANY, '+4812345678', MATCHES],
    [MANY, '+4912345678', DIFFERS],
    [MANY, '+3512345678', DIFFERS],
  ])('For a route to %j and the recipient %s, the plan is "%s".', (to, recipient, expected) => {
    expect(planned({ to }, { to: recipient })).toBe(expected);
  });
});

describe('Senders of a route', () => {
  const pool = { poolId: 'pool_1' };
  test.each<[from: string[], message: Partial<RoutedMessage>, expected: string]>([
    [['num_1'], {}, MATCHES],
    [['num_2'], {}, DIFFERS],
    [['num_2'], { numberId: 'num_2' }, MATCHES],
    [['num_2', 'num_1'], {}, MATCHES],
    [['num_2', 'num_3'], {}, DIFFERS],
    [['num_'], {}, DIFFERS],
    [['num_10'], {}, DIFFERS],
    [['NUM_1'], {}, DIFFERS],
    [['num_1'], pool, MATCHES],
    [['pool_1'], pool, MATCHES],
    [['pool_1'], {}, DIFFERS],
    [['pool_2'], pool, DIFFERS],
    [['pool_2', 'pool_1'], pool, MATCHES],
    [['pool_2', 'num_1'], pool, MATCHES],
    [['null'], {}, DIFFERS],
    [['+15550000001'], {}, MATCHES],
    [['+15550000001'], pool, MATCHES],
    [['+15550000002'], {}, DIFFERS],
    [['+1555'], {}, DIFFERS],
    [['15550000001'], {}, DIFFERS],
    [['+14155550100'], {}, DIFFERS],
    [['num_9', 'pool_9', '+15550000001'], {}, MATCHES],
    [['12345'], { from: '12345', sender: 'SHORT_CODE' }, MATCHES],
    [['12345'], { from: '123456', sender: 'SHORT_CODE' }, DIFFERS],
    [['12345'], { from: '1234', sender: 'SHORT_CODE' }, DIFFERS],
    [['ACME'], { from: 'ACME', sender: 'ALPHANUMERIC' }, MATCHES],
    [['acme'], { from: 'ACME', sender: 'ALPHANUMERIC' }, DIFFERS],
  ])('For a route from %j and the sender %j, the plan is "%s".', (from, message, expected) => {
    expect(planned({ from }, message)).toBe(expected);
  });
});

describe('Message types, API clients and campaigns of a route', () => {
  const campaign = (id: string) => ({ campaign: id });
  test.each<[match: Match, message: Partial<RoutedMessage>, expected: string]>([
    [{}, {}, MATCHES],
    [{}, { messageType: 'MMS', ...campaign('C1') }, MATCHES],
    [{ messageType: 'SMS' }, {}, MATCHES],
    [{ messageType: 'SMS' }, { messageType: 'MMS' }, DIFFERS],
    [{ messageType: 'MMS' }, { messageType: 'MMS' }, MATCHES],
    [{ messageType: 'MMS' }, {}, DIFFERS],
    [{ apiClientId: ['client_1'] }, {}, MATCHES],
    [{ apiClientId: ['client_2'] }, {}, DIFFERS],
    [{ apiClientId: ['client_2', 'client_1'] }, {}, MATCHES],
    [{ apiClientId: ['client_2', 'client_3'] }, {}, DIFFERS],
    [{ apiClientId: ['client_10'] }, {}, DIFFERS],
    [{ apiClientId: ['client_'] }, {}, DIFFERS],
    [{ campaign: ['C1'] }, campaign('C1'), MATCHES],
    [{ campaign: ['C1'] }, campaign('C2'), DIFFERS],
    [{ campaign: ['C1'] }, campaign('C10'), DIFFERS],
    [{ campaign: ['C1'] }, campaign('c1'), DIFFERS],
    [{ campaign: ['C2', 'C1'] }, campaign('C1'), MATCHES],
    [{ campaign: ['C1'] }, {}, DIFFERS],
    [{ campaign: ['null'] }, {}, DIFFERS],
    [{ campaign: ['C1'] }, campaign(''), DIFFERS],
  ])('For a route with the conditions %j and the message %j, the plan is "%s".', (match, message, expected) => {
    expect(planned(match, message)).toBe(expected);
  });
});

describe('Several conditions of a route', () => {
  const message = { poolId: 'pool_1', campaign: 'C1', messageType: 'MMS' as const };
  /** Conditions that the message meets, and conditions that the message does not meet. */
  const conditions: readonly [met: Match, unmet: Match][] = [
    [all('+1415'), all('+44', '+1416')],
    [{ from: ['pool_1'] }, { from: ['num_2', 'pool_2'] }],
    [{ messageType: 'MMS' }, { messageType: 'SMS' }],
    [{ apiClientId: ['client_1'] }, { apiClientId: ['client_2'] }],
    [{ campaign: ['C0', 'C1'] }, { campaign: ['C2'] }],
  ];
  /** Every combination of absent, met and unmet conditions: 3^5 rows. */
  const rows = conditions.reduce<[match: Match, expected: string][]>(
    (shorter, [met, unmet]) =>
      shorter.flatMap(([match, expected]): [Match, string][] => [
        [match, expected],
        [{ ...match, ...met }, expected],
        [{ ...match, ...unmet }, DIFFERS],
      ]),
    [[{}, MATCHES]],
  );

  test('The table has 243 rows, and 32 of these match.', () => {
    expect(rows).toHaveLength(243);
    expect(rows.filter(([, expected]) => expected === MATCHES)).toHaveLength(32);
  });

  test.each(rows)('For a route with the conditions %j, the plan of the same message is "%s".', (match, expected) => {
    expect(planned(match, message)).toBe(expected);
  });
});

describe('Explanations of conditions', () => {
  test.each<[match: Match, reason: string]>([
    [all('+44'), 'The recipient begins with none of +44'],
    [all('+44', '+1416'), 'The recipient begins with none of +44, +1416'],
    [{ from: ['num_2'] }, 'The sender is not in the list of the route'],
    [{ messageType: 'MMS' }, 'The route is for MMS only'],
    [{ apiClientId: ['client_2'] }, 'The API client is not in the list of the route'],
    [{ campaign: ['C1'] }, 'The campaign is not in the list of the route'],
    [{ to: ['+1'], from: ['num_2'], campaign: ['C1'] }, 'The sender is not in the list of the route'],
  ])('For a route with the conditions %j, the explanation is "%s".', (match, reason) => {
    const skipped: Skipped[] = [];
    planRoute(routingTable([route('r', 'a', match)]), routedMessage(), skipped);
    expect(skipped).toEqual([{ route: 'r', reason }]);
  });
});
