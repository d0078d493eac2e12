import { BANDWIDTH } from '#carriers/bandwidth/type.ts';
import type { Capabilities } from '#carriers/capabilities.ts';
import type { RouteSettings } from '#carriers/route-settings.ts';
import { SIMULATOR } from '#carriers/simulator/type.ts';
import { SMPP } from '#carriers/smpp/type.ts';
import { TELNYX } from '#carriers/telnyx/type.ts';
import { TWILIO } from '#carriers/twilio/type.ts';
import type { RoutePlan } from '#routing/route.ts';
import { type RoutedMessage, type RoutingTable, tableOf } from '#routing/table.ts';
import { BANDWIDTH as BANDWIDTH_SETTINGS } from './bandwidth.ts';
import { smppSettings } from './smpp-settings.ts';
import { TELNYX as TELNYX_SETTINGS } from './telnyx.ts';
import { TWILIO as TWILIO_SETTINGS } from './twilio.ts';

const simulator = (name: string) => SIMULATOR.capabilities({ name, type: 'simulator' });
const smpp = (name: string) =>
  SMPP.capabilities(smppSettings({ name, type: 'smpp', host: 'localhost', port: 2775, systemId: 'id', password: 'x' }));

/**
 * Carriers of the tests. `sim`, `a`, `b` and `c` send every message, `acme` and `smpp` send no MMS, `off` is disabled,
 * and `local` sends only short messages of phone numbers.
 */
const CAPABILITIES: readonly Capabilities[] = [
  ...['sim', 'a', 'b', 'c', 'off'].map(simulator),
  ...['acme', 'smpp'].map(smpp),
  TWILIO.capabilities({ ...TWILIO_SETTINGS, name: 'twilio' }),
  TELNYX.capabilities({ ...TELNYX_SETTINGS, name: 'telnyx' }),
  BANDWIDTH.capabilities({ ...BANDWIDTH_SETTINGS, name: 'band' }),
  {
    name: 'local',
    senders: new Set(['LONG_CODE', 'TOLL_FREE']),
    media: { senders: new Set(['LONG_CODE']), limits: () => ({ totalBytes: 1, accepts: () => true }) },
    maxTextCharacters: { SMS: 160, MMS: 1_000 },
  },
];

/** Names of the carriers of `routingTable`, of which `off` is disabled. */
export const CARRIER_NAMES: readonly string[] = CAPABILITIES.map(({ name }) => name);

/** @param usual the default carrier. @param disabled names of more disabled carriers. */
export function routingTable(
  routes: readonly RouteSettings[],
  usual = 'sim',
  disabled: readonly string[] = [],
): RoutingTable {
  const carriers = CARRIER_NAMES.map((name) => ({ name, type: 'any', disabled: ['off', ...disabled].includes(name) }));
  const capabilities = new Map(CAPABILITIES.map((one) => [one.name, one]));
  return tableOf({ carriers, routes: [...routes], default: usual }, capabilities);
}

/**
 * Route of a short description.
 * @param carriers `use`, with weights other than 1, and `failover` after `>`: `a=3 b > c`.
 */
export function route(name: string, carriers: string, match: RouteSettings['match'] = {}): RouteSettings {
  const [use = '', failover = ''] = carriers.split('>').map((part) => part.trim());
  return {
    name,
    match,
    use: use.split(' ').map((one) => {
      const [carrier = '', weight = '1'] = one.split('=');
      return { carrier, weight: Number(weight) };
    }),
    failover: failover === '' ? [] : failover.split(' '),
  };
}

/** SMS of a long code without campaign, pool or carrier. */
export function routedMessage(more: Partial<RoutedMessage> = {}): RoutedMessage {
  return {
    to: '+14155550100',
    numberId: 'num_1',
    poolId: null,
    from: '+15550000001',
    sender: 'LONG_CODE',
    messageType: 'SMS',
    characters: 10,
    apiClientId: 'client_1',
    campaign: null,
    carrier: null,
    carriers: null,
    ...more,
  };
}

/**
 * Short description of a plan, as `route` reads one: `us: a b > c`. The carriers of `use` are sorted, because their order
 * depends on the recipient.
 */
export function described({ basis, candidates }: RoutePlan): string {
  if (!basis) return candidates.length === 0 ? 'NO_ROUTE' : 'candidates without a basis';
  const firstFailover = candidates.findIndex(({ isPrimary }) => !isPrimary);
  const end = firstFailover < 0 ? candidates.length : firstFailover;
  const names = candidates.map(({ carrier }) => carrier);
  const use = names.slice(0, end).toSorted().join(' ');
  const failover = names.slice(end).join(' ');
  const name = basis.kind === 'route' ? basis.name : basis.kind;
  return `${name}: ${use}${failover && `${use && ' '}> ${failover}`}`;
}
