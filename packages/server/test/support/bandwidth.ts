import type { BandwidthCarrier } from '#carriers/bandwidth/settings.ts';

const COMMON = {
  name: 'band',
  type: 'bandwidth',
  insecure: false,
  window: 4,
  mediaBytes: 600_000,
  accountId: '9900000',
  applicationId: '93de2206-9669-4e07-948d-329f4b722ee2',
  callbackUsername: 'callback',
  callbackPassword: 'secret',
} as const;

/** Settings of a carrier with Bandwidth and Basic authentication. */
export const BANDWIDTH: BandwidthCarrier = { ...COMMON, username: 'user', password: 'pass', clientSecret: undefined };
/** Settings of a carrier with Bandwidth and OAuth 2. */
export const BANDWIDTH_OAUTH: BandwidthCarrier = {
  ...COMMON,
  clientId: 'id',
  clientSecret: 'secret',
  password: undefined,
};
