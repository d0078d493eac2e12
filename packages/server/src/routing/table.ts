import { type Capabilities, obstacleOf, type Sendable } from '../carriers/capabilities.ts';
import type { Carriers } from '../carriers/registry.ts';
import type { RouteSettings } from '../carriers/route-settings.ts';
import type { SenderType } from '../platform/phone-numbers.ts';

export type MessageType = 'SMS' | 'MMS';

/** Parts of a message that decide on its route. */
export interface RoutedMessage {
  /** E.164. */
  to: string;
  numberId: string;
  /** Id of the pool that has selected the number. */
  poolId: string | null;
  /** Address of the number. */
  from: string;
  sender: SenderType;
  messageType: MessageType;
  /** Characters of the text, as code points. 0 without a text. */
  characters: number;
  apiClientId: string;
  campaign: string | null;
  /** Carrier of the number. Null: the default carrier. */
  carrier: string | null;
  /** Carriers that the number may use. Null: all. */
  carriers: readonly string[] | null;
}

/** Carrier, as far as routes depend on its settings. */
export interface RoutableCarrier {
  /** Whether the carrier takes no new messages. */
  isDisabled: boolean;
  /** Undefined: the carrier does not send MMS. */
  media: Capabilities['media'];
  /** @returns reason why the carrier cannot carry a message of this kind, or undefined. */
  obstacle(message: Pick<RoutedMessage, 'messageType' | 'sender' | 'characters'>): string | undefined;
}

/** Routes and carriers of RC_CARRIERS. */
export interface RoutingTable {
  /** The first matching route applies. */
  routes: readonly RouteSettings[];
  /** Carrier of messages without a route, of numbers that name none. */
  default: string;
  carriers: ReadonlyMap<string, RoutableCarrier>;
}

/** @param capabilities capabilities of each carrier, by name. */
export function tableOf(
  settings: Pick<Carriers, 'carriers' | 'routes' | 'default'>,
  capabilities: ReadonlyMap<string, Capabilities>,
): RoutingTable {
  const { routes, default: usual } = settings;
  const carriers = settings.carriers.flatMap(({ name, disabled: isDisabled = false }) => {
    const known = capabilities.get(name);
    if (!known) return [];
    const obstacle = (message: Sendable) => obstacleOf(known, message);
    return [[name, { isDisabled, media: known.media, obstacle }] as const];
  });
  return { routes, default: usual, carriers: new Map<string, RoutableCarrier>(carriers) };
}
