import { describe, expect, test } from 'vitest';
import { CARRIER_NAMES, described, route, routedMessage, routingTable } from '../../test/support/routing.ts';
import type { RouteSettings } from '../carriers/route-settings.ts';
import { planRoute, type Skipped } from './route.ts';
import { Router } from './router.ts';
import { type RoutedMessage, tableOf } from './table.ts';

const ALL_UP = { problemOf: () => undefined, isTestDue: () => false, now: () => 0 };

type Message = Partial<RoutedMessage>;

const MMS: Message = { messageType: 'MMS' };
const UK: Message = { to: '+447700900123' };
const SHORT_CODE: Message = { sender: 'SHORT_CODE', from: '12345' };
const ALPHANUMERIC: Message = { sender: 'ALPHANUMERIC', from: 'ACME' };
const TOLL_FREE: Message = { sender: 'TOLL_FREE', from: '+18005550100' };

/** @param usual the default carrier. */
function planned(routes: readonly RouteSettings[], message: Message, usual = 'sim'): string {
  return described(planRoute(routingTable(routes, usual), routedMessage(message)));
}

describe('Order of routes', () => {
  const us = route('us', 'a', { to: ['+1'] });
  const sf = route('sf', 'b', { to: ['+1415'] });
  const uk = route('uk', 'c', { to: ['+44'] });
  const rest = route('rest', 'acme');
  test.each<[routes: RouteSettings[], message: Message, expected: string]>([
    [[], {}, 'default: sim'],
    [[us], {}, 'us: a'],
    [[us], UK, 'default: sim'],
    [[us, sf], {}, 'us: a'],
    [[sf, us], {}, 'sf: b'],
    [[sf, us], { to: '+12125550100' }, 'us: a'],
    [[us, uk], UK, 'uk: c'],
    [[uk, us], UK, 'uk: c'],
    [[us, sf, uk, rest], UK, 'uk: c'],
    [[us, sf, uk, rest], { to: '+4915112345678' }, 'rest: acme'],
    [[us, sf, uk], { to: '+4915112345678' }, 'default: sim'],
    [[rest, us, sf, uk], UK, 'rest: acme'],
    [[rest, us, sf, uk], {}, 'rest: acme'],
    [[rest, us], MMS, 'us: a'],
    [[rest, rest], MMS, 'default: sim'],
    [[uk, rest], { ...MMS, carrier: 'b' }, 'number: b'],
    [[us], { carrier: 'b' }, 'us: a'],
    [[uk], { carrier: 'b' }, 'number: b'],
  ])('With the routes %j, the plan of the message %j is "%s".', (routes, message, expected) => {
    expect(planned(routes, message)).toBe(expected);
  });
});

