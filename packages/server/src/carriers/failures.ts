import type { MessageError } from '../platform/errors.ts';

/**
 * Reasons why a carrier does not deliver a message, the same for all carriers. docs/errors.md explains each one and its
 * fix. `details.carrierCode` has the carrier's own code.
 */
const MESSAGES = {
  BLOCKED_BY_CARRIER: 'The carrier or the network blocked the message',
  CARRIER_REJECTED: 'The carrier refused the message',
  INVALID_NUMBER: 'The recipient is not a number that can receive messages',
  MEDIA_TOO_LARGE: 'The media are too large for the carrier',
  MEDIA_UNSUPPORTED: 'The carrier could not use the media',
  OPTED_OUT_AT_CARRIER: 'The recipient has opted out at the carrier',
  SENDER_REJECTED: 'The carrier does not accept this sender for the recipient',
  UNDELIVERABLE: 'The carrier could not deliver the message',
  UNREACHABLE_HANDSET: 'The handset could not be reached',
} as const;

export type FailureCode = keyof typeof MESSAGES;

/** @param carrierCode code of the carrier. @param reason text of the carrier, if it has one. */
export function failureOf(code: FailureCode, carrierCode: string, reason?: string): MessageError {
  return { code, message: MESSAGES[code], details: { carrierCode, ...(reason === undefined ? {} : { reason }) } };
}

/**
 * Field of a permanent refusal that other carriers need not share. A sender is registered with each carrier on its own.
 * @param isOfAccount whether the refusal is about a permission of the account, such as a country that is not enabled.
 */
export function routeSpecific(code: FailureCode, isOfAccount = false): { isRouteSpecific?: true } {
  return code === 'SENDER_REJECTED' || isOfAccount ? { isRouteSpecific: true } : {};
}

/** Code of a note in a report with the state SENT. The note does not change the status. */
export const UNCONFIRMED = 'DELIVERY_UNCONFIRMED';

/**
 * Note that a delivery is not confirmed.
 * @param source vendor and its state, such as `Telnyx delivery_unconfirmed`. @param isFinal whether no report follows.
 */
export function unconfirmedOf(source: string, carrierCode: string, isFinal: boolean): MessageError {
  const verb = isFinal ? 'could not confirm' : 'has not confirmed';
  return { code: UNCONFIRMED, message: `The carrier ${verb} the delivery (${source})`, details: { carrierCode } };
}
