import { type Finding, failed, ok, skipped, warning } from '../check/finding.ts';
import { exchangeOnce, unreachable } from '../check/transport.ts';
import type { CheckCallbacks, OutgoingCallback, VendorCheck } from '../check/vendor-check.ts';
import type { VendorResponse } from '../http/exchange.ts';
import { createTwilioApi, objectOf } from './api.ts';
import { authorizationOf } from './credentials.ts';
import type { TwilioCarrier } from './settings.ts';
import { signatureOf } from './signature.ts';

export function createTwilioCheck(settings: TwilioCarrier): VendorCheck {
  return {
    vendor: 'Twilio',
    api: createTwilioApi(settings),
    credentialsFix: 'Check accountSid, authToken, apiKeySid and apiKeySecret.',
    callbackFix:
      'RC_PUBLIC_URL must be the URL that the vendor calls, because the signature covers it. Restart the server with this ' +
      'RC_PUBLIC_URL and authToken. The proxy must forward path, query and body unchanged.',
    callbacks: (url) => callbacksOf(url, settings),
    settings: async (callbackUrl) => [
      ...(await checkAuthToken(settings)),
      ...(await checkService(settings, callbackUrl)),
    ],
  };
}

/** Query with an escaped character, as in the reference of a status callback. */
const QUERY = '?check=msg_CHECK%2F1';

/** Status callbacks without a reference have no effect, because they belong to other software. */
function callbacksOf(url: string, { accountSid, authToken }: TwilioCarrier): CheckCallbacks {
  const parameters = { AccountSid: accountSid, MessageStatus: 'queued', MessageSid: `SM${'0'.repeat(32)}` };
  const body = new URLSearchParams(parameters).toString();
  const callback = (query: string): OutgoingCallback => ({
    query,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signatureOf(url + query, Buffer.from(body), authToken),
    },
    body,
  });
  return {
    signed: callback(QUERY),
    withoutQuery: callback(''),
    // “0” and “1” differ in one bit.
    refused: { ...callback(QUERY), body: body.replace(/0$/, '1') },
    difference: 'with one changed bit',
    status: 403,
  };
}

/** With an API key, only this check uses the auth token for a request. */
async function checkAuthToken({ apiKeySid, ...settings }: TwilioCarrier): Promise<Finding[]> {
  if (apiKeySid === undefined) return [];
  const subject = 'auth token';
  const api = createTwilioApi({ ...settings, apiKeySecret: undefined });
  const baseUrl = settings.baseUrl ?? api.baseUrl;
  const exchanged = await exchangeOnce(baseUrl, api.check());
  if (exchanged.kind !== 'response') return [skipped(subject, unreachable(exchanged, baseUrl))];
  const { status } = exchanged.response;
  if (status === 200) return [ok(subject, 'The auth token, which signs callbacks, belongs to the account.')];
  const problem = `Twilio does not accept it (HTTP ${status}), so that the signatures of callbacks may not match.`;
  return [warning(subject, `${problem} Set the primary auth token of the account, or the secret of its SharedKey.`)];
}

const SERVICE = 'messaging service';

/** Names as in the npm package twilio 6.3.1, rest/messaging/v1/service. */
async function checkService(settings: TwilioCarrier, callbackUrl: string | undefined): Promise<Finding[]> {
  const { messagingServiceSid: sid } = settings;
  if (sid === undefined) return [];
  const baseUrl = messagingUrlOf(settings.baseUrl);
  const headers = { accept: 'application/json', authorization: authorizationOf(settings) };
  const exchanged = await exchangeOnce(baseUrl, { method: 'GET', path: `/v1/Services/${sid}`, headers });
  if (exchanged.kind !== 'response') return [skipped(SERVICE, unreachable(exchanged, baseUrl))];
  return [serviceFinding(exchanged.response, sid, callbackUrl)];
}

/** Messaging services have a host of their own in each region. @param baseUrl server of the API. */
function messagingUrlOf(baseUrl = 'https://api.twilio.com'): string {
  const url = new URL(baseUrl);
  if (url.hostname.endsWith('.twilio.com')) url.hostname = url.hostname.replace(/^api\./, 'messaging.');
  return url.origin;
}

function serviceFinding({ status, body }: VendorResponse, sid: string, callbackUrl: string | undefined): Finding {
  if (status === 404) return failed(SERVICE, `${sid} does not exist in the account. Correct messagingServiceSid.`);
  const service = objectOf(body);
  if (status !== 200 || service['sid'] !== sid) {
    return skipped(SERVICE, `Twilio does not show it (HTTP ${status}). Restricted API keys may lack the permission.`);
  }
  const { inbound_request_url: url, inbound_method: method, use_inbound_webhook_on_number: isOnNumber } = service;
  if (isOnNumber !== true && callbackUrl !== undefined && (url !== callbackUrl || method !== 'POST')) {
    const found = typeof url === 'string' && url !== '' ? `${method} ${url}` : 'not set';
    return warning(SERVICE, `Its webhook is ${found}. Set it to POST ${callbackUrl} to get inbound messages.`);
  }
  if (service['smart_encoding'] === true) {
    return warning(SERVICE, 'Smart Encoding is on, so that segments are miscounted. Turn it off.');
  }
  return ok(SERVICE, `${sid} exists, and its settings fit.`);
}
