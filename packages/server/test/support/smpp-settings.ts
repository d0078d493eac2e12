import { readCarriers } from '#carriers/settings.ts';
import type { SmppCarrier } from '#carriers/smpp/settings.ts';

/** Sources without any secret. */
export const NO_SECRETS = { env: () => undefined, file: () => undefined };

/** Settings of an SMPP carrier, as RC_CARRIERS with only this carrier has them. */
export function smppSettings(carrier: object): SmppCarrier {
  return readCarriers(JSON.stringify({ carriers: [carrier] }), NO_SECRETS).carriers[0] as SmppCarrier;
}
