import type { LookUp, Submission, SubmitResult } from '../carrier.ts';
import { type FailureCode, routeSpecific } from '../failures.ts';
import type { VendorRequest, VendorResponse } from '../http/exchange.ts';
import { undocumentedMeaning } from '../http/undocumented.ts';
import type { SubmitContext, VendorApi } from '../http/vendor.ts';
import { listedIn } from './list.ts';
import type { BandwidthCarrier } from './settings.ts';
import { authorization, createTokenApi, isObject, objectOf } from './token.ts';

/** Server of the messaging API (bandwidth.yml, `/users/{accountId}/messages`). */
const API_BASE_URL = 'https://messaging.bandwidth.com';

/** Number of the North American range for fiction. No account has messages of this number. */
const NO_NUMBER = '+12025550100';
/** Longest pause that a response can request. Bandwidth's queue holds 15 minutes of messages. */
const LONGEST_PAUSE_SECONDS = 900;

/** Messaging API v2 of Bandwidth. With OAuth 2, the caller adds the Authorization header to requests. */
export function createBandwidthApi(settings: BandwidthCarrier): VendorApi {
  const path = `/api/v2/users/${encodeURIComponent(settings.accountId)}/messages`;
  const headers = (): Record<string, string> => {
    const value = authorization(settings);
    return { accept: 'application/json', ...(value === undefined ? {} : { authorization: value }) };
  };
  return {
    baseUrl: API_BASE_URL,
    tokens: createTokenApi(settings),
    submit: (submission, context) => ({
      method: 'POST',
      path,
      headers: { ...headers(), 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(messageRequest(submission, settings, context)),
    }),
    classify,
    check: (): VendorRequest => ({ method: 'GET', path: `${path}?${new URLSearchParams(CHECK)}`, headers: headers() }),
    problem,
    list: {
      request: (search): VendorRequest => ({ method: 'GET', path: `${path}?${searchOf(search)}`, headers: headers() }),
      read: listedIn,
    },
  };
}

/** Search for accepted messages (bandwidth.yml, `listMessages`). */
function searchOf({ from, to, since, until }: LookUp): URLSearchParams {
  return new URLSearchParams({
    ...{ sourceTn: from, destinationTn: to, messageDirection: 'OUTBOUND', limit: '100' },
    ...{ fromDateTime: since.toISOString(), toDateTime: until.toISOString() },
  });
}

/** Search for messages. Bandwidth requires a filter, and `limitTotalCount` keeps the search short. */
const CHECK = { sourceTn: NO_NUMBER, limit: '1', limitTotalCount: 'true' };

/** Body of a submit (bandwidth.yml, schema messageRequest). */
function messageRequest(
  { from, to, text, media, validSeconds }: Submission,
  settings: BandwidthCarrier,
  { tag }: SubmitContext,
) {
  return {
    applicationId: settings.applicationId,
    to: [to],
    from,
    ...(text === null ? {} : { text }),
    ...(media === null || media.length === 0 ? {} : { media: media.map(({ url }) => url) }),
    tag,
    ...(validSeconds === null ? {} : { expiration: new Date(Date.now() + validSeconds * 1000).toISOString() }),
  };
}

type Meaning = 'rejected' | 'throttled' | 'misconfigured' | 'unknown';

/**
 * Meaning of a status other than 2xx, with a documented error as its body. `errors` is Bandwidth/api-docs, site/docs/messaging/errors.mdx. Bandwidth documents
 * no temporary refusal apart from 429.
 */
export const STATUSES: Readonly<Record<number, { meaning: Meaning; source: string }>> = {
  400: { meaning: 'rejected', source: 'errors: the request is malformed or invalid. Not sent, not billed' },
  401: { meaning: 'misconfigured', source: 'errors: the user does not have access to the account' },
  403: { meaning: 'misconfigured', source: 'errors: the user does not have access to the messaging API' },
  // The path consists of constants and of the account id, so no message can be at fault.
  404: { meaning: 'misconfigured', source: 'errors: the path is not found. Not sent, not billed' },
  405: { meaning: 'rejected', source: 'bandwidth.yml: messagingMethodNotAllowedError' },
  406: { meaning: 'rejected', source: 'bandwidth.yml: messagingNotAcceptableError' },
  // Responses of proxies in front of the API. CONTRACT.md ("Submit rule") regards both as unknown.
  408: { meaning: 'unknown', source: 'not documented by Bandwidth' },
  409: { meaning: 'unknown', source: 'not documented by Bandwidth' },
  415: { meaning: 'rejected', source: 'errors: the content type is not supported. Not sent, not billed' },
  429: { meaning: 'throttled', source: 'errors: the rate limit has been reached. Not sent, not billed' },
};

/** Types of errors that have one meaning with every 4xx status except 408 and 409. */
export const TYPES: Readonly<Record<string, { meaning: Meaning; source: string }>> = {
  'max-message-queue-size-exceeded': {
    meaning: 'throttled',
    source: 'support.bandwidth.com, article 360014275073: one queue for the whole account, not for each number',
  },
};

/**
 * Failure for the field that Bandwidth objects to (bandwidth.yml, schema fieldError). A wrong `applicationId` can be the
 * fault of one sender, and therefore does not stop the link.
 */
const FIELDS: Readonly<Record<string, FailureCode>> = {
  to: 'INVALID_NUMBER',
  from: 'SENDER_REJECTED',
  media: 'MEDIA_UNSUPPORTED',
};

function classify(response: VendorResponse): SubmitResult {
  const { status } = response;
  const body = objectOf(response.body);
  if (status >= 200 && status < 300) return accepted(status, body);
  const error = errorOf(status, body);
  const reason = `${status} ${error.reason}`;
  const meaning = meaningOf(status, error);
  switch (meaning) {
    case 'rejected':
    case 'temporary':
      return {
        outcome: 'rejected',
        permanent: meaning === 'rejected',
        ...(meaning === 'rejected' ? routeSpecific(error.code) : {}),
        carrierCode: error.isDocumented ? error.type : `HTTP ${status}`,
        reason: error.reason,
        code: error.code,
      };
    case 'throttled':
      return { outcome: 'throttled', retryAfterMs: pauseOf(response) };
    case 'misconfigured':
      return { outcome: 'misconfigured', reason };
    case 'unknown':
      return { outcome: 'unknown', reason };
  }
}

function accepted(status: number, body: Record<string, unknown> | undefined): SubmitResult {
  const id = body?.['id'];
  if (typeof id === 'string' && id !== '') return { outcome: 'accepted', carrierRef: id };
  return { outcome: 'unknown', reason: `response ${status} has no message id` };
}

/** A redirect or a 5xx does not prove that the message was not accepted, although Bandwidth documents it for 5xx. */
function meaningOf(status: number, { type, isDocumented }: ApiError): Meaning | 'temporary' {
  const listed = STATUSES[status]?.meaning;
  if (listed === 'unknown' || status < 400 || status >= 500) return 'unknown';
  if (!isDocumented) return undocumentedMeaning(status);
  return (Object.hasOwn(TYPES, type) ? TYPES[type]?.meaning : undefined) ?? listed ?? 'rejected';
}

interface ApiError {
  /** Whether the body has the documented form. Otherwise, another server than Bandwidth may have responded. */
  isDocumented: boolean;
  type: string;
  reason: string;
  code: FailureCode;
}

/** Error in a response (bandwidth.yml, createMessageRequestError). Without a type, the status is the code. */
function errorOf(status: number, body: Record<string, unknown> | undefined): ApiError {
  const type = textOf(body?.['type']) ?? String(status);
  const isDocumented = typeof body?.['type'] === 'string' && typeof body['description'] === 'string';
  const description = textOf(body?.['description']) ?? textOf(body?.['message']) ?? 'no description';
  const fields = Array.isArray(body?.['fieldErrors']) ? body['fieldErrors'].filter(isObject) : [];
  const details = fields.map((field) => `${textOf(field['fieldName']) ?? '?'}: ${textOf(field['description']) ?? '?'}`);
  const codes = fields.map((field) => codeOf(textOf(field['fieldName']) ?? ''));
  return {
    isDocumented,
    type,
    reason: [`${type}: ${description}`, ...details].join('; '),
    code: codes.find((code) => code !== undefined) ?? 'CARRIER_REJECTED',
  };
}

/** @param fieldName with an optional index, such as `to[0]`. */
function codeOf(fieldName: string): FailureCode | undefined {
  const name = /^\w+/.exec(fieldName)?.[0] ?? '';
  return Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * Pause that Bandwidth requests, in milliseconds. 0: none, so the caller decides. Only the list of messages documents
 * `Retry-After`.
 */
function pauseOf({ headers }: VendorResponse): number {
  const seconds = /^\d{1,9}$/.exec(headers['retry-after']?.trim() ?? '');
  return seconds ? Math.min(LONGEST_PAUSE_SECONDS, Number(seconds[0])) * 1000 : 0;
}

/** A wrong path is a problem as well: of `accountId` or of `baseUrl`. */
function problem({ status, body }: VendorResponse): string | undefined {
  const error = errorOf(status, objectOf(body));
  const meaning = error.isDocumented ? STATUSES[status]?.meaning : undocumentedMeaning(status);
  return meaning === 'misconfigured' ? `${status} ${error.reason}` : undefined;
}