describe('Carriers that cannot carry the message', () => {
  const chars = (characters: number, more: Message = {}): Message => ({ characters, ...more });
  test.each<[carriers: string, message: Message, expected: string]>([
    // SMPP sends no MMS.
    ['acme', {}, 'r: acme'],
    ['acme', MMS, 'default: sim'],
    ['acme smpp', MMS, 'default: sim'],
    ['acme > smpp', MMS, 'default: sim'],
    ['acme a', MMS, 'r: a'],
    ['acme > a', MMS, 'r: > a'],
    ['a > acme', MMS, 'r: a'],
    ['a > acme b', MMS, 'r: a > b'],
    ['acme smpp > a b', MMS, 'r: > a b'],
    ['twilio', MMS, 'r: twilio'],
    // Short codes.
    ['local', SHORT_CODE, 'default: sim'],
    ['local', { ...SHORT_CODE, ...MMS }, 'default: sim'],
    ['local > acme', SHORT_CODE, 'r: > acme'],
    ['local twilio', SHORT_CODE, 'r: twilio'],
    ['twilio telnyx band', { ...SHORT_CODE, ...MMS }, 'r: band telnyx twilio'],
    // Alphanumeric senders send no MMS at the vendors.
    ['local', ALPHANUMERIC, 'default: sim'],
    ['twilio telnyx band', ALPHANUMERIC, 'r: band telnyx twilio'],
    ['twilio telnyx band', { ...ALPHANUMERIC, ...MMS }, 'default: sim'],
    ['twilio > a', { ...ALPHANUMERIC, ...MMS }, 'r: > a'],
    ['acme', ALPHANUMERIC, 'r: acme'],
    // Toll-free numbers.
    ['local', TOLL_FREE, 'r: local'],
    ['local', { ...TOLL_FREE, ...MMS }, 'default: sim'],
    ['twilio telnyx band', { ...TOLL_FREE, ...MMS }, 'r: band telnyx twilio'],
    // Lengths of texts.
    ['local', chars(0), 'r: local'],
    ['local', chars(160), 'r: local'],
    ['local', chars(161), 'default: sim'],
    ['local', chars(161, MMS), 'r: local'],
    ['local', chars(1_001, MMS), 'default: sim'],
    ['local > acme', chars(161), 'r: > acme'],
    ['twilio', chars(1_600), 'r: twilio'],
    ['twilio', chars(1_601), 'default: sim'],
    ['telnyx', chars(1_530), 'r: telnyx'],
    ['telnyx', chars(1_531), 'default: sim'],
    ['telnyx', chars(1_531, MMS), 'r: telnyx'],
    ['band', chars(2_048), 'r: band'],
    ['band', chars(2_049), 'default: sim'],
    ['twilio telnyx band > acme', chars(1_531), 'r: band twilio > acme'],
    ['twilio telnyx band > acme', chars(1_601), 'r: band > acme'],
    ['twilio telnyx band > acme', chars(2_049), 'r: > acme'],
    ['twilio telnyx band > acme', chars(2_049, MMS), 'r: telnyx'],
    ['acme', chars(10_000), 'r: acme'],
    // Disabled and unknown carriers.
    ['off', {}, 'default: sim'],
    ['off > off', {}, 'default: sim'],
    ['off a', {}, 'r: a'],
    ['off > a', {}, 'r: > a'],
    ['a > off b', {}, 'r: a > b'],
    ['gone', {}, 'default: sim'],
    ['gone > a', {}, 'r: > a'],
    ['a gone > gone b', {}, 'r: a > b'],
    ['constructor > __proto__', {}, 'default: sim'],
  ])('With one route over "%s", the plan of the message %j is "%s".', (carriers, message, expected) => {
    expect(planned([route('r', carriers)], message)).toBe(expected);
  });

  test.each<[message: Message, expected: string]>([
    [{}, 'short: local'],
    [UK, 'short: local'],
    [{ characters: 161 }, 'sms: acme > twilio'],
    [{ characters: 1_601 }, 'sms: acme'],
    [MMS, 'short: local'],
    [{ ...MMS, ...SHORT_CODE }, 'sms: > twilio'],
    [{ ...MMS, ...SHORT_CODE, characters: 1_601 }, 'mms: band'],
    [{ ...MMS, ...ALPHANUMERIC }, 'default: sim'],
    [{ ...MMS, ...ALPHANUMERIC, carrier: 'acme' }, 'NO_ROUTE'],
    [{ ...SHORT_CODE, characters: 2_000 }, 'sms: acme'],
    [{ ...MMS, ...SHORT_CODE, characters: 2_049 }, 'default: sim'],
  ])('Routes without a possible carrier are skipped for the message %j, whose plan is "%s".', (message, expected) => {
    const routes = [route('short', 'local'), route('sms', 'acme > twilio'), route('mms', 'band')];
    expect(planned(routes, message)).toBe(expected);
  });
});

describe('Carriers of the sender', () => {
  const only = (...carriers: string[]): Message => ({ carriers });
  test.each<[carriers: string, message: Message, expected: string]>([
    ['a b > c', only('a', 'b', 'c'), 'r: a b > c'],
    ['a b > c', only('a'), 'r: a'],
    ['a b > c', only('b', 'c'), 'r: b > c'],
    ['a b > c', only('c'), 'r: > c'],
    ['a > b c', only('a', 'c'), 'r: a > c'],
    ['a > b c', only('c', 'b'), 'r: > b c'],
    ['a > b c', only('sim'), 'default: sim'],
    ['a > b c', only('smpp'), 'NO_ROUTE'],
    ['a > b c', only(), 'NO_ROUTE'],
    ['a > b c', { ...only('smpp'), carrier: 'smpp' }, 'number: smpp'],
    ['a > b c', { ...only('smpp'), ...MMS, carrier: 'smpp' }, 'NO_ROUTE'],
    ['a > b c', { ...only('a'), carrier: 'smpp' }, 'r: a'],
    ['acme > a b', { ...only('acme', 'b'), ...MMS }, 'r: > b'],
    ['off > a', only('off'), 'NO_ROUTE'],
    ['off > a', only('off', 'a'), 'r: > a'],
    ['gone > a', only('gone'), 'NO_ROUTE'],
    ['a', only('A'), 'NO_ROUTE'],
  ])('With one route over "%s", the plan of the message %j is "%s".', (carriers, message, expected) => {
    expect(planned([route('r', carriers)], message)).toBe(expected);
  });
});

