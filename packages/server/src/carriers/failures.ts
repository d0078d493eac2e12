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
