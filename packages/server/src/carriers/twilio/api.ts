import type { Submission, SubmitResult } from '../carrier.ts';
import { routeSpecific } from '../failures.ts';
import type { VendorRequest, VendorResponse } from '../http/exchange.ts';
import { undocumentedMeaning } from '../http/undocumented.ts';
import type { SubmitContext, VendorApi } from '../http/vendor.ts';
import { codeOf, OF_ACCOUNT, type SubmitMeaning, TWILIO_ERRORS } from './codes.ts';
import { authorizationOf } from './credentials.ts';
import { listedIn } from './list.ts';
import type { TwilioCarrier } from './settings.ts';

/** Server of the API, region US1 (twilio_api_v2010.json, `servers`). */
const BASE_URL = 'https://api.twilio.com';
/** Messages in one page of a list. The default is 50. */
const LIST_SIZE = '100';
/** Longest pause that a response can request. Twilio does not document `Retry-After` for messages. */
const LONGEST_PAUSE_SECONDS = 300;
const DEFAULT_FIX = 'Check baseUrl, accountSid and the credentials.';

/** Messages API of Twilio (https://www.twilio.com/docs/messaging/api/message-resource). */
export function createTwilioApi(settings: TwilioCarrier): VendorApi {
  const account = `/2010-04-01/Accounts/${settings.accountSid}`;
  const headers = { accept: 'application/json', authorization: authorizationOf(settings) };
  return {
    baseUrl: BASE_URL,
    submit: (submission, context): VendorRequest => ({
      method: 'POST',
      path: `${account}/Messages.json`,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: formOf(submission, settings, context).toString(),
    }),
    classify,
    // API keys of the type Standard have no access to the account, only to its messages
    // (https://www.twilio.com/docs/iam/api-keys/keys-in-console, "Types of keys").
    check: (): VendorRequest => ({
      method: 'GET',
      path: settings.apiKeySid === undefined ? `${account}.json` : `${account}/Messages.json?PageSize=1`,
      headers,
    }),
    problem,
    list: {
      request: ({ from, to }) => ({
        method: 'GET',
        path: `${account}/Messages.json?${new URLSearchParams({ To: to, From: from, PageSize: LIST_SIZE })}`,
        headers,
      }),
      read: listedIn,
    },
  };
}

/**
 * Fields of a submit. `From` together with `MessagingServiceSid` selects this sender from the sender pool of the service,
 * so the number that the message belongs to never changes.
 */
function formOf(submission: Submission, settings: TwilioCarrier, context: SubmitContext): URLSearchParams {
  const { from, to, text, media } = submission;
  const form = new URLSearchParams({ To: to, From: from });
  if (settings.messagingServiceSid !== undefined) form.append('MessagingServiceSid', settings.messagingServiceSid);
  if (text !== null && text !== '') form.append('Body', text);
  for (const { url } of media ?? []) form.append('MediaUrl', url);
  form.append('StatusCallback', context.callbackUrl);
  const { validSeconds } = submission;
  if (validSeconds !== null && validSeconds < LONGEST_VALIDITY_SECONDS) {
    form.append('ValidityPeriod', String(validSeconds));
  }
  return form;
}

/** Range of ValidityPeriod in seconds (https://www.twilio.com/docs/api/errors/90007). The upper one is the default. */
const LONGEST_VALIDITY_SECONDS = 36_000;

/** Error in a response (https://www.twilio.com/docs/usage/twilios-response). */
interface ApiError {
  /** Undefined if another server than Twilio has responded. */
  code: number | undefined;
  message: string | undefined;
}