describe('Messages without a route', () => {
  const uk = [route('uk', 'a', { to: ['+44'] })];
  test.each<[usual: string, message: Message, expected: string]>([
    ['sim', {}, 'default: sim'],
    ['acme', {}, 'default: acme'],
    ['acme', MMS, 'NO_ROUTE'],
    ['twilio', { ...MMS, ...ALPHANUMERIC }, 'NO_ROUTE'],
    ['twilio', { characters: 1_601 }, 'NO_ROUTE'],
    ['local', SHORT_CODE, 'NO_ROUTE'],
    ['off', {}, 'NO_ROUTE'],
    ['gone', {}, 'NO_ROUTE'],
    ['off', UK, 'uk: a'],
    ['sim', { carrier: 'acme' }, 'number: acme'],
    ['acme', { carrier: 'sim', ...MMS }, 'number: sim'],
    ['acme', { carrier: 'acme' }, 'number: acme'],
    ['off', { carrier: 'acme' }, 'number: acme'],
    ['sim', { carrier: 'acme', ...UK }, 'uk: a'],
    ['sim', { carriers: ['sim'] }, 'default: sim'],
    ['sim', { carriers: ['acme'] }, 'NO_ROUTE'],
    ['sim', { carriers: ['acme'], carrier: 'acme' }, 'number: acme'],
  ])('With the default carrier %s, the plan of the message %j is "%s".', (usual, message, expected) => {
    expect(planned(uk, message, usual)).toBe(expected);
  });

  test.each<[carrier: string, message: Message]>([
    ['acme', MMS],
    ['off', {}],
    ['gone', {}],
    ['local', { characters: 161 }],
    ['acme', { carriers: ['sim'] }],
  ])('A number with the carrier %s does not use the default carrier for the message %j.', (carrier, message) => {
    expect(planned(uk, { ...message, carrier })).toBe('NO_ROUTE');
  });
});

describe('Failover', () => {
  test.each<[carriers: string, expected: string[]]>([
    ['a > b c', ['a', 'b', 'c']],
    ['a > c b', ['a', 'c', 'b']],
    ['c > b a sim', ['c', 'b', 'a', 'sim']],
    ['acme > twilio telnyx band smpp', ['acme', 'twilio', 'telnyx', 'band', 'smpp']],
    ['off > c b a', ['c', 'b', 'a']],
  ])('The carriers of "%s" are tried in the order %j for every recipient.', (carriers, expected) => {
    const table = routingTable([route('r', carriers)]);
    for (let n = 0; n < 100; n += 1) {
      const { candidates } = planRoute(table, routedMessage({ to: `+1415555${n + 1_000}` }));
      expect(candidates.map(({ carrier }) => carrier)).toEqual(expected);
    }
  });

  test('All carriers of use are tried before those of failover, in both orders.', () => {
    const table = routingTable([route('r', 'a b > c sim')]);
    const orders = Array.from({ length: 100 }, (_, n) =>
      planRoute(table, routedMessage({ to: `+1415555${n + 1_000}` }))
        .candidates.map(({ carrier }) => carrier)
        .join(' '),
    );
    expect(new Set(orders)).toEqual(new Set(['a b c sim', 'b a c sim']));
  });

  test('A carrier that is in use and in failover is tried once.', () => {
    expect(planned([route('r', 'a > a b')], {})).toBe('r: a > b');
  });
});

