import Type, { type Static, type TObject } from 'typebox';
import { CarrierName, Pace, perSecond } from '../pace-settings.ts';
import { problem } from '../problems.ts';

/** Settings of all carriers with an HTTP API. */
export const HTTP_SETTINGS = {
  name: CarrierName,
  /** Scheme, host and port of the API. The paths of the vendor are appended. */
  baseUrl: Type.Optional(Type.String({ maxLength: 2_048 })),
  /** Allows `http:` in `baseUrl` beyond this machine. */
  insecure: Type.Boolean({ default: false }),
  /** Concurrent submits of each process. */
  window: Type.Integer({ minimum: 1, maximum: 1_000, default: 32 }),
  maxSegmentsPerSecond: Type.Optional(perSecond),
  pace: Type.Optional(Pace),
  /** Bytes of the media of one message. */
  mediaBytes: Type.Integer({ minimum: 10_000, maximum: 26_214_400, default: 600_000 }),
} as const;

/** Settings of a carrier with an HTTP API, without those of its type. */
export type HttpCarrierSettings = Static<TObject<typeof HTTP_SETTINGS>> & { type: string };

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** @throws CarrierSettingsError */
export function checkBaseUrl(baseUrl: string | undefined, insecure: boolean, path: string): void {
  if (baseUrl === undefined) return;
  const url = URL.parse(baseUrl);
  const isBare = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (!isBare || !/^https?:$/.test(url.protocol)) {
    throw problem(`${path}.baseUrl`, 'must be a URL without a path, such as https://api.example.com');
  }
  if (url.protocol === 'http:' && !insecure && !LOOPBACK.test(url.hostname)) {
    throw problem(
      `${path}.baseUrl`,
      'must begin with https:, because it carries credentials. "insecure": true allows http:',
    );
  }
}
