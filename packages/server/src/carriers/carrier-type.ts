import type { Static, TObject } from 'typebox';
import type { SecretSources } from '../platform/carriers-file.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Callbacks } from './callbacks.ts';
import type { Capabilities } from './capabilities.ts';
import type { Carrier } from './carrier.ts';
import type { Report } from './check/finding.ts';
import type { ProbeMessage } from './check/probe-message.ts';
import type { VendorCheck } from './check/vendor-check.ts';
import type { HttpCarrierSettings } from './http/settings.ts';
import type { VendorApi } from './http/vendor.ts';
import type { Pace } from './pace-settings.ts';

/** Settings of a carrier, without those of its type. */
export interface CarrierSettings {
  name: string;
  type: string;
  /** Whether the carrier takes no new messages. Its link, receipts and callbacks continue. */
  disabled?: boolean;
  /** Paces of all processes together. */
  pace?: Static<typeof Pace> | undefined;
}

/** Parts of the process that carriers use. */
export interface CarrierContext {
  /** Directory for files of carriers. */
  dataDir: string;
  clock: Clock;
  ids: Ids;
  /** Changes for tests. */
  overrides: {
    /** Factor of every delay of simulators. */
    simulatorPace?: number;
    /** Processes that may use a simulator at once. */
    simulatorLinks?: number;
  };
}

interface CommonType<Settings> {
  /** Schema of an entry in RC_CARRIERS. */
  readonly schema: TObject;
  /** Reads an entry and its secrets. @param path path of the entry, for errors. @throws CarrierSettingsError */
  read(value: unknown, path: string, secrets: SecretSources): Settings;
  capabilities(settings: Settings): Capabilities;
  /** Whether the failures of submits are scripted, so that they show nothing about other submits. */
  readonly isScripted?: boolean;
}

/** Type of carrier that a limited number of processes may submit to at once, such as SMPP binds. */
export interface ExclusiveType<Settings extends CarrierSettings = CarrierSettings> extends CommonType<Settings> {
  readonly ownership: 'exclusive';
  /** Processes that may be bound at once. */
  processes(settings: Settings, context: CarrierContext): number;
  create(settings: Settings, context: CarrierContext): Carrier;
  /** Whether `check` can send a message. */
  readonly canProbe: boolean;
  /** Checks a carrier for `redcloud-server check-carrier`. @param message sent if defined. */
  check(settings: Settings, report: Report, message?: ProbeMessage): Promise<void>;
}

/** Type of carrier with an HTTP API, that every process may submit to, and that sends callbacks. */
export interface SharedType<Settings extends HttpCarrierSettings = HttpCarrierSettings> extends CommonType<Settings> {
  readonly ownership: 'shared';
  api(settings: Settings): VendorApi;
  /** Verifies and parses the callbacks of the vendor. */
  callbacks(settings: Settings): Callbacks;
  /** Milliseconds for copies of media before the response to a callback. */
  readonly copyMs: number;
  /** Checks of the vendor for `redcloud-server check-carrier`. */
  check(settings: Settings): VendorCheck;
}

export type CarrierType = ExclusiveType | SharedType;
