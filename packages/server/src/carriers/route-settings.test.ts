import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_SECRETS } from '../../test/support/smpp-settings.ts';
import { CarrierSettingsError } from './problems.ts';
import { readRoutes } from './route-settings.ts';
import { readCarriers } from './settings.ts';

const NAMES = ['a', 'b', 'c'];
const SECRET = 'Hunter2-S3cret';
const ROUTE = { name: 'us', use: [{ carrier: 'a' }] };
const NAME = 'must match pattern "^[a-z0-9][a-z0-9_-]{0,31}$"';
const PRINTABLE = 'must match pattern "^[\\x20-\\x7e]{1,255}$"';
const PREFIX = 'must match pattern "^\\+[1-9]\\d{0,14}$"';

/** @returns the message of the error, after a check that the error does not have the secret. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(CarrierSettingsError);
    const { message, stack, cause } = error as Error;
    expect([message, stack, JSON.stringify(cause ?? null)].join()).not.toContain(SECRET);
    return message;
  }
  throw new Error('it was not refused');
}

const route = (more: object) => ({ ...ROUTE, ...more });
const use = (...entries: unknown[]) => route({ use: entries });
const match = (conditions: unknown) => route({ match: conditions });
const many = <T>(length: number, item: T): T[] => Array.from({ length }, () => item);
/** Parses JSON, in which `__proto__` is a key of its own. */
const json = (text: string): unknown => JSON.parse(text);

describe('Routes of RC_CARRIERS', () => {
  test('Routes are optional.', () => {
    expect(readRoutes(undefined, NAMES)).toEqual([]);
    expect(readRoutes([], NAMES)).toEqual([]);
  });

  test('The weight is 1, there is no failover, and every message matches by default.', () => {
    expect(readRoutes([ROUTE], NAMES)).toEqual([
      { name: 'us', match: {}, use: [{ carrier: 'a', weight: 1 }], failover: [] },
    ]);
  });

  test('A route may have all settings, which are returned unchanged and in their order.', () => {
    const all = {
      name: 'us_0-x',
      match: {
        to: ['+1', '+123456789012345'],
        from: ['num_1', 'pool_1', '+15550000001', '12345', 'ACME & Co'],
        messageType: 'MMS',
        apiClientId: ['client_1'],
        campaign: ['C1', 'C'.repeat(255)],
      },
      use: [
        { carrier: 'b', weight: 0.25 },
        { carrier: 'a', weight: 1_000_000 },
      ],
      failover: ['c'],
    };
    const other = { ...all, name: 'other' };
    expect(readRoutes([all, other], NAMES)).toEqual([all, other]);
  });

  test('Reading does not change the given value.', () => {
    const given = [structuredClone(ROUTE)];
    readRoutes(given, NAMES);
    expect(given).toEqual([ROUTE]);
  });

  test('A file may have 1,000 routes with 10,000 prefixes in one of them.', () => {
    const to = Array.from({ length: 10_000 }, (_, n) => `+1${n}`);
    const routes = Array.from({ length: 1_000 }, (_, n) => ({
      ...ROUTE,
      name: `r${n}`,
      ...(n === 0 && { match: { to } }),
    }));
    const read = readRoutes(routes, NAMES);
    expect(read).toHaveLength(1_000);
    expect(read[0]?.match.to).toEqual(to);
  });

  test('A route may have 100 carriers in use and 100 in failover.', () => {
    const names = Array.from({ length: 200 }, (_, n) => `c${n}`);
    const entries = names.slice(0, 100).map((carrier) => ({ carrier }));
    const [read] = readRoutes([{ name: 'r', use: entries, failover: names.slice(100) }], names);
    expect(read?.use).toHaveLength(100);
    expect(read?.failover).toEqual(names.slice(100));
  });
});

