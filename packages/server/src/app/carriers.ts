import type { CarrierHandlers } from '#carriers/carrier.ts';
import { CarrierSettingsError } from '#carriers/problems.ts';
import type { Carriers } from '#carriers/registry.ts';
import { readCarriers } from '#carriers/settings.ts';
import { Inbound } from '#inbound/inbound.ts';
import type { Route } from '#messages/lifecycle/accept.ts';
import { createTransitions, type Transitions } from '#messages/lifecycle/transition.ts';
import type { PhoneNumber } from '#numbers/numbers.ts';
import { InFlight } from '#outbound/in-flight.ts';
import { Link } from '#outbound/link.ts';
import { watchLinks } from '#outbound/metrics.ts';
import { Paces } from '#outbound/pace.ts';
import { SharedLink } from '#outbound/shared-link.ts';
import type { Config } from '#platform/config.ts';
import { ConfigError } from '#platform/config-error.ts';
import type { OutboundQueue } from '#queue/job.ts';
import { Receipts } from '#receipts/receipts.ts';
import { type CarrierPlan, planOf, simulatorPlan } from './carrier-plans.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';

/** A carrier, as routing and outbound use it. */
export interface CarrierEntry extends Route {
  name: string;
  link: Link | SharedLink;
  paces: Paces | undefined;
  callbacks: CarrierPlan['callbacks'];
}

/** Links to carriers, and the modules that take what carriers send. */
export interface CarrierModules {
  transitions: Transitions;
  inFlight: InFlight;
  receipts: Receipts;
  inbound: Inbound;
  carriers: readonly CarrierEntry[];
  /** @returns the carrier of a number, or undefined if that carrier is not configured. */
  routeOf(number: Pick<PhoneNumber, 'carrier'>): CarrierEntry | undefined;
  /** Live processes that may submit at once, at least 1. */
  senders(): number;
  /** Whether a part of the backlog waits for its carrier, not for this process. */
  waitsForCarrier(): boolean;
  /** State of each link of this process. Empty without the role `outbound`. */
  linkStates(): { name: string; state: string }[];
}

/** @param settings absent: the simulator is the only carrier. */
export function createCarriers(core: Core, identity: Identity, settings?: Carriers): CarrierModules {
  const { db, clock, ids, log, registry, metrics, queue, heartbeat } = core;
  const { numbers, optOuts, keys } = identity;
  const plans = settings ? settings.carriers.map((one) => planOf(core, keys, one)) : [simulatorPlan(core)];
  const usual = settings?.default ?? 'simulator';
  const transitions = createTransitions({ db, queue });
  const inFlight = new InFlight();
  const alone = plans.every(({ processes }) => processes === 1);
  const receipts = new Receipts({ transitions, queue, clock, log, metrics, alone, inFlight });
  const inbound = new Inbound({ db, numbers, optOuts, queue, ids, clock, log, metrics });
  const handlers: CarrierHandlers = {
    onReport: (...report) => inFlight.settles(receipts.take(...report)),
    onInbound: (...message) => inbound.take(...message),
  };
  const carriers = plans.map((plan) => entryOf(core, plan, usual, { handlers, onUp: () => inFlight.freed() }));
  const linkStates = () =>
    core.runs('outbound') ? carriers.map(({ name, link }) => ({ name, state: link.state() })) : [];
  heartbeat.report(async () => ({ links: linkStates() }));
  watchLinks(registry, linkStates);
  const byName = new Map(carriers.map((carrier) => [carrier.name, carrier]));
  const most = Math.max(...plans.map(({ processes }) => processes ?? Number.POSITIVE_INFINITY));
  return {
    ...{ transitions, inFlight, receipts, inbound, carriers, linkStates },
    routeOf: ({ carrier }) => byName.get(carrier ?? usual),
    senders: () => Math.max(1, Math.min(heartbeat.senders, most)),
    waitsForCarrier: () => carriers.some((carrier) => isSlow(carrier, inFlight)),
  };
}

/** Whether the pace or the responses of the carrier limit the rate. */
function isSlow({ link, paces }: CarrierEntry, inFlight: InFlight): boolean {
  return paces !== undefined || (link.state() !== 'standby' && inFlight.submits >= link.capacity() / 2);
}

interface LinkParts {
  handlers: CarrierHandlers;
  onUp(): void;
}

function entryOf(core: Core, plan: CarrierPlan, usual: string, parts: LinkParts): CarrierEntry {
  const { db, log, heartbeat } = core;
  const { name, processes, pace, media, callbacks, create } = plan;
  const common = { ...parts, log, holder: heartbeat, name, create };
  const link =
    processes === undefined
      ? new SharedLink({ ...common, media: media as NonNullable<typeof media> })
      : new Link({ ...common, db, links: processes, media });
  const paces = pace && new Paces(pace, () => processes ?? heartbeat.senders);
  const queue: OutboundQueue = name === usual ? 'outbound' : `outbound:${name}`;
  return { name, queue, hasMms: media !== undefined, link, paces, callbacks };
}

/** @throws ConfigError with the path of the invalid field in the file of the carriers. */
export function readCarrierSettings({ carriers }: Config): Carriers | undefined {
  if (!carriers) return undefined;
  const { file, text, secrets } = carriers;
  try {
    return readCarriers(text, secrets);
  } catch (error) {
    if (error instanceof CarrierSettingsError) throw new ConfigError(`RC_CARRIERS: ${file}: ${error.message}.`);
    throw error;
  }
}
