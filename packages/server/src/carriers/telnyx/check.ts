import { type Finding, ok, skipped, warning } from '../check/finding.ts';
import { exchangeOnce, unreachable } from '../check/transport.ts';
import type { VendorCheck } from '../check/vendor-check.ts';
import type { VendorResponse } from '../http/exchange.ts';
import { createTelnyxApi } from './api.ts';
import { recordOf } from './codes.ts';
import type { TelnyxCarrier } from './settings.ts';

/** Only Telnyx has the private key, so that no valid callback can be sent. */
export function createTelnyxCheck(settings: TelnyxCarrier): VendorCheck {
  return {
    vendor: 'Telnyx',
    api: createTelnyxApi(settings),
    credentialsFix: 'Check apiKey, messagingProfileId and the balance of the account.',
    callbackFix: 'Check publicKey, and the clock of the server.',
    callbacks: () => ({
      signed: undefined,
      refused: {
        query: '?check=msg_CHECK%2F1',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ data: { event_type: 'redcloud.check', record_type: 'event' } }),
      },
      difference: 'without a signature',
      status: 403,
    }),
    settings: (callbackUrl) => checkProfile(settings, callbackUrl),
  };
}

const SUBJECT = 'messaging profile';

/**
 * Compares the webhook of the messaging profile with the callback URL. Names as in the npm package telnyx 7.24.0,
 * resources/messaging-profiles (`MessagingProfile`).
 */
async function checkProfile(settings: TelnyxCarrier, callbackUrl: string | undefined): Promise<Finding[]> {
  const { messagingProfileId: id, baseUrl } = settings;
  if (id === undefined) return [skipped(SUBJECT, 'messagingProfileId is not set. Each number uses its own profile.')];
  const api = createTelnyxApi(settings);
  // The check of the credentials requests the profile.
  const exchanged = await exchangeOnce(baseUrl ?? api.baseUrl, api.check());
  if (exchanged.kind !== 'response') return [skipped(SUBJECT, unreachable(exchanged, baseUrl ?? api.baseUrl))];
  return [profileFinding(exchanged.response, callbackUrl)];
}

function profileFinding({ status, body }: VendorResponse, callbackUrl: string | undefined): Finding {
  const profile = status === 200 ? profileIn(body) : undefined;
  if (profile === undefined) return skipped(SUBJECT, `Telnyx does not show it (HTTP ${status}).`);
  const { webhook_url: webhookUrl, webhook_api_version: version } = profile;
  if (callbackUrl !== undefined && webhookUrl !== callbackUrl) {
    const found = typeof webhookUrl === 'string' && webhookUrl !== '' ? `is ${webhookUrl}` : 'is not set';
    return warning(SUBJECT, `Its webhook URL ${found}. Set it to ${callbackUrl} to get inbound messages.`);
  }
  if (version !== '2') {
    return warning(SUBJECT, `Its webhook API version is ${version ?? 'unknown'}. Set it to 2 to get inbound messages.`);
  }
  return ok(SUBJECT, 'Its webhook is the callback URL of this carrier.');
}

function profileIn(body: string): Record<string, unknown> | undefined {
  try {
    const profile = recordOf(recordOf(JSON.parse(body))['data']);
    return 'webhook_url' in profile ? profile : undefined;
  } catch {
    return undefined;
  }
}
