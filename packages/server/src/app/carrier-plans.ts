import { join } from 'node:path';
import { createBandwidthApi } from '#carriers/bandwidth/api.ts';
import { createBandwidthCallbacks } from '#carriers/bandwidth/callbacks.ts';
import type { Callbacks } from '#carriers/callbacks.ts';
import type { Carrier, MediaLimits } from '#carriers/carrier.ts';
import { Exchanger } from '#carriers/http/exchange.ts';
import { HttpCarrier } from '#carriers/http/http-carrier.ts';
import { References } from '#carriers/http/references.ts';
import { TokenSource } from '#carriers/http/tokens.ts';
import type { VendorApi } from '#carriers/http/vendor.ts';
import type { CarrierSettings, HttpCarrierSettings } from '#carriers/registry.ts';
import { SIMULATOR_MEDIA, Simulator } from '#carriers/simulator/simulator.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import { createTelnyxApi } from '#carriers/telnyx/api.ts';
import { createTelnyxCallbacks } from '#carriers/telnyx/callbacks.ts';
import { createTwilioApi } from '#carriers/twilio/api.ts';
import { createTwilioCallbacks } from '#carriers/twilio/callbacks.ts';
import type { Keys } from '#identity/keys.ts';
import { canonicalType } from '#media/types.ts';
import type { PaceSettings } from '#outbound/pace.ts';
import { ConfigError } from '#platform/config-error.ts';
import type { Core } from './core.ts';

/** Callbacks of a carrier with an HTTP API, and the references that they return. */
export interface CallbackPlan {
  callbacks: Callbacks;
  references: References;
  /** Headers for requests for media. @throws Error if the vendor gives no access token. */
  mediaHeaders(): Promise<Record<string, string>>;
  /** Origin of the vendor's API, which gets the vendor's credentials. */
  origin: string;
  /** Milliseconds for copies of media before the response to a callback. */
  copyMs: number;
}

/** Parts of a carrier that depend on its type. */
export interface CarrierPlan {
  name: string;
  /** Processes that may be bound at once. Undefined: every process may submit. */
  processes: number | undefined;
  pace: PaceSettings | undefined;
  media: MediaLimits | undefined;
  callbacks: CallbackPlan | undefined;
  create(): Carrier;
}

/** @throws ConfigError */
export function planOf(core: Core, keys: Keys, settings: CarrierSettings): CarrierPlan {
  switch (settings.type) {
    case 'smpp': {
      const { name, processes, pace } = settings;
      return { name, processes, pace, media: undefined, callbacks: undefined, create: () => new Smpp({ settings }) };
    }
    case 'simulator':
      return simulatorPlan(core, settings.name);
    default:
      return httpPlan(core, keys, settings);
  }
}

export function simulatorPlan({ config, overrides, clock, ids }: Core, name = 'simulator'): CarrierPlan {
  const { simulatorLinks: processes = 1, simulatorPace: pace = 1 } = overrides;
  const ledgerFile = join(config.dataDir, 'simulator', name === 'simulator' ? 'ledger.ndjson' : `${name}.ndjson`);
  return {
    ...{ name, processes, pace: undefined, callbacks: undefined },
    media: SIMULATOR_MEDIA,
    create: () => new Simulator({ name, ledgerFile, clock, ids, pace }),
  };
}

function httpPlan({ config }: Core, keys: Keys, settings: HttpCarrierSettings): CarrierPlan {
  const { name, baseUrl, window, mediaBytes, maxSegmentsPerSecond: total, pace } = settings;
  const { publicUrl } = config;
  if (!publicUrl) throw new ConfigError(`RC_PUBLIC_URL: required by the carrier ${name}, which sends callbacks to it.`);
  if (config.databaseUrl && !config.media.isSet) {
    throw new ConfigError(
      `RC_MEDIA: required with PostgreSQL by the carrier ${name}, which supports MMS. Set file:PATH or s3://….`,
    );
  }
  const references = new References(keys.derive('carrier references'));
  const { api, callbacks } = vendorOf(settings);
  const { origin } = new URL(baseUrl ?? api.baseUrl);
  const copyMs = settings.type === 'telnyx' ? TELNYX_COPY_MS : COPY_MS;
  const media = { totalBytes: mediaBytes, accepts: (type: string) => canonicalType(type) !== undefined };
  const context = ({ reference }: { reference: string }) => {
    const tag = references.sign(name, reference);
    return { tag, callbackUrl: `${publicUrl}/carriers/${name}/callback?ref=${encodeURIComponent(tag)}` };
  };
  return {
    ...{
      name,
      processes: undefined,
      media,
      callbacks: { callbacks, references, mediaHeaders: headersOf(api, callbacks), origin, copyMs },
    },
    pace: total || pace ? { ...NO_PACE, ...pace, ...(total ? { total } : {}) } : undefined,
    create: () => new HttpCarrier({ name, api, baseUrl, window, media, context }),
  };
}

/** The receiver of callbacks has tokens of its own, because it may run in another process than the carrier. */
function headersOf({ tokens }: VendorApi, callbacks: Callbacks): () => Promise<Record<string, string>> {
  if (!tokens) return async () => callbacks.mediaHeaders();
  const exchanger = new Exchanger({ baseUrl: tokens.baseUrl, connections: 1, responseSeconds: COPY_MS / 1000 });
  const source = new TokenSource(tokens, (request) => exchanger.send(request));
  return async () => {
    const result = await source.get();
    if (result.kind !== 'token') throw new Error(result.reason);
    return callbacks.mediaHeaders(result.token);
  };
}

/** Telnyx waits two seconds for the response to a callback, Twilio 15 and Bandwidth ten. */
const TELNYX_COPY_MS = 1_500;
const COPY_MS = 8_000;

const NO_PACE: PaceSettings = { numbers: {}, campaigns: {} };

function vendorOf(settings: HttpCarrierSettings): { api: VendorApi; callbacks: Callbacks } {
  switch (settings.type) {
    case 'twilio':
      return { api: createTwilioApi(settings), callbacks: createTwilioCallbacks(settings) };
    case 'telnyx':
      return { api: createTelnyxApi(settings), callbacks: createTelnyxCallbacks(settings) };
    case 'bandwidth':
      return { api: createBandwidthApi(settings), callbacks: createBandwidthCallbacks(settings) };
  }
}
