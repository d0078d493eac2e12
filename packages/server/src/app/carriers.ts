import type { CarrierHandlers } from '#carriers/carrier.ts';
import { type Carriers, DEFAULT_CARRIERS } from '#carriers/registry.ts';
import { CarrierStates, type LinkReport } from '#cluster/carrier-states.ts';
import { Inbound } from '#inbound/inbound.ts';
import { PoolSenders } from '#messages/lifecycle/pool-sender.ts';
import { createTransitions, type Transitions } from '#messages/lifecycle/transition.ts';
import type { Gate } from '#outbound/gate.ts';
import { InFlight } from '#outbound/in-flight.ts';
import { watchCarrierQueues, watchLinks } from '#outbound/metrics.ts';
import { Loop } from '#platform/loop.ts';
import type { OutboundQueue } from '#queue/job.ts';
import { Receipts } from '#receipts/receipts.ts';
import { Router } from '#routing/router.ts';
import type { RoutingTable } from '#routing/table.ts';
import type { CarrierEntry } from './carrier-entries.ts';
import { CarrierSet } from './carrier-set.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';
import type { MediaModules } from './media.ts';

/** Interval in which begins and ends of problems are noted, in milliseconds. */
const PROBLEMS_MS = 500;

/** Links to carriers, and the modules that take what carriers send. */
export interface CarrierModules {
  transitions: Transitions;
  inFlight: InFlight;
  receipts: Receipts;
  inbound: Inbound;
  carriers: CarrierSet;
  states: CarrierStates;
  router: Router;
  /** @param listener called when a carrier began or ceased to accept messages. */
  onProblem(listener: () => void): void;
  poolSenders: PoolSenders;
  /** Queue of the messages for a carrier. */
  queueOf(carrier: string): OutboundQueue;
  /** Live processes that may submit at once, at least 1. */
  senders(): number;
  /** Whether a part of the backlog waits for its carrier, not for this process. */
  waitsForCarrier(): boolean;
  /** State of each link of this process. Empty without the role `outbound`. */
  linkStates(): LinkReport[];
}

export function createCarriers(
  core: Core,
  identity: Identity,
  { claims }: MediaModules,
  settings: Carriers = DEFAULT_CARRIERS,
): CarrierModules {
  const { db, clock, ids, log, registry, metrics, queue, backlog, heartbeat, lifecycle, runs } = core;
  const { numbers, optOuts, pools, keys } = identity;
  const transitions = createTransitions({ db, queue });
  const inFlight = new InFlight();
  const states = new CarrierStates({
    db,
    clock,
    log,
    onPauses: () => {
      inFlight.freed();
      onProblem();
    },
  });
  lifecycle.add({ name: 'carrier states', start: () => states.start(), stop: () => states.stop() });
  const listeners: (() => void)[] = [];
  const onProblem = () => {
    for (const listener of listeners) listener();
  };
  const ownGate = (name: string) => (runs('outbound') ? gateOf(name) : undefined);
  const router = new Router(NO_TABLE, {
    problemOf: (name) => problemIn(states, ownGate(name), name),
    isTestDue: (name) => ownGate(name)?.isTestDue() ?? states.reportsOf(name).some((report) => report.isTestDue),
    now: () => performance.now(),
  });
  const handlers: CarrierHandlers = {
    onReport: (...report) => inFlight.settles(receipts.take(...report)),
    onInbound: (...message) => inbound.take(...message),
  };
  const carriers = new CarrierSet(core, keys, settings, {
    states,
    router,
    handlers,
    onUp: () => inFlight.freed(),
    onProblem,
  });
  const gateOf = (name: string) => carriers.find(name)?.gate;
  const receipts = new Receipts({
    ...{ db, transitions, queue, clock, log, metrics, inFlight },
    isAlone: () => carriers.mostProcesses === 1,
  });
  const inbound = new Inbound({
    ...{ db, numbers, optOuts, queue, ids, clock, log, metrics },
    conversations: pools.conversations,
    claim: (...media) => claims.claim(...media),
  });
  const poolSenders = new PoolSenders({
    ...{ pools, numbers, backlog },
    routing: router,
    failoverAfterMs: () => carriers.poolFailoverAfterMs,
  });
  const problems = new Loop({
    everyMs: PROBLEMS_MS,
    run: async () => router.look(),
    onError: ({ message }) => log.warn({ event: 'reroute_failed', reason: message }),
  });
  lifecycle.add({ name: 'problems of carriers', start: () => problems.start(), stop: () => problems.stop() });
  const linkStates = () => (runs('outbound') ? carriers.all.map(reportOf) : []);
  heartbeat.report(async () => ({ links: linkStates(), carriers: carriers.all.map(({ name }) => name) }));
  watchLinks(registry, linkStates);
  watchCarrierQueues(registry, () => carriers.all, core.backlog);
  return {
    ...{ transitions, inFlight, receipts, inbound, carriers, states, router, linkStates },
    onProblem: (listener) => void listeners.push(listener),
    poolSenders,
    queueOf: (carrier) => carriers.queueOf(carrier),
    senders: () => Math.max(1, Math.min(heartbeat.senders, carriers.mostProcesses)),
    waitsForCarrier: () => carriers.all.some((carrier) => isSlow(carrier, inFlight)),
  };
}

/** Table before the carriers exist. */
const NO_TABLE: RoutingTable = { routes: [], default: '', carriers: new Map() };

/**
 * Why a carrier accepts no message now, as far as this process knows. A process without its own link relies on the reports of
 * the others.
 * @param gate gate of this process. Undefined: this process submits nothing.
 */
function problemIn(states: CarrierStates, gate: Gate | undefined, name: string): string | undefined {
  if (states.isPaused(name)) return `${name} is paused`;
  if (gate && gate.state() !== 'standby') return gate.problem();
  const reports = states.reportsOf(name).filter(({ state }) => state !== 'standby');
  if (reports.length === 0) return `no process is connected to ${name}`;
  return reports.some(({ problem }) => problem === undefined) ? undefined : reports[0]?.problem;
}

function reportOf({ name, gate, link, configHash }: CarrierEntry): LinkReport {
  const { failureShare } = gate;
  const [problem, reason] = [gate.problem(), link.reason];
  return {
    ...{ name, state: gate.state(), window: gate.capacity(), configHash },
    ...(problem === undefined ? {} : { problem }),
    ...(gate.isTestDue() ? { isTestDue: true } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(failureShare === undefined ? {} : { failureShare: Math.round(failureShare * 1000) / 1000 }),
  };
}

/** Whether the pace or the responses of the carrier limit the rate. */
function isSlow({ link, paces }: CarrierEntry, inFlight: InFlight): boolean {
  return paces !== undefined || (link.state() !== 'standby' && inFlight.submits >= link.capacity() / 2);
}
