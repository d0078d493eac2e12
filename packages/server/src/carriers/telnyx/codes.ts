import type { FailureCode } from '../failures.ts';

/** Error in a response or a callback, as Telnyx describes it. */
export interface TelnyxError {
  code: string;
  title: string;
  detail: string;
  /** JSON pointer to the field at fault, such as `/to`. */
  pointer: string;
}

/**
 * Meaning of an error code in the response to a submit.
 * - `profile`: the messaging profile is at fault. Without `messagingProfileId`, each number has its own profile.
 * - `unknown`: Telnyx does not state whether it accepted the message.
 */
export type Meaning = 'permanent' | 'temporary' | 'throttled' | 'busySender' | 'misconfigured' | 'profile' | 'unknown';

export interface Code {
  meaning: Meaning;
  failure: FailureCode;
  /** Page that documents the code. */
  source: string;
}

/** Help page with all messaging codes. */
const HELP = 'https://support.telnyx.com/en/articles/6505121-telnyx-messaging-error-codes';
/** Catalog of the codes of all Telnyx APIs. */
const CATALOG = 'https://developers.telnyx.com/development/api-fundamentals/api-errors';
/** Catalog of the codes in message detail records. */
const RECORDS = 'https://developers.telnyx.com/docs/messaging/messages/error-codes';

const page = (code: string) => `https://developers.telnyx.com/api/errors/${code}`;

type Row = [code: string, meaning: Meaning, failure: FailureCode, source: string];

/** Requests that Telnyx cannot read or does not allow. */
const REQUESTS: Row[] = [
  ['10001', 'permanent', 'INVALID_NUMBER', HELP], // Inactive phone number
  ['10002', 'permanent', 'INVALID_NUMBER', HELP], // Invalid phone number
  ['10003', 'misconfigured', 'CARRIER_REJECTED', HELP], // Invalid URL: all URLs begin with RC_PUBLIC_URL
  ['10004', 'permanent', 'CARRIER_REJECTED', HELP], // Missing required parameter
  ['10005', 'misconfigured', 'CARRIER_REJECTED', HELP], // Resource not found: wrong URL or profile
  ['10006', 'profile', 'SENDER_REJECTED', HELP], // Invalid ID
  ['10007', 'unknown', 'CARRIER_REJECTED', HELP], // Unexpected error
  ['10008', 'unknown', 'CARRIER_REJECTED', CATALOG], // Request timeout
  ['10009', 'misconfigured', 'CARRIER_REJECTED', HELP], // Authentication failed
  ['10010', 'misconfigured', 'CARRIER_REJECTED', HELP], // Authorization failed
  ['10011', 'throttled', 'CARRIER_REJECTED', HELP], // Too many requests
  ['10014', 'permanent', 'CARRIER_REJECTED', CATALOG], // Unsupported media type of the request
  ['10015', 'permanent', 'CARRIER_REJECTED', HELP], // Bad request
  ['10016', 'permanent', 'INVALID_NUMBER', HELP], // Phone number must be in +E.164 format
  ['10017', 'profile', 'SENDER_REJECTED', CATALOG], // Associated resource does not exist
];

/** Problems of the account. */
const ACCOUNT: Row[] = [
  ['20002', 'misconfigured', 'CARRIER_REJECTED', HELP], // API key revoked
  ['20006', 'misconfigured', 'CARRIER_REJECTED', HELP], // Expired access token
  ['20012', 'misconfigured', 'CARRIER_REJECTED', HELP], // Account inactive
  ['20013', 'misconfigured', 'CARRIER_REJECTED', HELP], // Account blocked
  ['20014', 'misconfigured', 'CARRIER_REJECTED', HELP], // Account unverified
  ['20015', 'misconfigured', 'CARRIER_REJECTED', HELP], // Feature not enabled
  ['20016', 'misconfigured', 'CARRIER_REJECTED', HELP], // Account not level 1 verified
  ['20017', 'permanent', 'SENDER_REJECTED', HELP], // Account not level 2 verified, for alphanumeric senders
  ['20100', 'misconfigured', 'CARRIER_REJECTED', HELP], // Insufficient funds
];