describe('Explanations of a plan', () => {
  test('Skipped routes and carriers are listed in their order, each with the reason.', () => {
    const routes = [
      route('uk', 'a', { to: ['+44'] }),
      route('mms', 'acme off > gone local'),
      route('small', 'local', { apiClientId: ['client_1'] }),
      route('vendor', 'twilio > b c'),
      route('last', 'a'),
    ];
    const message = routedMessage({
      ...MMS,
      ...ALPHANUMERIC,
      carriers: ['acme', 'off', 'gone', 'local', 'twilio', 'c'],
    });
    const skipped: Skipped[] = [];
    expect(described(planRoute(routingTable(routes), message, skipped))).toBe('vendor: > c');
    const carrierOf = ({ carrier }: Skipped) => carrier === 'acme' || carrier === 'off';
    // The order of the carriers of use depends on the recipient.
    expect(skipped.filter(carrierOf)).toHaveLength(2);
    expect(skipped.filter(carrierOf)).toEqual(
      expect.arrayContaining([
        { route: 'mms', carrier: 'acme', reason: 'Carrier acme does not send MMS' },
        { route: 'mms', carrier: 'off', reason: 'Carrier off is disabled' },
      ]),
    );
    expect(skipped.filter((one) => !carrierOf(one))).toEqual([
      { route: 'uk', reason: 'The recipient begins with none of +44' },
      { route: 'mms', carrier: 'gone', reason: 'Carrier gone is not configured' },
      { route: 'mms', carrier: 'local', reason: 'Carrier local does not send MMS from alphanumeric senders' },
      { route: 'small', carrier: 'local', reason: 'Carrier local does not send MMS from alphanumeric senders' },
      { route: 'vendor', carrier: 'twilio', reason: 'Carrier twilio does not send MMS from alphanumeric senders' },
      { route: 'vendor', carrier: 'b', reason: 'The sender may not use carrier b' },
    ]);
  });

  test.each<[usual: string, message: Message, skipped: Skipped]>([
    ['acme', MMS, { carrier: 'acme', reason: 'Carrier acme does not send MMS' }],
    ['sim', { carrier: 'off' }, { carrier: 'off', reason: 'Carrier off is disabled' }],
    ['gone', {}, { carrier: 'gone', reason: 'Carrier gone is not configured' }],
    ['sim', { carriers: ['a'] }, { carrier: 'sim', reason: 'The sender may not use carrier sim' }],
    [
      'twilio',
      { characters: 1_601 },
      { carrier: 'twilio', reason: 'Carrier twilio sends at most 1600 characters in one SMS, not 1601' },
    ],
  ])(
    'With the default carrier %s, the message %j has no route, with the explanation %j.',
    (usual, message, skipped) => {
      const all: Skipped[] = [];
      expect(planRoute(routingTable([], usual), routedMessage(message), all)).toEqual({
        basis: undefined,
        candidates: [],
      });
      expect(all).toEqual([skipped]);
    },
  );

  test('Routes after the selected one are not explained.', () => {
    const skipped: Skipped[] = [];
    planRoute(routingTable([route('r', 'a'), route('uk', 'b', { to: ['+44'] })]), routedMessage(), skipped);
    expect(skipped).toEqual([]);
  });
});

describe('Messages that can leave', () => {
  test.each<[routes: RouteSettings[], message: Message, usual: string, expected: boolean]>([
    [[], {}, 'sim', true],
    [[], MMS, 'acme', false],
    [[], { carrier: 'sim', ...MMS }, 'acme', true],
    [[], { carrier: 'acme', ...MMS }, 'sim', false],
    [[route('uk', 'a', { to: ['+44'] })], MMS, 'acme', true],
    [[route('uk', 'acme > a', { to: ['+44'] })], MMS, 'acme', true],
    [[route('uk', 'acme > off gone', { to: ['+44'] })], MMS, 'acme', false],
    [[route('r', 'a', { messageType: 'SMS' })], MMS, 'acme', false],
    [[route('r', 'a', { from: ['num_2'] })], MMS, 'acme', false],
    [[route('r', 'a', { campaign: ['C1'] })], MMS, 'acme', false],
    [[route('r', 'a')], { carriers: ['b'] }, 'sim', false],
    [[route('r', 'a')], { carriers: ['a'] }, 'sim', true],
  ])(
    'With the routes %j, the message %j and the default carrier %s, the answer is %s.',
    (routes, more, usual, expected) => {
      const { to: _, ...message } = routedMessage(more);
      expect(new Router(routingTable(routes, usual), ALL_UP).canLeave(message)).toBe(expected);
    },
  );
});

describe('Routing table of the settings', () => {
  test('A carrier without capabilities is not configured, and a carrier is not disabled by default.', () => {
    const settings = { carriers: [{ name: 'a', type: 'x' }], routes: [], default: 'a' };
    const skipped: Skipped[] = [];
    expect(described(planRoute(tableOf(settings, new Map()), routedMessage(), skipped))).toBe('NO_ROUTE');
    expect(skipped).toEqual([{ carrier: 'a', reason: 'Carrier a is not configured' }]);
    expect([...routingTable([]).carriers].filter(([, { isDisabled }]) => isDisabled).map(([name]) => name)).toEqual([
      'off',
    ]);
  });

  test('The table has every carrier of the settings.', () => {
    expect([...routingTable([]).carriers.keys()]).toEqual(CARRIER_NAMES);
  });
});
