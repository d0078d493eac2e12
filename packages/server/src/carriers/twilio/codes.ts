import type { FailureCode } from '../failures.ts';

/** Meaning of an error code in the response to a submit. */
export type SubmitMeaning = 'permanent' | 'temporary' | 'throttled' | 'busySender' | 'misconfigured' | 'unknown';

/** Error code of Twilio, in a response or in the `ErrorCode` of a status callback. */
export interface TwilioError {
  submit: SubmitMeaning;
  /** Failure of a message that Twilio refused or did not deliver. */
  failure: FailureCode;
  /** Short description, for callbacks without a text. */
  title: string;
  /** Fix, for `misconfigured`. */
  fix: string | undefined;
}

const CREDENTIALS = 'Check accountSid, authToken and the API key.';
const ACCOUNT = 'Check the state and the balance of the account in the Twilio Console.';
const SERVICE = 'Check messagingServiceSid.';
const PUBLIC_URL = 'Check RC_PUBLIC_URL. Twilio must be able to reach it.';
const BASE_URL = 'Check baseUrl, and the proxies between Red Cloud and Twilio.';

function permanent(failure: FailureCode, title: string): TwilioError {
  return { submit: 'permanent', failure, title, fix: undefined };
}

function temporary(failure: FailureCode, title: string): TwilioError {
  return { submit: 'temporary', failure, title, fix: undefined };
}

function throttled(title: string): TwilioError {
  return { submit: 'throttled', failure: 'CARRIER_REJECTED', title, fix: undefined };
}

/** The sender has reached a limit of its own. Messages of other senders are accepted. */
function busySender(title: string): TwilioError {
  return { submit: 'busySender', failure: 'CARRIER_REJECTED', title, fix: undefined };
}

function misconfigured(fix: string, title: string): TwilioError {
  return { submit: 'misconfigured', failure: 'CARRIER_REJECTED', title, fix };
}

function unknown(title: string): TwilioError {
  return { submit: 'unknown', failure: 'UNDELIVERABLE', title, fix: undefined };
}

/** Refusals because of permissions of the account, which other accounts may have. */
export const OF_ACCOUNT: ReadonlySet<number> = new Set([10002, 14111, 21408, 21608, 21622, 30010, 572005]);

/**
 * Error codes that concern messages. The source of each row is https://www.twilio.com/docs/api/errors/{code}. The mapping
 * to a failure is a decision of this adapter. Another code with a message is a permanent refusal, except with
 * HTTP 401 and 403.
 */