/** Problems of the delivery. Usual in callbacks, and refusals of a submit as well. */
const DELIVERY: Row[] = [
  ['40001', 'permanent', 'INVALID_NUMBER', HELP], // Not routable: a landline
  ['40002', 'temporary', 'BLOCKED_BY_CARRIER', HELP], // Blocked as spam, temporary
  ['40003', 'permanent', 'BLOCKED_BY_CARRIER', HELP], // Blocked as spam, permanent
  ['40004', 'permanent', 'UNDELIVERABLE', HELP], // Rejected by destination, for an unknown reason
  ['40005', 'permanent', 'UNDELIVERABLE', HELP], // Message expired during transmission
  ['40006', 'temporary', 'UNDELIVERABLE', HELP], // Recipient server unavailable
  ['40007', 'permanent', 'UNDELIVERABLE', RECORDS], // Loop detected
  ['40008', 'permanent', 'UNDELIVERABLE', HELP], // Undeliverable
  ['40009', 'permanent', 'CARRIER_REJECTED', HELP], // Invalid message body
  ['40010', 'permanent', 'SENDER_REJECTED', HELP], // Unregistered 10DLC message
  ['40011', 'busySender', 'BLOCKED_BY_CARRIER', HELP], // Too many requests: upstream rate limit
  ['40012', 'permanent', 'INVALID_NUMBER', HELP], // Invalid messaging destination number
  ['40013', 'permanent', 'SENDER_REJECTED', HELP], // Invalid messaging source number
  ['40014', 'temporary', 'UNDELIVERABLE', page('40014')], // Message expired in queue
  ['40015', 'permanent', 'BLOCKED_BY_CARRIER', HELP], // Blocked as spam, internal
  ['40016', 'busySender', 'BLOCKED_BY_CARRIER', HELP], // T-Mobile 10DLC sending limit reached
  ['40017', 'permanent', 'BLOCKED_BY_CARRIER', HELP], // AT&T 10DLC spam message rejected
  ['40018', 'busySender', 'BLOCKED_BY_CARRIER', HELP], // AT&T 10DLC sending limit reached
  ['40100', 'permanent', 'SENDER_REJECTED', HELP], // Number not messaging enabled
  ['40150', 'permanent', 'SENDER_REJECTED', HELP], // Toll-free number not in registry
  ['40151', 'permanent', 'SENDER_REJECTED', HELP], // Message enablement pending with other provider
];

/**
 * Refusals of a message. 40318: Telnyx has a queue of four hours for each sender, and one for the account
 * (https://developers.telnyx.com/docs/messaging/messages/rate-limiting). The code does not state which of them is full.
 * The queue of a sender is much smaller, so the other senders continue.
 */
