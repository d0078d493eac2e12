import Type, { type Static } from 'typebox';
import { CarrierName } from './pace-settings.ts';
import { checked, problem } from './problems.ts';

const closed = { additionalProperties: false } as const;
const someOf = (pattern: string) =>
  Type.Optional(Type.Array(Type.String({ pattern }), { minItems: 1, maxItems: 10_000 }));

/** Entry of `routes`. A message must meet all conditions of `match`. */
const RouteSchema = Type.Object(
  {
    name: CarrierName,
    match: Type.Object(
      {
        /** Beginnings of the recipient. */
        to: someOf('^\\+[1-9]\\d{0,14}$'),
        /** Ids of numbers or pools, or addresses of numbers. */
        from: someOf('^[\\x20-\\x7e]{1,255}$'),
        messageType: Type.Optional(Type.Enum(['SMS', 'MMS'])),
        apiClientId: someOf('^[\\x20-\\x7e]{1,255}$'),
        campaign: someOf('^[\\x20-\\x7e]{1,255}$'),
      },
      { ...closed, default: {} },
    ),
    use: Type.Array(
      Type.Object(
        {
          carrier: CarrierName,
          weight: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, default: 1 }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 100 },
    ),
    failover: Type.Array(CarrierName, { maxItems: 100, default: [] }),
  },
  closed,
);

export type RouteSettings = Static<typeof RouteSchema>;

/**
 * Reads `routes` of RC_CARRIERS.
 * @param names names of the configured carriers.
 * @throws CarrierSettingsError
 */
export function readRoutes(value: unknown, names: readonly string[]): RouteSettings[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw problem('routes', 'must be a list');
  if (value.length > MOST_ROUTES) throw problem('routes', `must have at most ${MOST_ROUTES} entries`);
  const routes = value.map((one, i) => readRoute(one, `routes[${i}]`, names));
  const twice = routes.findIndex(({ name }, i) => routes.findIndex((other) => other.name === name) !== i);
  if (twice >= 0) throw problem(`routes[${twice}].name`, 'must be unique');
  return routes;
}

/** Every message is compared with the routes before the one that applies. */
const MOST_ROUTES = 1_000;

function readRoute(value: unknown, path: string, names: readonly string[]): RouteSettings {
  const route = checked(RouteSchema, value, path);
  const used = [
    ...route.use.map(({ carrier }, i) => ({ carrier, at: `${path}.use[${i}].carrier` })),
    ...route.failover.map((carrier, i) => ({ carrier, at: `${path}.failover[${i}]` })),
  ];
  const seen = new Set<string>();
  for (const { carrier, at } of used) {
    if (!names.includes(carrier)) throw problem(at, `must name a carrier. "${carrier}" is not in carriers`);
    if (seen.has(carrier)) throw problem(at, `names the carrier "${carrier}" a second time in this route`);
    seen.add(carrier);
  }
  return route;
}