export const TWILIO_ERRORS: Readonly<Record<number, TwilioError>> = {
  // Account and credentials
  10001: misconfigured(ACCOUNT, 'Account is not active'),
  20003: misconfigured(CREDENTIALS, 'Permission denied'),
  20004: misconfigured(BASE_URL, 'Method not allowed'),
  20005: misconfigured(ACCOUNT, 'Account not active'),
  20006: misconfigured(CREDENTIALS, 'Access denied'),
  20008: misconfigured(CREDENTIALS, 'Test credentials cannot use this resource'),
  20010: misconfigured(ACCOUNT, 'Action disabled for the account'),
  20011: misconfigured(BASE_URL, 'Invalid TLS version'),
  20012: misconfigured(BASE_URL, 'Invalid TLS cipher suite'),
  20403: misconfigured(ACCOUNT, 'Account suspended or closed'),
  // The path of a submit consists of constants and of the account, so no message can be at fault.
  20404: misconfigured(CREDENTIALS, 'Account not found'),
  20426: misconfigured(BASE_URL, 'Upgrade required'),
  30002: misconfigured(ACCOUNT, 'Account suspended'),
  70051: misconfigured(CREDENTIALS, 'Authorization failed, for example of a restricted API key'),
  90010: misconfigured(ACCOUNT, 'Account is not active'),

  // Settings that every message uses
  21609: misconfigured(PUBLIC_URL, 'Invalid StatusCallback'),
  21701: misconfigured(SERVICE, 'Messaging Service does not exist'),
  21702: misconfigured(SERVICE, 'Messaging Service is not available'),
  21705: misconfigured(SERVICE, 'Messaging Service is invalid'),

  // Rates of the whole account. 20429: the request was not processed.
  20429: throttled('Too many concurrent requests'),
  60728: throttled('Account exceeded its messages per hour'),
  63017: throttled('Account exceeded its messages per second'),
  63038: throttled('Account exceeded its messages per day'),

  // Rates of one sender or one recipient
  14107: temporary('CARRIER_REJECTED', 'Too many messages between two numbers within 30 s'),
  21611: busySender('The queue of the sender has 10 hours of messages'),
  30001: busySender('Queue overflow'),
  30017: temporary('UNDELIVERABLE', 'Congestion in the network of the carrier'),
  30022: busySender('A2P 10DLC rate limit of the campaign exceeded'),
  63018: busySender('Rate limit of the channel exceeded'),

  // 20500: "sending an SMS is not idempotent", so the message may have been accepted.
  20500: unknown('Internal server error'),
  20503: unknown('Service unavailable'),

  // Recipient
  14101: permanent('INVALID_NUMBER', 'Invalid recipient'),
  21211: permanent('INVALID_NUMBER', 'Invalid recipient'),
  21217: permanent('INVALID_NUMBER', 'Recipient does not appear to be valid'),
  21265: permanent('INVALID_NUMBER', 'Recipient is a short code'),
  21266: permanent('INVALID_NUMBER', 'Recipient and sender are the same number'),
  21604: permanent('INVALID_NUMBER', 'Recipient missing'),
  21614: permanent('INVALID_NUMBER', 'Recipient is not a mobile number'),
  21635: permanent('INVALID_NUMBER', 'Recipient is a landline'),
  30005: permanent('INVALID_NUMBER', 'Unknown destination handset'),
  30006: permanent('INVALID_NUMBER', 'Landline or unreachable carrier'),
  30014: permanent('INVALID_NUMBER', 'Invalid attributes of the recipient'),
  63003: permanent('INVALID_NUMBER', 'Channel could not find the recipient'),
  63024: permanent('INVALID_NUMBER', 'Invalid recipient of the channel'),
  63031: permanent('INVALID_NUMBER', 'Recipient and sender are the same'),
  21610: permanent('OPTED_OUT_AT_CARRIER', 'Recipient has unsubscribed'),
  30003: permanent('UNREACHABLE_HANDSET', 'Unreachable destination handset'),
  63036: permanent('UNREACHABLE_HANDSET', 'Recipient cannot be reached by RCS at this time'),

  // Trial accounts and countries
  10002: permanent('CARRIER_REJECTED', 'Trial accounts do not support this feature'),
  14111: permanent('CARRIER_REJECTED', 'Recipient not verified for the trial account'),
  21408: permanent('CARRIER_REJECTED', 'Country of the recipient is not enabled in the geographic permissions'),
  21608: permanent('CARRIER_REJECTED', 'Recipient not verified for the trial account'),
  572005: permanent('CARRIER_REJECTED', 'Verification of the recipient for the trial account not completed'),

  // Sender
  14102: permanent('SENDER_REJECTED', 'Invalid sender'),
  14108: permanent('SENDER_REJECTED', 'Sender cannot send SMS'),
  21212: permanent('SENDER_REJECTED', 'Invalid sender'),
  21601: permanent('SENDER_REJECTED', 'Sender is not a number of the account'),
  21603: permanent('SENDER_REJECTED', 'Sender missing'),
  21606: permanent('SENDER_REJECTED', 'Sender cannot send messages to this destination'),
  21607: permanent('SENDER_REJECTED', 'Trial account must use its own sender'),
  21612: permanent('SENDER_REJECTED', 'This sender cannot reach this recipient'),
  21616: permanent('SENDER_REJECTED', 'Sender matches several numbers of the account'),
  21621: permanent('SENDER_REJECTED', 'Sender is not enabled for MMS'),
  21659: permanent('SENDER_REJECTED', 'Sender is not a Twilio number, or a short code of another country'),
  21660: permanent('SENDER_REJECTED', 'Sender belongs to another account'),
  21703: permanent('SENDER_REJECTED', 'Messaging Service has no number available'),
  21704: permanent('SENDER_REJECTED', 'Messaging Service contains no numbers'),
  21709: permanent('SENDER_REJECTED', 'Alphanumeric sender not authorized for the Messaging Service'),
  21711: permanent('SENDER_REJECTED', 'Sender is not in the Messaging Service'),
  21712: permanent('SENDER_REJECTED', 'Sender is in another Messaging Service'),
  30016: permanent('SENDER_REJECTED', 'Recipient and sender use different channels'),
  30018: permanent('SENDER_REJECTED', 'Destination carrier requires registration of the sender'),
  30024: permanent('SENDER_REJECTED', 'Sender is not provisioned at the carrier'),
  30032: permanent('SENDER_REJECTED', 'Toll-free number has not been verified'),
  30034: permanent('SENDER_REJECTED', 'A2P 10DLC message from an unregistered number'),
  63002: permanent('SENDER_REJECTED', 'Channel could not find the sender'),
  63007: permanent('SENDER_REJECTED', 'No channel with this sender'),

  // Text
  14103: permanent('CARRIER_REJECTED', 'Invalid body'),
  21602: permanent('CARRIER_REJECTED', 'Body missing'),
  21605: permanent('CARRIER_REJECTED', 'Body is longer than 160 characters'),
  21617: permanent('CARRIER_REJECTED', 'Body is longer than 1600 characters'),
  21618: permanent('CARRIER_REJECTED', 'Body cannot be sent'),
  21619: permanent('CARRIER_REJECTED', 'Record could not be created'),
  21658: permanent('CARRIER_REJECTED', 'Parameter is too long'),

  // Media
  11200: permanent('MEDIA_UNSUPPORTED', 'Media could not be retrieved from RC_PUBLIC_URL'),
  12300: permanent('MEDIA_UNSUPPORTED', 'Invalid Content-Type of the media'),
  21620: permanent('MEDIA_UNSUPPORTED', 'Invalid media URL'),
  21622: permanent('MEDIA_UNSUPPORTED', 'MMS is not enabled for the account'),
  21623: permanent('MEDIA_UNSUPPORTED', 'Too many media files'),
  30011: permanent('MEDIA_UNSUPPORTED', 'Recipient does not support MMS in this region'),
  63019: permanent('MEDIA_UNSUPPORTED', 'Media failed to download'),
  63021: permanent('MEDIA_UNSUPPORTED', 'Channel does not support the content'),
  63037: permanent('MEDIA_UNSUPPORTED', 'Channel could not upload the media'),
  11751: permanent('MEDIA_TOO_LARGE', 'Media exceed the size limit of the provider'),
  30019: permanent('MEDIA_TOO_LARGE', 'Content exceeds the size limit of the carrier'),
  63034: permanent('MEDIA_TOO_LARGE', 'Media exceed the size limit'),

  // Filters and limits of carriers
  30004: permanent('BLOCKED_BY_CARRIER', 'Message blocked'),
  30007: permanent('BLOCKED_BY_CARRIER', 'Message filtered'),
  63013: permanent('BLOCKED_BY_CARRIER', 'Violation of a policy of the channel'),
  63014: permanent('BLOCKED_BY_CARRIER', 'Recipient has blocked the sender in the channel'),
  63026: permanent('BLOCKED_BY_CARRIER', 'Sender of the channel flagged as spam'),
  63033: permanent('BLOCKED_BY_CARRIER', 'Recipient is blocked'),
  30023: permanent('CARRIER_REJECTED', 'A2P 10DLC daily message cap reached'),
  30027: permanent('CARRIER_REJECTED', 'A2P 10DLC daily limit of T-Mobile reached'),

  // Delivery
  30008: permanent('UNDELIVERABLE', 'Unknown error'),
  30009: permanent('UNDELIVERABLE', 'Segment missing'),
  30010: permanent('CARRIER_REJECTED', 'Price exceeds MaxPrice'),
  30020: permanent('UNDELIVERABLE', 'Internal failure of message scheduling'),
  30021: permanent('UNDELIVERABLE', 'Internal failure of the Messaging Service'),
  30036: permanent('UNDELIVERABLE', 'Validity period expired in the queue'),
  30410: permanent('UNDELIVERABLE', 'Timeout of a provider. Twilio does not send again, to avoid a duplicate'),
  30500: permanent('UNDELIVERABLE', 'Internal error of Twilio'),
  63009: permanent('UNDELIVERABLE', 'Internal error of the channel provider'),
  63010: permanent('UNDELIVERABLE', 'Internal error of Twilio'),
  63012: permanent('UNDELIVERABLE', 'Internal error of the channel provider'),
};

/** @param value code in JSON or in a form. @returns undefined without a code. */
export function codeOf(value: unknown): number | undefined {
  const code = typeof value === 'number' || (typeof value === 'string' && /^\d{1,9}$/.test(value)) ? Number(value) : 0;
  return Number.isInteger(code) && code > 0 ? code : undefined;
}
