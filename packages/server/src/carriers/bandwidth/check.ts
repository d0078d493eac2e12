import { type Finding, skipped, warning } from '../check/finding.ts';
import type { OutgoingCallback, VendorCheck } from '../check/vendor-check.ts';
import { createBandwidthApi } from './api.ts';
import type { BandwidthCarrier } from './settings.ts';
import { basic } from './token.ts';

/** Callbacks without events have no effect. */
export function createBandwidthCheck(settings: BandwidthCarrier): VendorCheck {
  const { callbackUsername, callbackPassword } = settings;
  return {
    vendor: 'Bandwidth',
    api: createBandwidthApi(settings),
    credentialsFix:
      settings.clientId === undefined
        ? 'Check accountId, username and password, and the roles of the user.'
        : 'Check accountId, clientId and clientSecret, and the roles of the credentials.',
    callbackFix:
      'Restart the server with these callbackUsername and callbackPassword. A proxy must forward the header Authorization.',
    callbacks: () => ({
      signed: callback(basic(callbackUsername, callbackPassword)),
      refused: callback(basic(callbackUsername, changed(callbackPassword))),
      difference: 'with a wrong password',
      status: 401,
    }),
    settings: async () => [
      ...credentialsFindings(settings),
      skipped('application', 'The messaging API does not show its callback URL. Compare it in the Bandwidth App.'),
    ],
  };
}

function callback(authorization: string): OutgoingCallback {
  return { query: '', headers: { 'content-type': 'application/json', authorization }, body: '[]' };
}

/** Password with one changed bit. */
function changed(password: string): string {
  const last = password.charCodeAt(password.length - 1);
  return password.slice(0, -1) + String.fromCharCode(last ^ 1);
}

/** Source: https://dev.bandwidth.com/docs/account/credentials/management/. */
function credentialsFindings({ username }: BandwidthCarrier): Finding[] {
  if (username === undefined) return [];
  const end = 'User names and passwords stop working at Bandwidth on 2 December 2026.';
  return [warning('username', `${end} Create API credentials, and set clientId and clientSecret instead.`)];
}
