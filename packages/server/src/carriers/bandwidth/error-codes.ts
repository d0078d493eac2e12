import type { FailureCode } from '../failures.ts';

/**
 * Codes of `message-failed`. Sources: Bandwidth/api-docs, site/docs/messaging/errors.mdx (2023), and a copy of
 * dev.bandwidth.com/docs/messaging/errors from 2026-08-31 for the codes marked 2026.
 */
const CODES: Readonly<Record<FailureCode, readonly number[]>> = {
  BLOCKED_BY_CARRIER: [
    4470, // Spam, found by Bandwidth
    4482, // Recipient on the block list
    4770, // Spam, found by the carrier
    4771, // Shortened URL
    4772, // Sender or recipient blocked
    4780, // Daily limit of T-Mobile for the brand
    4781, // Rate limit of AT&T for the campaign
    4785, // Rate limit of another carrier
    4790, // Short code blocked for the recipient
  ],
  CARRIER_REJECTED: [
    4001, // Service not allowed
    4301, // Encoding of the text
    4435, // Too many recipients
    4451, // Wrong user id
    4452, // Wrong application id
    4735, // Too many recipients, reported by the carrier (2026)
    4750, // Rejected without a reason
    4751, // Length of the text
    4752, // Malformed for the carrier
  ],
  INVALID_NUMBER: [
    4303, // Malformed recipient
    4350, // Malformed for the destination, usually an invalid recipient
    4404, // Recipient without messaging
    4406, // Recipient not assigned to a carrier
    4408, // Recipient without an account
    4434, // Toll-free recipient without messaging
    4492, // Emergency number
    4720, // Invalid destination address
    4721, // Deactivated number
  ],
  MEDIA_TOO_LARGE: [
    4411, // Size limit of Bandwidth
    4711, // Size limit of the carrier
  ],
  MEDIA_UNSUPPORTED: [
    4410, // Media not downloaded by Bandwidth
    4412, // Content type, found by Bandwidth
    4710, // Media not downloaded by the carrier (2026)
    4712, // Content type, found by the carrier
  ],
  OPTED_OUT_AT_CARRIER: [
    4475, // Opt-out known to Bandwidth (2026)
    4775, // Opt-out known to the carrier
  ],
  SENDER_REJECTED: [
    4302, // Malformed sender
    4403, // Sender without messaging
    4405, // Unallocated sender
    4407, // Sender without an account
    4421, // Account without this destination
    4431, // Account without short codes
    4432, // Account without this country
    4433, // Account without toll-free messaging
    4476, // Unregistered sender (2026)
    4481, // Sender on the block list
    4493, // Sender not authorized
    4740, // Invalid source address
    4773, // Inactive campaign
    4774, // Sender not provisioned in the industry database
    4791, // Short code campaign not allowed
    4792, // Short code not provisioned
    4793, // Short code expired
    4795, // Toll-free number not verified
  ],
  UNDELIVERABLE: [
    4360, // Expired before it was sent
    4401, // No route within Bandwidth
    4409, // Recipient without MMS
    4420, // No route to the carrier
    4700, // SMS or MMS not supported by the carrier or the handset
    4730, // No route at the carrier
    4754, // Channel not supported (2026)
    4794, // Expired at the carrier (2026)
  ],
  UNREACHABLE_HANDSET: [
    4701, // Recipient not reachable
    4702, // Recipient not available
    4753, // Rejected by the handset
  ],
};

const FAILURES: ReadonlyMap<number, FailureCode> = new Map(
  (Object.keys(CODES) as FailureCode[]).flatMap((failure) =>
    CODES[failure].map((code): [number, FailureCode] => [code, failure]),
  ),
);

/**
 * Meaning of the code of a `message-failed`. Codes that are not listed have the meaning of their class (errors.mdx, Error
 * Code Schema): 4xxx is a refusal, 5xxx a failed service, 9xxx is ambiguous.
 * @returns `ambiguous` if Bandwidth does not know the result: 9902 (no receipt in time) and 9999 (unknown to Bandwidth).
 */
export function failureCodeOf(errorCode: number | undefined): FailureCode | 'ambiguous' {
  if (errorCode === undefined) return 'UNDELIVERABLE';
  if (errorCode >= 9000 && errorCode <= 9999) return 'ambiguous';
  const isRefusal = errorCode >= 4000 && errorCode <= 4999;
  return FAILURES.get(errorCode) ?? (isRefusal ? 'CARRIER_REJECTED' : 'UNDELIVERABLE');
}
