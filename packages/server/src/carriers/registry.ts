import { BANDWIDTH } from './bandwidth/type.ts';
import type { CarrierSettings, CarrierType } from './carrier-type.ts';
import type { RouteSettings } from './route-settings.ts';
import { SIMULATOR } from './simulator/type.ts';
import { SMPP } from './smpp/type.ts';
import { TELNYX } from './telnyx/type.ts';
import { TWILIO } from './twilio/type.ts';

export interface Carriers {
  carriers: CarrierSettings[];
  /** Name of the carrier of numbers that name none. */
  default: string;
  /** Routes, of which the first matching one applies. */
  routes: RouteSettings[];
  /** Seconds without progress after which messages use another carrier of their route. */
  failoverAfterSeconds: number;
  /** Seconds without a carrier for the number of a conversation after which another member of its pool sends. */
  poolFailoverAfterSeconds: number;
}

export const FAILOVER_AFTER_SECONDS = 2;
export const POOL_FAILOVER_AFTER_SECONDS = 60;

/** Types of carriers in RC_CARRIERS. A new type is one folder, and one line here. */
export const CARRIER_TYPES: Readonly<Record<string, CarrierType>> = {
  smpp: SMPP,
  twilio: TWILIO,
  telnyx: TELNYX,
  bandwidth: BANDWIDTH,
  simulator: SIMULATOR,
};

/** Carriers without RC_CARRIERS. */
export const DEFAULT_CARRIERS: Carriers = {
  carriers: [{ name: 'simulator', type: 'simulator' }],
  default: 'simulator',
  routes: [],
  failoverAfterSeconds: FAILOVER_AFTER_SECONDS,
  poolFailoverAfterSeconds: POOL_FAILOVER_AFTER_SECONDS,
};

/** @returns undefined for an unknown type. */
export function carrierTypeOf(type: unknown): CarrierType | undefined {
  return typeof type === 'string' && Object.hasOwn(CARRIER_TYPES, type) ? CARRIER_TYPES[type] : undefined;
}

/** Names of the secrets of a type, which are the settings that may be read from an environment variable. */
export function secretNamesOf(type: string): string[] {
  return Object.entries(carrierTypeOf(type)?.schema.properties ?? {}).flatMap(([name, schema]) => {
    const { anyOf: forms = [] } = schema as { anyOf?: { properties?: object }[] };
    return forms.some(({ properties = {} }) => 'env' in properties) ? [name] : [];
  });
}