const MESSAGES: Row[] = [
  ['40300', 'permanent', 'OPTED_OUT_AT_CARRIER', page('40300')], // Blocked due to STOP message: HTTP 409
  ['40301', 'permanent', 'CARRIER_REJECTED', HELP], // Unsupported message type for the 'to' address
  ['40302', 'permanent', 'CARRIER_REJECTED', HELP], // Message too large
  ['40304', 'permanent', 'CARRIER_REJECTED', HELP], // Invalid combination of message content arguments
  ['40305', 'permanent', 'SENDER_REJECTED', HELP], // Invalid 'from' address
  ['40306', 'permanent', 'SENDER_REJECTED', HELP], // Alpha sender not configured
  ['40308', 'permanent', 'SENDER_REJECTED', HELP], // Invalid 'from' address for MMS
  ['40309', 'permanent', 'CARRIER_REJECTED', HELP], // Invalid destination region
  ['40310', 'permanent', 'INVALID_NUMBER', HELP], // Invalid 'to' address
  ['40311', 'misconfigured', 'CARRIER_REJECTED', HELP], // Invalid messaging profile secret
  ['40312', 'profile', 'SENDER_REJECTED', HELP], // Messaging profile is disabled
  ['40313', 'misconfigured', 'CARRIER_REJECTED', HELP], // Missing messaging profile secret
  ['40314', 'misconfigured', 'CARRIER_REJECTED', HELP], // Messaging disabled on account
  ['40315', 'permanent', 'SENDER_REJECTED', HELP], // Unhealthy 'from' address
  ['40316', 'permanent', 'CARRIER_REJECTED', HELP], // No content provided for message
  ['40317', 'permanent', 'MEDIA_UNSUPPORTED', HELP], // Invalid MMS content
  ['40318', 'busySender', 'CARRIER_REJECTED', page('40318')], // Message queue full: HTTP 429
  ['40319', 'permanent', 'CARRIER_REJECTED', HELP], // Incompatible message type for the 'to' address
  ['40320', 'temporary', 'SENDER_REJECTED', HELP], // Temporarily unusable 'from' address
  ['40321', 'profile', 'SENDER_REJECTED', HELP], // No usable numbers on messaging profile
  ['40322', 'permanent', 'BLOCKED_BY_CARRIER', HELP], // Blocked due to content
  ['40328', 'permanent', 'CARRIER_REJECTED', HELP], // SMS exceeds recommended size
  ['40329', 'permanent', 'SENDER_REJECTED', HELP], // Toll-free number not yet verified
  // Messaging profile spend limit reached: HTTP 429. Ends at midnight UTC.
  [
    '40333',
    'profile',
    'SENDER_REJECTED',
    'https://developers.telnyx.com/docs/messaging/messages/configurable-spend-limits',
  ],
];

export const CODES: ReadonlyMap<string, Code> = new Map(
  [...REQUESTS, ...ACCOUNT, ...DELIVERY, ...MESSAGES].map(([code, meaning, failure, source]) => [
    code,
    { meaning, failure, source },
  ]),
);

/** Refusals because of permissions of the account: 20017 identity, 40309 region, 40333 spending. */
export const OF_ACCOUNT: ReadonlySet<string> = new Set(['20017', '40309', '40333']);

const STOP = '40300';

/** Reads `errors` of a response or a callback. Entries without a code are ignored. */
export function errorsIn(value: unknown): TelnyxError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const { code, title, detail, source } = recordOf(entry);
    if (typeof code !== 'string' && typeof code !== 'number') return [];
    return [
      {
        code: String(code),
        title: textOf(title),
        detail: textOf(detail),
        pointer: textOf(recordOf(source)['pointer']),
      },
    ];
  });
}

/** @returns the error that decides: a block by STOP, otherwise the first one that is listed, otherwise the first. */
export function decisive(errors: readonly TelnyxError[]): TelnyxError | undefined {
  return errors.find(isOptOut) ?? errors.find(({ code }) => CODES.has(code)) ?? errors[0];
}

/**
 * Whether the recipient has opted out at Telnyx. 40300 in a callback can have other reasons, which its title and detail
 * state (team-telnyx/skills, telnyx-kit-quickstart).
 */
export function isOptOut({ code, title, detail }: TelnyxError): boolean {
  const text = `${title} ${detail}`;
  return code === STOP && (text.trim() === '' || /\bstop\b|block rule|opt(ed)?[ -]?out/i.test(text));
}

/** @param otherwise code for errors that are not listed. */
export function failureCodeOf(error: TelnyxError, otherwise: FailureCode): FailureCode {
  if (error.code === STOP && !isOptOut(error)) return 'BLOCKED_BY_CARRIER';
  const failure = CODES.get(error.code)?.failure ?? otherwise;
  return failure === 'INVALID_NUMBER' && error.pointer.startsWith('/from') ? 'SENDER_REJECTED' : failure;
}

/** Title and detail of an error. */
export function reasonOf({ code, title, detail }: TelnyxError): string {
  return [title, detail].filter((text) => text !== '').join(': ') || `Telnyx error ${code}`;
}

/** @returns the value if it is a JSON object, otherwise an empty object. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
