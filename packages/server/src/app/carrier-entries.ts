import type { Capabilities } from '#carriers/capabilities.ts';
import type { CarrierHandlers } from '#carriers/carrier.ts';
import { type Carriers, DEFAULT_CARRIERS } from '#carriers/registry.ts';
import type { CarrierStates } from '#cluster/carrier-states.ts';
import { Gate } from '#outbound/gate.ts';
import { Link } from '#outbound/link.ts';
import { Paces } from '#outbound/pace.ts';
import { SharedLink } from '#outbound/shared-link.ts';
import type { OutboundQueue } from '#queue/job.ts';
import type { Router } from '#routing/router.ts';
import type { CallbackPlan, CarrierPlan } from './carrier-plans.ts';
import type { Core } from './core.ts';

/** A carrier, as routing and outbound use it. */
export interface CarrierEntry {
  name: string;
  type: string;
  /** Whether the carrier takes no new messages. */
  disabled: boolean;
  /** Hash of the settings, without their content. */
  configHash: string;
  /** Messages that the carrier can send. */
  capabilities: Capabilities;
  /** Queue of the messages for the carrier. */
  queue: OutboundQueue;
  link: Link | SharedLink;
  /** Decides whether messages are submitted to the link. */
  gate: Gate;
  paces: Paces | undefined;
  /** Undefined: the carrier sends no callbacks. */
  callbacks: CallbackPlan | undefined;
}

export interface EntryParts {
  states: CarrierStates;
  router: Router;
  handlers: CarrierHandlers;
  onUp(): void;
  /** Called when a carrier began or ceased to accept messages. */
  onProblem(): void;
}

/** Creates the links of carriers, with their gates and paces. */
export class Entries {
  readonly #core: Core;
  readonly #settings: () => Carriers;
  readonly #parts: EntryParts;

  /** @param settings current settings. */
  constructor(core: Core, settings: () => Carriers, parts: EntryParts) {
    this.#core = core;
    this.#settings = settings;
    this.#parts = parts;
  }

  /**
   * Without RC_CARRIERS, `outbound`. Otherwise a queue for each carrier, regardless of the default carrier, which may differ for a
   * moment between processes.
   */
  queueOf(carrier: string): OutboundQueue {
    return this.#settings() === DEFAULT_CARRIERS ? 'outbound' : `outbound:${carrier}`;
  }

  entryOf(plan: CarrierPlan): CarrierEntry {
    const { heartbeat } = this.#core;
    const { name, type, disabled, configHash, pace, capabilities } = plan;
    const link = this.#linkOf(plan);
    const sharers = plan.kind === 'shared' ? () => heartbeat.senders : () => plan.processes;
    return {
      ...{ name, type, disabled, configHash, capabilities, link },
      queue: this.queueOf(name),
      gate: this.#gateOf(link, plan),
      paces: pace && new Paces(pace, sharers),
      callbacks: plan.kind === 'shared' ? plan.callbacks : undefined,
    };
  }

  #linkOf(plan: CarrierPlan): Link | SharedLink {
    const { db, log, heartbeat } = this.#core;
    const { handlers, onUp } = this.#parts;
    const { name, create, capabilities } = plan;
    const { media } = capabilities;
    const common = { handlers, onUp, log, holder: heartbeat, name, create, media };
    if (plan.kind === 'exclusive') return new Link({ ...common, db, links: plan.processes });
    return new SharedLink({ ...common, canLookUp: plan.canLookUp });
  }

  #gateOf(link: Link | SharedLink, { isScripted }: CarrierPlan): Gate {
    const { heartbeat, log } = this.#core;
    const { states, router, onUp, onProblem } = this.#parts;
    return new Gate({
      link,
      hasBreaker: !isScripted,
      now: () => performance.now(),
      isPaused: () => states.isPaused(link.name),
      hasAlternatives: () => router.hasAlternatives(link.name),
      failoverAfterMs: this.#settings().failoverAfterSeconds * 1000,
      onChange: (problem) => {
        const isUp = problem === undefined;
        log[isUp ? 'info' : 'warn']({ event: 'carrier_problem', carrier: link.name, problem: problem ?? null });
        // Other processes route by the reports in the heartbeats.
        void heartbeat.now().then(() => states.announce());
        onProblem();
        if (isUp) onUp();
      },
    });
  }
}
