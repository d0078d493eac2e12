import { requiresCampaign } from '#numbers/can-send.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import { ApiError, invalidField, invalidRequest, type MessageError } from '#platform/errors.ts';
import { callingCodeOf, E164 } from '#platform/phone-numbers.ts';
import { OPTED_OUT } from '#policies/purpose.ts';
import type { Priority } from '#queue/scheduled.ts';
import { type Encoding, segment, smartEncode } from './segments.ts';

export interface Media {
  storageKey: string;
  mimeType: string;
  byteLength: number;
  sourceUrl?: string;
  fileName?: string;
}

export type MessageType = 'SMS' | 'MMS';
export type DeliveryGuarantee = 'AT_MOST_ONCE' | 'AT_LEAST_ONCE';

/** Body of a send request, after validation of its shape. */
export interface SendRequest {
  sendFrom: string;
  to: string[];
  messageType: MessageType;
  text?: string;
  media?: Media[];
  externalReference?: string;
  deliveryGuarantee?: DeliveryGuarantee;
  smartEncoding?: boolean;
  /** RFC 3339, with an offset. */
  sendAt?: string;
  expiresAt?: string;
  /** Absent: the setting of the API client. */
  respectQuietHours?: boolean;
  /** IANA name, for quiet hours. Absent: the possible zones of each recipient. */
  recipientTimeZone?: string;
  priority?: Priority;
  /** Messages of this request per minute. Absent: no limit. */
  maxPerMinute?: number;
  /** Bulk send to which the request belongs. Not part of the payload of its idempotency key. */
  bulkSendId?: string;
}

export interface RefusedRecipient {
  to: string;
  error: MessageError;
}

export interface Content {
  text: string | null;
  media: Media[] | null;
  encoding: Encoding | null;
  segments: number | null;
}

export const MAX_SEGMENTS = 10;

const LOOKS_LIKE_A_PHONE = /^\+?[\d\s().-]{7,}$/;

/**
 * Checks a request without the state of the number, by the rules of "Send" in the contract.
 * @throws ApiError INVALID_REQUEST
 */
export function readContent(request: SendRequest): Content {
  if (LOOKS_LIKE_A_PHONE.test(request.sendFrom)) {
    throw invalidField('sendFrom', 'must be a numberId such as num_abc123, not a phone number');
  }
  if (request.to.length === 0) throw invalidField('to', 'must contain at least one recipient');
  const media = request.media ?? [];
  const text = request.text ?? '';
  if (request.messageType === 'SMS' && media.length > 0) {
    throw invalidRequest('SMS cannot include media', { field: 'media' });
  }
  if (text === '' && media.length === 0) {
    throw invalidRequest('At least one of text or media is required', { field: 'text' });
  }
  if (request.messageType === 'MMS' && media.length === 0) {
    throw invalidRequest('MMS must include media', { field: 'media' });
  }
  if (request.messageType === 'MMS') return { text: text || null, media, encoding: null, segments: null };
  return readText(request.smartEncoding ? smartEncode(text) : text);
}

function readText(text: string): Content {
  const { encoding, segments } = segment(text);
  if (segments.length <= MAX_SEGMENTS) return { text, media: null, encoding, segments: segments.length };
  throw invalidField('text', `takes ${segments.length} segments, but at most ${MAX_SEGMENTS} are allowed`, {
    encoding,
    segments: segments.length,
    maxSegments: MAX_SEGMENTS,
  });
}

/** Splits `to` into accepted and rejected recipients, both in the order of the request. */
export function readRecipients(
  to: readonly string[],
  optedOut: ReadonlySet<string> = new Set(),
): { accepted: string[]; refused: RefusedRecipient[] } {
  const seen = new Set<string>();
  const refused: RefusedRecipient[] = [];
  for (const recipient of to) {
    if (!E164.test(recipient)) {
      refused.push(refusal(recipient, 'INVALID_RECIPIENT', 'Recipient must be a valid E.164 phone number'));
    } else if (seen.has(recipient)) {
      refused.push(refusal(recipient, 'DUPLICATE_RECIPIENT', 'Recipient is in to[] more than once'));
    } else {
      seen.add(recipient);
      if (optedOut.has(recipient)) refused.push({ to: recipient, error: OPTED_OUT });
    }
  }
  return { accepted: [...seen].filter((recipient) => !optedOut.has(recipient)), refused };
}

function refusal(to: string, code: string, message: string): RefusedRecipient {
  return { to, error: { code, message, details: {} } };
}

/** @returns error for a recipient in a country to which the number may not send, or undefined. */
export function countryProblem({ e164, allowedCountries }: PhoneNumber, to: string): MessageError | undefined {
  if (allowedCountries === null) return undefined;
  const country = callingCodeOf(to);
  if (country !== undefined && allowedCountries.includes(country)) return undefined;
  return {
    code: 'COUNTRY_NOT_ALLOWED',
    message: `${e164} may only send to recipients with the country code ${allowedCountries.join(', ')}`,
    details: { allowedCountries },
  };
}

/** Error for a number or a pool of another client. An unknown id gets the same error, so that ids cannot be probed. */
export function notOwned(): ApiError {
  return new ApiError('FORBIDDEN', 'sendFrom is not owned by this API client');
}

/**
 * Checks that this client may send this type from this number now. An unknown number gets the same error as another
 * client's number, so that ids cannot be probed.
 * @throws ApiError FORBIDDEN | INVALID_REQUEST
 */
export function checkSender(number: PhoneNumber | undefined, apiClientId: string, type: MessageType): PhoneNumber {
  if (!number || number.apiClientId !== apiClientId) {
    throw notOwned();
  }
  if (number.status !== 'ACTIVE') throw invalidField('sendFrom', 'is not ACTIVE');
  const enabled = type === 'SMS' ? number.smsEnabled : number.mmsEnabled;
  if (!enabled) throw invalidField('sendFrom', `is not enabled for ${type}`);
  if (requiresCampaign(number) && !number.campaignRegId) {
    throw invalidField('sendFrom', 'must have campaignregId configured');
  }
  return number;
}
