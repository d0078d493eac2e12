import { createHmac } from 'node:crypto';
import type { Callbacks } from '#carriers/callbacks.ts';
import type { Capabilities } from '#carriers/capabilities.ts';
import type { Carrier } from '#carriers/carrier.ts';
import type { CarrierSettings, ExclusiveType, SharedType } from '#carriers/carrier-type.ts';
import { Exchanger } from '#carriers/http/exchange.ts';
import { HttpCarrier } from '#carriers/http/http-carrier.ts';
import { References, type SubmitName } from '#carriers/http/references.ts';
import type { HttpCarrierSettings } from '#carriers/http/settings.ts';
import { TokenSource } from '#carriers/http/tokens.ts';
import type { VendorApi } from '#carriers/http/vendor.ts';
import { carrierTypeOf } from '#carriers/registry.ts';
import type { Keys } from '#identity/keys.ts';
import type { PaceSettings } from '#outbound/pace.ts';
import { ConfigError } from '#platform/config-error.ts';
import { unmetRequirements } from './carrier-requirements.ts';
import type { Core } from './core.ts';

/** Callbacks of a carrier with an HTTP API, and the references that they return. */
export interface CallbackPlan {
  callbacks: Callbacks;
  references: References;
  /** Headers for requests for media. @throws Error if the vendor gives no access token. */
  mediaHeaders(): Promise<Record<string, string>>;
  /** Ends the token requests of `mediaHeaders`. */
  close(): Promise<void>;
  /** Origin of the vendor's API, which gets the vendor's credentials. */
  origin: string;
  /** Milliseconds for copies of media before the response to a callback. */
  copyMs: number;
}

interface CommonPlan {
  name: string;
  type: string;
  disabled: boolean;
  /** Whether the failures of submits are scripted, so that no circuit breaker applies. */
  isScripted: boolean;
  /** Hash of the settings, without their content. */
  configHash: string;
  pace: PaceSettings | undefined;
  capabilities: Capabilities;
  create(): Carrier;
}

/** Carrier that a limited number of processes may submit to at once. */
export interface ExclusivePlan extends CommonPlan {
  kind: 'exclusive';
  /** Processes that may be bound at once. */
  processes: number;
}

/** Carrier that every process may submit to, and that sends callbacks. */
export interface SharedPlan extends CommonPlan {
  kind: 'shared';
  callbacks: CallbackPlan;
  /** Whether the vendor lists accepted messages. */
  canLookUp: boolean;
}

/** Parts of a carrier that depend on its type. */
export type CarrierPlan = ExclusivePlan | SharedPlan;

/** @throws ConfigError */
export function planOf(core: Core, keys: Keys, settings: CarrierSettings): CarrierPlan {
  const type = carrierTypeOf(settings.type);
  if (!type) throw new ConfigError(`RC_CARRIERS: carrier ${settings.name} has the unknown type ${settings.type}.`);
  const { disabled = false } = settings;
  const common = { disabled, configHash: hashOf(keys, settings), isScripted: type.isScripted ?? false };
  // The schema of every shared type has the fields of HTTP_SETTINGS.
  const plan =
    type.ownership === 'shared'
      ? sharedPlan(core, keys, type, settings as HttpCarrierSettings)
      : exclusivePlan(core, type, settings);
  return { ...common, ...plan };
}

function exclusivePlan(
  core: Core,
  type: ExclusiveType,
  settings: CarrierSettings,
): Omit<ExclusivePlan, 'configHash' | 'disabled' | 'isScripted'> {
  const { config, overrides, clock, ids } = core;
  const context = { dataDir: config.dataDir, clock, ids, overrides };
  const { name, pace } = settings;
  return {
    kind: 'exclusive',
    ...{
      name,
      type: settings.type,
      pace,
      processes: type.processes(settings, context),
      capabilities: type.capabilities(settings),
    },
    create: () => type.create(settings, context),
  };
}

function sharedPlan(
  { config }: Core,
  keys: Keys,
  type: SharedType,
  settings: HttpCarrierSettings,
): Omit<SharedPlan, 'configHash' | 'disabled' | 'isScripted'> {
  const { name, baseUrl, window, maxSegmentsPerSecond: total, pace } = settings;
  const { publicUrl } = config;
  const [unmet] = unmetRequirements(settings, config);
  if (unmet !== undefined) throw new ConfigError(unmet);
  const capabilities = type.capabilities(settings);
  const references = new References(keys.derive('carrier references'));
  const [api, callbacks] = [type.api(settings), type.callbacks(settings)];
  const { origin } = new URL(baseUrl ?? api.baseUrl);
  const { copyMs } = type;
  const context = (submit: SubmitName) => {
    const tag = references.sign(name, submit);
    return { tag, callbackUrl: `${publicUrl}/carriers/${name}/callback?ref=${encodeURIComponent(tag)}` };
  };
  return {
    kind: 'shared',
    ...{ name, type: settings.type, capabilities, canLookUp: api.list !== undefined },
    callbacks: { callbacks, references, ...headersOf(api, callbacks, copyMs), origin, copyMs },
    pace: total || pace ? { ...NO_PACE, ...pace, ...(total ? { total } : {}) } : undefined,
    create: () => new HttpCarrier({ name, api, baseUrl, window, context }),
  };
}

/** The receiver of callbacks has tokens of its own, because it may run in another process than the carrier. */
function headersOf(
  { tokens }: VendorApi,
  callbacks: Callbacks,
  copyMs: number,
): Pick<CallbackPlan, 'mediaHeaders' | 'close'> {
  if (!tokens) return { mediaHeaders: async () => callbacks.mediaHeaders(), close: async () => undefined };
  const exchanger = new Exchanger({ baseUrl: tokens.baseUrl, connections: 1, responseSeconds: copyMs / 1000 });
  const source = new TokenSource(tokens, (request) => exchanger.send(request));
  return {
    async mediaHeaders() {
      const result = await source.get();
      if (result.kind !== 'token') throw new Error(result.reason);
      return callbacks.mediaHeaders(result.token);
    },
    close: () => exchanger.close(),
  };
}

/** Keyed, because the settings contain secrets. */
function hashOf(keys: Keys, settings: CarrierSettings): string {
  const hmac = createHmac('sha256', keys.derive('hashes of carrier settings'));
  return hmac.update(JSON.stringify(settings)).digest('hex').slice(0, 16);
}

const NO_PACE: PaceSettings = { numbers: {}, campaigns: {} };
