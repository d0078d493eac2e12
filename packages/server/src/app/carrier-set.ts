import type { Carriers } from '#carriers/registry.ts';
import type { Keys } from '#identity/keys.ts';
import { Loop } from '#platform/loop.ts';
import type { OutboundQueue } from '#queue/job.ts';
import { tableOf } from '#routing/table.ts';
import { type CarrierEntry, Entries, type EntryParts } from './carrier-entries.ts';
import { type CarrierPlan, planOf } from './carrier-plans.ts';
import type { Core } from './core.ts';

/** Interval of checks for silent carriers, and for tests of an open circuit breaker, in milliseconds. */
const LOOK_EVERY_MS = 500;

/** Difference between the current settings and new ones. */
export interface CarrierChanges {
  /** Carriers without an entry in the new settings. */
  removed: readonly CarrierEntry[];
  /** Carriers whose settings change. */
  changed: readonly CarrierEntry[];
  /** Names of carriers without an entry in the current settings. */
  added: readonly string[];
  /** Replaces the settings, the table of routes, and the entries of the changed carriers. @returns the new entries. */
  apply(): CarrierEntry[];
}

/** Configured carriers of this process. SIGHUP replaces them (app/reload.ts). */
export class CarrierSet {
  readonly #core: Core;
  readonly #keys: Keys;
  readonly #parts: EntryParts;
  readonly #entries: Entries;
  #settings: Carriers;
  #plans: readonly CarrierPlan[];
  #byName: ReadonlyMap<string, CarrierEntry>;

  /** @throws ConfigError */
  constructor(core: Core, keys: Keys, settings: Carriers, parts: EntryParts) {
    this.#core = core;
    this.#keys = keys;
    this.#parts = parts;
    this.#settings = settings;
    this.#entries = new Entries(core, () => this.#settings, parts);
    this.#plans = settings.carriers.map((one) => planOf(core, keys, one));
    const entries = this.#plans.map((plan) => this.#entries.entryOf(plan));
    this.#byName = new Map(entries.map((entry) => [entry.name, entry]));
    this.#route();
    const loop = new Loop({ everyMs: LOOK_EVERY_MS, run: async () => this.#look(), onError: () => undefined });
    if (core.runs('outbound')) {
      core.lifecycle.add({ name: 'gates', start: () => loop.start(), stop: () => loop.stop() });
    }
  }

  /** Carriers in the order of RC_CARRIERS. */
  get all(): CarrierEntry[] {
    return [...this.#byName.values()];
  }

  find(name: string): CarrierEntry | undefined {
    return this.#byName.get(name);
  }

  queueOf(carrier: string): OutboundQueue {
    return this.#entries.queueOf(carrier);
  }

  /** Processes that may submit to one of the carriers at once. */
  get mostProcesses(): number {
    return Math.max(...this.#plans.map(processesOf));
  }

  /** Time without a carrier, in milliseconds, after which another member of a pool sends. */
  get poolFailoverAfterMs(): number {
    return this.#settings.poolFailoverAfterSeconds * 1000;
  }

  /** Compares new settings with the current ones. Nothing changes before `apply`. @throws ConfigError */
  changesTo(settings: Carriers): CarrierChanges {
    const plans = settings.carriers.map((one) => planOf(this.#core, this.#keys, one));
    const hashes = new Map(plans.map(({ name, configHash }) => [name, configHash]));
    return {
      removed: this.all.filter(({ name }) => !hashes.has(name)),
      changed: this.all.filter(({ name, configHash }) => hashes.has(name) && hashes.get(name) !== configHash),
      added: plans.flatMap(({ name }) => (this.#byName.has(name) ? [] : [name])),
      apply: () => this.#apply(settings, plans),
    };
  }

  #apply(settings: Carriers, plans: readonly CarrierPlan[]): CarrierEntry[] {
    this.#settings = settings;
    this.#plans = plans;
    const entries = plans.map((plan) => {
      const current = this.#byName.get(plan.name);
      return current?.configHash === plan.configHash ? current : this.#entries.entryOf(plan);
    });
    const before = this.#byName;
    this.#byName = new Map(entries.map((entry) => [entry.name, entry]));
    this.#route();
    return entries.filter((entry) => before.get(entry.name) !== entry);
  }

  #route(): void {
    const capabilities = new Map(this.#plans.map((plan) => [plan.name, plan.capabilities]));
    this.#parts.router.use(tableOf(this.#settings, capabilities));
  }

  #look(): void {
    for (const { gate } of this.#byName.values()) gate.look();
  }
}

/** Processes that may submit to a carrier at once. */
function processesOf(plan: CarrierPlan): number {
  return plan.kind === 'shared' ? Number.POSITIVE_INFINITY : plan.processes;
}
