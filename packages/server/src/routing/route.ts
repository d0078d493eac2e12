import type { RouteSettings } from '../carriers/route-settings.ts';
import { fractionOf } from '../platform/hash.ts';
import type { RoutableCarrier, RoutedMessage, RoutingTable } from './table.ts';

/** Carrier that a message may use, in the order in which carriers are tried. */
export interface Candidate {
  carrier: string;
  /** Whether the carrier is in `use` of the route, or the only one without a route. Otherwise it is in `failover`. */
  isPrimary: boolean;
}

/** Why a message may use its candidates. */
export type Basis = { kind: 'route'; name: string } | { kind: 'number' } | { kind: 'default' };

/** Route or carrier that does not apply to a message. */
export interface Skipped {
  /** Name of the route. Absent: the carrier of the number, or the default carrier. */
  route?: string;
  /** Absent: the route does not match the message. */
  carrier?: string;
  reason: string;
}

/** Carriers for a message, without regard to their current state. */
export interface RoutePlan {
  /** Undefined: no configured carrier can carry the message. */
  basis: Basis | undefined;
  /** Empty without a basis. */
  candidates: readonly Candidate[];
}

const NO_ROUTE: RoutePlan = { basis: undefined, candidates: [] };

/**
 * Finds the carriers for a message: those of the first route that matches and has a carrier that can carry the message,
 * otherwise the carrier of the number, otherwise the default carrier. Equal input gives an equal result.
 * @param skipped gets the routes and carriers that do not apply, for explanations.
 */
export function planRoute(table: RoutingTable, message: RoutedMessage, skipped?: Skipped[]): RoutePlan {
  for (const route of table.routes) {
    const mismatch = mismatchOf(route, message);
    if (mismatch !== undefined) {
      skipped?.push({ route: route.name, reason: mismatch });
      continue;
    }
    const candidates = candidatesOf(table, route, message, skipped);
    if (candidates.length > 0) return { basis: { kind: 'route', name: route.name }, candidates };
  }
  const carrier = message.carrier ?? table.default;
  const obstacle = obstacleFor(table, carrier, message);
  if (obstacle !== undefined) {
    skipped?.push({ carrier, reason: obstacle });
    return NO_ROUTE;
  }
  return {
    basis: message.carrier === null ? { kind: 'default' } : { kind: 'number' },
    candidates: [{ carrier, isPrimary: true }],
  };
}

/** Carriers that can carry a message to some recipient. */
export function possibleCarriers(table: RoutingTable, sender: Omit<RoutedMessage, 'to'>): RoutableCarrier[] {
  const routed = table.routes.filter((route) => mismatchOf(route, sender) === undefined).flatMap(carriersOf);
  const names = new Set([...routed, sender.carrier ?? table.default]);
  return [...names].flatMap((name) => {
    const carrier = table.carriers.get(name);
    return carrier && obstacleFor(table, name, sender) === undefined ? [carrier] : [];
  });
}

/** Names of all carriers of a route. */
export function carriersOf({ use, failover }: RouteSettings): string[] {
  return [...use.map(({ carrier }) => carrier), ...failover];
}

/** @returns reason why the carrier cannot carry the message, or undefined. */
function obstacleFor({ carriers }: RoutingTable, name: string, message: Omit<RoutedMessage, 'to'>): string | undefined {
  const carrier = carriers.get(name);
  if (!carrier) return `Carrier ${name} is not configured`;
  if (carrier.isDisabled) return `Carrier ${name} is disabled`;
  if (message.carriers && !message.carriers.includes(name)) return `The sender may not use carrier ${name}`;
  return carrier.obstacle(message);
}

function candidatesOf(
  table: RoutingTable,
  route: RouteSettings,
  message: RoutedMessage,
  skipped: Skipped[] | undefined,
): Candidate[] {
  const isPossible = (carrier: string) => {
    const reason = obstacleFor(table, carrier, message);
    if (reason !== undefined) skipped?.push({ route: route.name, carrier, reason });
    return reason === undefined;
  };
  const primary = byWeight(
    route.use.filter(({ carrier }) => isPossible(carrier)),
    message.to,
  );
  return [
    ...primary.map((carrier) => ({ carrier, isPrimary: true })),
    ...route.failover
      .filter((carrier) => !route.use.some((one) => one.carrier === carrier))
      .filter(isPossible)
      .map((carrier) => ({ carrier, isPrimary: false })),
  ];
}

/** Conditions of a route as sets, because a list may have thousands of entries. */
interface Conditions {
  /** Beginnings of recipients, and their distinct lengths. */
  to: { prefixes: ReadonlySet<string>; lengths: readonly number[] } | undefined;
  from: ReadonlySet<string> | undefined;
  apiClientId: ReadonlySet<string> | undefined;
  campaign: ReadonlySet<string> | undefined;
}

const known = new WeakMap<RouteSettings, Conditions>();

function conditionsOf(route: RouteSettings): Conditions {
  const found = known.get(route);
  if (found) return found;
  const { to, from, apiClientId, campaign } = route.match;
  const setOf = (list: readonly string[] | undefined) => list && new Set(list);
  const conditions = {
    to: to && { prefixes: new Set(to), lengths: [...new Set(to.map(({ length }) => length))] },
    ...{ from: setOf(from), apiClientId: setOf(apiClientId), campaign: setOf(campaign) },
  };
  known.set(route, conditions);
  return conditions;
}

/** @returns description of the first condition that the message does not meet, or undefined. */
function mismatchOf(route: RouteSettings, message: Omit<RoutedMessage, 'to'> & { to?: string }): string | undefined {
  const { to: recipient, numberId, poolId, from: address, messageType, apiClientId: client, campaign: own } = message;
  const { to, from, apiClientId, campaign } = conditionsOf(route);
  const { messageType: type } = route.match;
  if (recipient !== undefined && to && !to.lengths.some((length) => to.prefixes.has(recipient.slice(0, length)))) {
    return `The recipient begins with none of ${named(route.match.to)}`;
  }
  if (from && !from.has(numberId) && !from.has(address) && !(poolId !== null && from.has(poolId))) {
    return 'The sender is not in the list of the route';
  }
  if (type && type !== messageType) return `The route is for ${type} only`;
  if (apiClientId && !apiClientId.has(client)) return 'The API client is not in the list of the route';
  if (campaign && !(own !== null && campaign.has(own))) return 'The campaign is not in the list of the route';
  return undefined;
}

/** The first entries of a list, for an explanation. */
function named(list: readonly string[] = []): string {
  const more = list.length > MOST_NAMED ? ` and ${list.length - MOST_NAMED} more` : '';
  return list.slice(0, MOST_NAMED).join(', ') + more;
}

const MOST_NAMED = 10;

/**
 * Orders carriers for a recipient by weighted rendezvous hashing. Each carrier is first for its share of the recipients. A
 * change of one carrier moves only recipients that it gains or loses.
 * Source: Schindelhauer and Schomaker, Weighted Distributed Hash Tables, 2005.
 */
function byWeight(use: RouteSettings['use'], recipient: string): string[] {
  const [only] = use;
  if (use.length === 1 && only) return [only.carrier];
  return use
    .map(({ carrier, weight }) => ({ carrier, score: -Math.log(fractionOf(`${recipient} ${carrier}`)) / weight }))
    .toSorted((one, other) => one.score - other.score)
    .map(({ carrier }) => carrier);
}