function classify(response: VendorResponse): SubmitResult {
  const { status } = response;
  const body = objectOf(response.body);
  if (status >= 200 && status < 300) return accepted(status, body);
  const error = errorOf(body);
  const known = error.code === undefined ? undefined : TWILIO_ERRORS[error.code];
  const text = error.message ?? known?.title ?? 'no description';
  const meaning = meaningOf(status, error.code);
  switch (meaning) {
    case 'permanent':
    case 'temporary': {
      const failure = known?.failure ?? 'CARRIER_REJECTED';
      return {
        outcome: 'rejected',
        permanent: meaning === 'permanent',
        ...(meaning === 'permanent' ? routeSpecific(failure, OF_ACCOUNT.has(error.code ?? 0)) : {}),
        carrierCode: error.code === undefined ? `HTTP ${status}` : String(error.code),
        reason: text,
        code: failure,
      };
    }
    case 'throttled':
      return { outcome: 'throttled', retryAfterMs: pauseOf(response) };
    case 'busySender':
      return { outcome: 'throttled', retryAfterMs: pauseOf(response), scope: 'sender' };
    case 'misconfigured':
      return { outcome: 'misconfigured', reason: `${described(status, error, text)} ${known?.fix ?? DEFAULT_FIX}` };
    case 'unknown':
      return { outcome: 'unknown', reason: described(status, error, text) };
  }
}

function accepted(status: number, body: Record<string, unknown>): SubmitResult {
  const sid = body['sid'];
  if (typeof sid === 'string' && /^\w{1,64}$/.test(sid)) return { outcome: 'accepted', carrierRef: sid };
  return { outcome: 'unknown', reason: `Twilio responded with HTTP ${status} without a message SID.` };
}

/**
 * Meaning of a status other than 2xx. 5xx, 408, 409 and redirects do not prove that the message was not accepted
 * (CONTRACT.md, "Submit rule"). A code with a row overrides 401 and 403, because it concerns one message.
 */
function meaningOf(status: number, code: number | undefined): SubmitMeaning {
  if (status < 400 || status >= 500 || status === 408 || status === 409) return 'unknown';
  if (code === undefined) return undocumentedMeaning(status);
  const known = TWILIO_ERRORS[code];
  // HTTP 429 states that the message was not processed. The limit of one sender or recipient does not stop the others.
  const ofCode = known?.submit;
  if (status === 429) return isOfOne(ofCode) ? ofCode : 'throttled';
  if (known) return known.submit;
  return status === 401 || status === 403 ? 'misconfigured' : 'permanent';
}

function isOfOne(meaning: SubmitMeaning | undefined): meaning is 'temporary' | 'busySender' {
  return meaning === 'temporary' || meaning === 'busySender';
}

/** Pause that Twilio requests, in milliseconds. 0: none, so the caller decides. */
function pauseOf({ headers }: VendorResponse): number {
  const seconds = /^\d{1,9}$/.exec(headers['retry-after']?.trim() ?? '');
  return seconds ? Math.min(LONGEST_PAUSE_SECONDS, Number(seconds[0])) * 1000 : 0;
}

/** Reason why the response to `check` shows that the settings are wrong. */
function problem(response: VendorResponse): string | undefined {
  const { status } = response;
  if (status >= 300 && status < 400) return `Twilio responded with a redirect (HTTP ${status}). ${DEFAULT_FIX}`;
  if (status < 300) return inactive(objectOf(response.body));
  const result = classify(response);
  return result.outcome === 'misconfigured' ? result.reason : undefined;
}

/** Account states other than `active` are `suspended` and `closed` (twilio_api_v2010.json, account.enum.status). */
function inactive({ status }: Record<string, unknown>): string | undefined {
  if (status !== 'suspended' && status !== 'closed') return undefined;
  return `The account at Twilio is ${status}. Check the state and the balance of the account in the Twilio Console.`;
}

function described(status: number, { code }: ApiError, text: string): string {
  const name = code === undefined ? `HTTP ${status}` : `error ${code} (HTTP ${status})`;
  return `Twilio responded with ${name}: ${text.replace(/\.?$/, '.')}`;
}

function errorOf(body: Record<string, unknown>): ApiError {
  const message = body['message'];
  const hasMessage = typeof message === 'string' && message !== '';
  const code = codeOf(body['code']);
  return { code: isOfTwilio(code, hasMessage) ? code : undefined, message: hasMessage ? message : undefined };
}

/** Smallest error code of Twilio. Gateways of others write the HTTP status as `code`. */
const FIRST_CODE = 10_000;

/** Whether an error has the documented form: a listed code, or another code with a message. */
function isOfTwilio(code: number | undefined, hasMessage: boolean): boolean {
  if (code === undefined || TWILIO_ERRORS[code]) return true;
  return code >= FIRST_CODE && hasMessage;
}

/** @returns an empty object if the body is not a JSON object, such as a page of a proxy. */
export function objectOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