describe('Invalid routes', () => {
  test.each<[routes: unknown, error: string]>([
    [null, 'routes must be a list'],
    [{}, 'routes must be a list'],
    ['us', 'routes must be a list'],
    [{ 0: ROUTE, length: 1 }, 'routes must be a list'],
    [[null], 'routes[0] must be object'],
    [['us'], 'routes[0] must be object'],
    [[[]], 'routes[0] must be object'],
    [[ROUTE, 1], 'routes[1] must be object'],
    [[{}], 'routes[0].name is required'],
    [[{ use: ROUTE.use }], 'routes[0].name is required'],
    [[{ name: 'us' }], 'routes[0].use is required'],
    [[route({ name: 'US' })], `routes[0].name ${NAME}`],
    [[route({ name: '' })], `routes[0].name ${NAME}`],
    [[route({ name: 'x'.repeat(33) })], `routes[0].name ${NAME}`],
    [[route({ name: '__proto__' })], `routes[0].name ${NAME}`],
    [[route({ name: 'us\n' })], `routes[0].name ${NAME}`],
    [[route({ name: 1 })], 'routes[0].name must be string'],
    [[route({ use: [] })], 'routes[0].use must not have fewer than 1 items'],
    [[route({ use: {} })], 'routes[0].use must be array'],
    [[route({ use: 'a' })], 'routes[0].use must be array'],
    [[use('a')], 'routes[0].use[0] must be object'],
    [[use({})], 'routes[0].use[0].carrier is required'],
    [[use({ weight: 1 })], 'routes[0].use[0].carrier is required'],
    [[use({ carrier: 'A' })], `routes[0].use[0].carrier ${NAME}`],
    [[use({ carrier: SECRET })], `routes[0].use[0].carrier ${NAME}`],
    [[use({ carrier: 'a', weight: 0 })], 'routes[0].use[0].weight must be > 0'],
    [[use({ carrier: 'a' }, { carrier: 'b', weight: -1 })], 'routes[0].use[1].weight must be > 0'],
    [[use({ carrier: 'a', weight: 1_000_001 })], 'routes[0].use[0].weight must be <= 1000000'],
    [[use({ carrier: 'a', weight: SECRET })], 'routes[0].use[0].weight must be number'],
    [[use({ carrier: 'a', weight: '3' })], 'routes[0].use[0].weight must be number'],
    [[use({ carrier: 'a', weight: null })], 'routes[0].use[0].weight must be number'],
    [[route({ failover: 'b' })], 'routes[0].failover must be array'],
    [[route({ failover: null })], 'routes[0].failover must be array'],
    [[route({ failover: [{ carrier: 'b' }] })], 'routes[0].failover[0] must be string'],
    [[match(null)], 'routes[0].match must be object'],
    [[match([])], 'routes[0].match must be object'],
    [[match('+1')], 'routes[0].match must be object'],
    [[match({ to: '+1' })], 'routes[0].match.to must be array'],
    [[match({ to: [] })], 'routes[0].match.to must not have fewer than 1 items'],
    [[match({ to: ['1'] })], `routes[0].match.to[0] ${PREFIX}`],
    [[match({ to: ['+1', '+'] })], `routes[0].match.to[1] ${PREFIX}`],
    [[match({ to: ['+0'] })], `routes[0].match.to[0] ${PREFIX}`],
    [[match({ to: ['+1\n'] })], `routes[0].match.to[0] ${PREFIX}`],
    [[match({ to: ['+1*'] })], `routes[0].match.to[0] ${PREFIX}`],
    [[match({ to: ['+1234567890123456'] })], `routes[0].match.to[0] ${PREFIX}`],
    [[match({ to: [SECRET] })], `routes[0].match.to[0] ${PREFIX}`],
    [[match({ to: [1] })], 'routes[0].match.to[0] must be string'],
    [[match({ from: 'num_1' })], 'routes[0].match.from must be array'],
    [[match({ from: [] })], 'routes[0].match.from must not have fewer than 1 items'],
    [[match({ from: [''] })], `routes[0].match.from[0] ${PRINTABLE}`],
    [[match({ from: [null] })], 'routes[0].match.from[0] must be string'],
    [[match({ messageType: 'sms' })], 'routes[0].match.messageType must be equal to one of the allowed values'],
    [[match({ messageType: ['SMS'] })], 'routes[0].match.messageType must be equal to one of the allowed values'],
    [[match({ messageType: null })], 'routes[0].match.messageType must be equal to one of the allowed values'],
    [[match({ apiClientId: ['x'.repeat(256)] })], `routes[0].match.apiClientId[0] ${PRINTABLE}`],
    [[match({ apiClientId: 'x' })], 'routes[0].match.apiClientId must be array'],
    [[match({ campaign: ['é'] })], `routes[0].match.campaign[0] ${PRINTABLE}`],
    [[match({ campaign: null })], 'routes[0].match.campaign must be array'],
  ])('Routes %j are rejected with the error "%s".', (routes, error) => {
    expect(refusal(() => readRoutes(routes, NAMES))).toBe(error);
  });

  test.each<[what: string, routes: unknown, error: string]>([
    ['a route', [route({ password: SECRET })], 'routes[0].password is not a known setting'],
    ['a carrier in use', [use({ carrier: 'a', share: SECRET })], 'routes[0].use[0].share is not a known setting'],
    ['a match', [match({ country: [SECRET] })], 'routes[0].match.country is not a known setting'],
    ['a route: toString', [route({ toString: 1 })], 'routes[0].toString is not a known setting'],
    ['a match: constructor', [match({ constructor: ['x'] })], 'routes[0].match.constructor is not a known setting'],
    [
      'a route: __proto__',
      json('[{"name":"us","use":[{"carrier":"a"}],"__proto__":{"failover":["b"]}}]'),
      'routes[0].__proto__ is not a known setting',
    ],
    [
      'a carrier in use: __proto__',
      json('[{"name":"us","use":[{"carrier":"a","__proto__":{"weight":5}}]}]'),
      'routes[0].use[0].__proto__ is not a known setting',
    ],
    [
      'a match: __proto__',
      json('[{"name":"us","use":[{"carrier":"a"}],"match":{"__proto__":{"to":["+1"]}}}]'),
      'routes[0].match.__proto__ is not a known setting',
    ],
  ])('Unknown keys are rejected in %s.', (_, routes, error) => {
    expect(refusal(() => readRoutes(routes, NAMES))).toBe(error);
    expect(({} as { failover?: unknown; to?: unknown }).failover).toBeUndefined();
  });

  test.each<[routes: unknown[], error: string]>([
    [[use({ carrier: 'd' })], 'routes[0].use[0].carrier must name a carrier. "d" is not in carriers'],
    [
      [use({ carrier: 'constructor' })],
      'routes[0].use[0].carrier must name a carrier. "constructor" is not in carriers',
    ],
    [
      [ROUTE, route({ name: 'x', failover: ['b', 'd'] })],
      'routes[1].failover[1] must name a carrier. "d" is not in carriers',
    ],
    [
      [use({ carrier: 'a' }, { carrier: 'a', weight: 2 })],
      'routes[0].use[1].carrier names the carrier "a" a second time in this route',
    ],
    [[route({ failover: ['a'] })], 'routes[0].failover[0] names the carrier "a" a second time in this route'],
    [[route({ failover: ['b', 'b'] })], 'routes[0].failover[1] names the carrier "b" a second time in this route'],
    [[ROUTE, ROUTE], 'routes[1].name must be unique'],
    [[route({ name: 'x' }), ROUTE, route({ name: 'y' }), ROUTE], 'routes[3].name must be unique'],
  ])('Routes %j with unknown or repeated names are rejected with the error "%s".', (routes, error) => {
    expect(refusal(() => readRoutes(routes, NAMES))).toBe(error);
  });

  test.each<[what: string, routes: unknown, error: string]>([
    ['1,001 routes', many(1_001, ROUTE), 'routes must have at most 1000 entries'],
    ['a million entries', many(1_000_000, null), 'routes must have at most 1000 entries'],
    [
      '101 carriers in use',
      [route({ use: many(101, { carrier: 'a' }) })],
      'routes[0].use must not have more than 100 items',
    ],
    [
      '101 carriers in failover',
      [route({ failover: many(101, 'b') })],
      'routes[0].failover must not have more than 100 items',
    ],
    ...['to', 'from', 'apiClientId', 'campaign'].map((key): [string, unknown, string] => [
      `10,001 values of ${key}`,
      [match({ [key]: many(10_001, '+1') })],
      `routes[0].match.${key} must not have more than 10000 items`,
    ]),
    ['100,000 invalid prefixes', [match({ to: many(100_000, '1') })], `routes[0].match.to[0] ${PREFIX}`],
  ])('Lists that are too long are rejected: %s.', (_, routes, error) => {
    expect(refusal(() => readRoutes(routes, NAMES))).toBe(error);
  });

  test('Any JSON is either rejected with a path, or read as routes with known carriers.', () => {
    const mostlyRoute = fc.record(
      {
        name: fc.oneof(fc.constantFrom('x', 'y'), fc.jsonValue()),
        match: fc.oneof(fc.constant({ to: ['+1'] }), fc.jsonValue()),
        use: fc.oneof(fc.constant([{ carrier: 'a' }]), fc.array(fc.jsonValue())),
        failover: fc.oneof(fc.constant(['b']), fc.jsonValue()),
      },
      { requiredKeys: ['name'] },
    );
    const routes = fc.oneof(fc.array(mostlyRoute), fc.jsonValue());
    fc.assert(
      fc.property(routes, (given) => {
        let read: ReturnType<typeof readRoutes>;
        try {
          read = readRoutes(given, NAMES);
        } catch (error) {
          expect(error).toBeInstanceOf(CarrierSettingsError);
          expect((error as Error).message).toMatch(/^routes/);
          return;
        }
        const carriers = read.flatMap((one) => [...one.use.map(({ carrier }) => carrier), ...one.failover]);
        expect(carriers.filter((carrier) => !NAMES.includes(carrier))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('Settings beside the carriers', () => {
  const A = { name: 'a', type: 'simulator' };
  const read = (more: object) => readCarriers(JSON.stringify({ carriers: [A], ...more }), NO_SECRETS);

  test('Routes are read with the names of the carriers.', () => {
    const carriers = [A, { ...A, name: 'b' }];
    const routes = [{ name: 'us', use: [{ carrier: 'b' }] }];
    expect(read({ carriers, default: 'a', routes }).routes).toEqual([
      { name: 'us', match: {}, use: [{ carrier: 'b', weight: 1 }], failover: [] },
    ]);
    const error = 'routes[0].use[0].carrier must name a carrier. "b" is not in carriers';
    expect(refusal(() => read({ routes }))).toBe(error);
  });

  test('Messages use another carrier after 3 seconds by default.', () => {
    expect(read({}).failoverAfterSeconds).toBe(2);
  });

  test.each([1, 2.5, 3_600])('The failover may be after %d seconds.', (failoverAfterSeconds) => {
    expect(read({ failoverAfterSeconds }).failoverAfterSeconds).toBe(failoverAfterSeconds);
  });

  test.each([0, -1, 0.999, 3_600.1, SECRET, '3', null, [3], true])(
    'The time to the failover must not be %j.',
    (failoverAfterSeconds) => {
      const error = 'failoverAfterSeconds must be a number from 1 to 3600';
      expect(refusal(() => read({ failoverAfterSeconds }))).toBe(error);
    },
  );

  test('Another member of a pool sends after 60 seconds by default, or after the given time.', () => {
    expect(read({}).poolFailoverAfterSeconds).toBe(60);
    expect(read({ poolFailoverAfterSeconds: 5 }).poolFailoverAfterSeconds).toBe(5);
  });

  test.each([0, 3_601, '60', null, SECRET])('The time to the failover of a pool must not be %j.', (seconds) => {
    const error = 'poolFailoverAfterSeconds must be a number from 1 to 3600';
    expect(refusal(() => read({ poolFailoverAfterSeconds: seconds }))).toBe(error);
  });

  test('A time to the failover that is not finite is rejected.', () => {
    const text = `{"carriers":[${JSON.stringify(A)}],"failoverAfterSeconds":1e400}`;
    const error = 'failoverAfterSeconds must be a number from 1 to 3600';
    expect(refusal(() => readCarriers(text, NO_SECRETS))).toBe(error);
  });

  test('A carrier may be disabled, also the default carrier and carriers of routes.', () => {
    const { carriers, routes } = read({ carriers: [{ ...A, disabled: true }], routes: [ROUTE] });
    expect(carriers).toEqual([{ ...A, disabled: true }]);
    expect(routes).toHaveLength(1);
  });

  test('A carrier that is not disabled has the same settings as a carrier without the key.', () => {
    expect(read({ carriers: [{ ...A, disabled: false }] })).toEqual(read({}));
  });

  test.each(['smpp', 'twilio', 'telnyx', 'bandwidth', 'simulator'])(
    'Carriers of the type %s may have true or false for disabled, and nothing else.',
    (type) => {
      const error = 'carriers[0].disabled must be true or false';
      for (const disabled of ['true', 1, null, SECRET, {}]) {
        expect(refusal(() => read({ carriers: [{ name: 'a', type, disabled }] }))).toBe(error);
      }
      const other = refusal(() => read({ carriers: [{ name: 'A', type, disabled: true }] }));
      expect(other).not.toContain('disabled');
    },
  );

  test.each<[text: string, error: string]>([
    ['{"carriers":[{"name":"a","type":"simulator"}],"__proto__":{"routes":[]}}', '__proto__ is not a known setting'],
    [
      '{"carriers":[{"name":"a","type":"simulator","__proto__":{"disabled":true}}]}',
      'carriers[0].__proto__ is not a known setting',
    ],
    ['{"carriers":[{"name":"a","type":"simulator"}],"route":[]}', 'route is not a known setting'],
    ['{"carriers":[{"name":"a","type":"simulator"}],"routes":null}', 'routes must be a list'],
    [
      '{"carriers":[{"name":"a","type":"__proto__"}]}',
      'carriers[0].type must be one of smpp, twilio, telnyx, bandwidth, simulator',
    ],
  ])('The file %s is rejected with the error "%s".', (text, error) => {
    expect(refusal(() => readCarriers(text, NO_SECRETS))).toBe(error);
  });
});
