import type { Submission, SubmitResult } from '../carrier.ts';
import { routeSpecific } from '../failures.ts';
import type { VendorResponse } from '../http/exchange.ts';
import { type UndocumentedMeaning, undocumentedMeaning } from '../http/undocumented.ts';
import type { SubmitContext, VendorApi } from '../http/vendor.ts';
import { CODES, decisive, errorsIn, failureCodeOf, OF_ACCOUNT, reasonOf, recordOf, type TelnyxError } from './codes.ts';
import type { TelnyxCarrier } from './settings.ts';

/** Longest pause that a response can request, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000;
/** Statuses of a wrong key, account or URL. The message itself is not at fault. */
const MISCONFIGURED: readonly number[] = [401, 402, 403, 404, 405];

/** Telnyx API v2: `POST /v2/messages` (https://developers.telnyx.com/api-reference/messages/send-a-message). */
export function createTelnyxApi(settings: TelnyxCarrier): VendorApi {
  const { apiKey, messagingProfileId } = settings;
  const headers = { authorization: `Bearer ${apiKey}`, accept: 'application/json' };
  return {
    baseUrl: 'https://api.telnyx.com',
    submit: (submission, context) => ({
      method: 'POST',
      path: '/v2/messages',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(messageOf(submission, context, messagingProfileId)),
    }),
    classify: (response) => classify(response, messagingProfileId !== undefined),
    check: () => ({
      method: 'GET',
      // Telnyx recommends the balance as the first check of a key. The profile shows whether it exists and is enabled.
      path: messagingProfileId === undefined ? '/v2/balance' : profilePath(messagingProfileId),
      headers,
    }),
    problem: (response) => problemOf(response, messagingProfileId),
  };
}

function profilePath(id: string): string {
  return `/v2/messaging_profiles/${encodeURIComponent(id)}`;
}

function messageOf({ from, to, messageType, text, media }: Submission, context: SubmitContext, profile?: string) {
  return {
    from,
    to,
    type: messageType,
    ...(text ? { text } : {}),
    ...(media && media.length > 0 ? { media_urls: media.map(({ url }) => url) } : {}),
    ...(profile === undefined ? {} : { messaging_profile_id: profile }),
    webhook_url: context.callbackUrl,
    // The URL of the profile has no reference. By default, Telnyx repeats a failed callback to that URL.
    use_profile_webhooks: false,
  };
}

/**
 * Meaning of the response to a submit. The status decides whether Telnyx can have accepted the message, and the code
 * decides the rest.
 */
function classify({ status, headers, body }: VendorResponse, hasProfile: boolean): SubmitResult {
  const json = parsed(body);
  if (status >= 200 && status < 300) {
    const { id } = recordOf(json['data']);
    if (typeof id === 'string' && id !== '') return { outcome: 'accepted', carrierRef: id };
    return { outcome: 'unknown', reason: `HTTP ${status} without a message id` };
  }
  const errors = documentedIn(json['errors']);
  // HTTP 409 is also an unfinished request. Only a block by STOP is a refusal.
  const error = status === 409 ? errors.find(({ code }) => code === '40300') : decisive(errors);
  const isAnswer = status >= 400 && status < 500 && status !== 408 && (status !== 409 || error !== undefined);
  if (!isAnswer) return { outcome: 'unknown', reason: described(status, decisive(errors)) };
  return refusal(status, error, headers, hasProfile);
}

function refusal(
  status: number,
  error: TelnyxError | undefined,
  headers: VendorResponse['headers'],
  hasProfile: boolean,
): SubmitResult {
  const listed = error && CODES.get(error.code)?.meaning;
  // HTTP 429 states that the request was not processed. A full queue and a spend limit concern some senders only.
  const isOfSender = listed === 'temporary' || listed === 'busySender' || listed === 'profile';
  const meaning = status === 429 && !isOfSender ? 'throttled' : (listed ?? meaningOf(status, error));
  switch (meaning) {
    case 'throttled':
      return { outcome: 'throttled', retryAfterMs: pauseMs(headers) };
    case 'busySender':
      // `x-ratelimit-reset` states nothing about the queue of a sender.
      return {
        outcome: 'throttled',
        retryAfterMs: pauseMs({ 'retry-after': headers['retry-after'] ?? '' }),
        scope: 'sender',
      };
    case 'unknown':
      return { outcome: 'unknown', reason: described(status, error) };
    case 'misconfigured':
      return { outcome: 'misconfigured', reason: described(status, error) };
    case 'profile':
      return hasProfile
        ? { outcome: 'misconfigured', reason: described(status, error) }
        : rejected(status, error, false);
    default:
      return rejected(status, error, meaning === 'permanent');
  }
}

/** Meaning of a response whose code is not listed. Codes of one message begin with 4. */
function meaningOf(status: number, error: TelnyxError | undefined): UndocumentedMeaning | 'permanent' {
  if (!error) return undocumentedMeaning(status);
  return MISCONFIGURED.includes(status) && !/^4\d{4}$/.test(error.code) ? 'misconfigured' : 'permanent';
}

function rejected(status: number, error: TelnyxError | undefined, permanent: boolean): SubmitResult {
  if (!error)
    return { outcome: 'rejected', permanent, carrierCode: `HTTP ${status}`, reason: described(status, error) };
  const code = failureCodeOf(error, 'CARRIER_REJECTED');
  return {
    ...{ outcome: 'rejected', permanent, carrierCode: error.code, reason: reasonOf(error), code },
    ...(permanent ? routeSpecific(code, OF_ACCOUNT.has(error.code)) : {}),
  };
}

/**
 * Pause that a response requests in milliseconds, or 0. `x-ratelimit-reset` is in seconds
 * (https://developers.telnyx.com/development/api-fundamentals/reliability/rate-limiting).
 */
function pauseMs(headers: VendorResponse['headers']): number {
  const seconds = ['retry-after', 'x-ratelimit-reset']
    .map((name) => headers[name] ?? '')
    .find((value) => /^\d{1,12}(\.\d{1,6})?$/.test(value));
  return Math.min(LONGEST_PAUSE_MS, Math.ceil(Number(seconds ?? 0) * 1000));
}

/** Reason why the response to `check` shows wrong settings. A key without the right to read the balance may still send. */
function problemOf({ status, body }: VendorResponse, profile: string | undefined): string | undefined {
  const json = parsed(body);
  if (status === 200 && profile !== undefined && recordOf(json['data'])['enabled'] === false) {
    return `The messaging profile ${profile} is disabled. Enable it at Telnyx`;
  }
  const error = decisive(documentedIn(json['errors']));
  if (status === 401 || status === 404) return described(status, error);
  if (status < 400 || status >= 500 || status === 408 || status === 429) return undefined;
  if (!error) return status !== 403 && undocumentedMeaning(status) === 'misconfigured' ? described(status) : undefined;
  const meaning = error.code !== '10010' ? CODES.get(error.code)?.meaning : undefined;
  return meaning === 'misconfigured' || meaning === 'profile' ? described(status, error) : undefined;
}

function described(status: number, error?: TelnyxError): string {
  return error
    ? `Telnyx returned HTTP ${status} with code ${error.code} (${reasonOf(error)})`
    : `Telnyx returned HTTP ${status}`;
}

/** Errors with a code of the documented form: five digits. Errors of another form come from another server. */
function documentedIn(errors: unknown): TelnyxError[] {
  return errorsIn(errors).filter(({ code }) => /^\d{5}$/.test(code));
}

/** @returns the JSON object in a body, or an empty object. A proxy may respond in HTML. */
function parsed(body: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(body));
  } catch {
    return {};
  }
}
