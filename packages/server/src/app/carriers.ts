import { join } from 'node:path';
import type { Carrier, CarrierHandlers } from '#carriers/carrier.ts';
import { CarrierSettingsError, type Carriers, readCarriers } from '#carriers/settings.ts';
import { Simulator } from '#carriers/simulator/simulator.ts';
import { Smpp } from '#carriers/smpp/smpp.ts';
import { Inbound } from '#inbound/inbound.ts';
import { createTransitions, type Transitions } from '#messages/lifecycle/transition.ts';
import { InFlight } from '#outbound/in-flight.ts';
import { Link } from '#outbound/link.ts';
import { watchLinks } from '#outbound/metrics.ts';
import { type PaceSettings, Paces } from '#outbound/pace.ts';
import { type Config, ConfigError } from '#platform/config.ts';
import { Receipts } from '#receipts/receipts.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';

/** Links to carriers, and the modules that take what carriers send. */
export interface CarrierModules {
  transitions: Transitions;
  inFlight: InFlight;
  receipts: Receipts;
  inbound: Inbound;
  links: readonly Link[];
  /** Link to which messages are submitted. */
  carrier: Link;
  paces: Paces | undefined;
  /** Live processes that may submit to the carrier at once, at least 1. */
  senders(): number;
  /** Whether the backlog waits for the carrier, not for this process. */
  waitsForCarrier(): boolean;
  /** State of each link of this process. Empty without the role `outbound`. */
  linkStates(): { name: string; state: string }[];
}

interface LinkSettings {
  name: string;
  /** Processes that may be bound at once. */
  processes: number;
  pace?: PaceSettings | undefined;
  create(): Carrier;
}

/** @param carriers absent: the simulator is the only carrier. */
export function createCarriers(core: Core, { numbers, optOuts }: Identity, carriers?: Carriers): CarrierModules {
  const { db, clock, ids, log, registry, metrics, queue, heartbeat } = core;
  const settings = carriers ? carriers.carriers.map(smppLink) : [simulatorLink(core)];
  const transitions = createTransitions({ db, queue });
  const inFlight = new InFlight();
  const alone = settings.every(({ processes }) => processes === 1);
  const receipts = new Receipts({ transitions, queue, clock, log, metrics, alone, inFlight });
  const inbound = new Inbound({ db, numbers, optOuts, queue, ids, clock, log, metrics });
  const onReport: CarrierHandlers['onReport'] = (...report) => inFlight.settles(receipts.take(...report));
  const onInbound: CarrierHandlers['onInbound'] = (...message) => inbound.take(...message);
  const handlers = { onReport, onInbound };
  const common = { db, log, holder: heartbeat, handlers, onUp: () => inFlight.freed() };
  const links = settings.map(({ name, processes, create }) => new Link({ ...common, name, links: processes, create }));
  const used = Math.max(
    0,
    settings.findIndex(({ name }) => name === carriers?.default),
  );
  const carrier = links[used] as Link;
  const { pace, processes } = settings[used] as LinkSettings;
  const paces = pace && new Paces(pace, processes);
  const linkStates = () =>
    core.runs('outbound') ? links.map((link) => ({ name: link.name, state: link.state() })) : [];
  heartbeat.report(async () => ({ links: linkStates() }));
  watchLinks(registry, linkStates);
  return {
    ...{ transitions, inFlight, receipts, inbound, links, carrier, paces, linkStates },
    senders: () => Math.max(1, Math.min(heartbeat.senders, processes)),
    waitsForCarrier: () =>
      paces !== undefined || (carrier.state() !== 'standby' && inFlight.submits >= carrier.capacity() / 2),
  };
}

const smppLink = (settings: Carriers['carriers'][number]): LinkSettings => ({
  name: settings.name,
  processes: settings.processes,
  pace: settings.pace,
  create: () => new Smpp({ settings }),
});

function simulatorLink({ config, overrides, clock, ids }: Core): LinkSettings {
  const { simulatorLinks: processes = 1, simulatorPace: pace = 1 } = overrides;
  const ledgerFile = join(config.dataDir, 'simulator', 'ledger.ndjson');
  return {
    name: 'simulator',
    processes,
    create: () => new Simulator({ name: 'simulator', ledgerFile, clock, ids, pace }),
  };
}

/** @throws ConfigError with the path of the invalid field in the file of the carriers. */
export function readCarrierSettings({ carriers }: Config): Carriers | undefined {
  if (!carriers) return undefined;
  const { file, text, secret } = carriers;
  try {
    return readCarriers(text, secret);
  } catch (error) {
    if (error instanceof CarrierSettingsError) throw new ConfigError(`RC_CARRIERS: ${file}: ${error.message}.`);
    throw error;
  }
}
