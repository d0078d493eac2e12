import type { CarrierStates } from '../cluster/carrier-states.ts';
import { notFound } from '../platform/errors.ts';
import type { Backlog } from '../queue/backlog.ts';
import type { OutboundQueue } from '../queue/job.ts';
import type { Router } from '../routing/router.ts';

/** The better states first: a carrier is in the best state of its links. */
const STATES = ['up', 'throttled', 'silent', 'failing', 'misconfigured', 'down'] as const;

/** Carrier as operators see it, over all processes. */
export interface CarrierInfo {
  name: string;
  type: string;
  state: (typeof STATES)[number] | 'paused';
  /** Why the carrier accepts no message. Null: it does. */
  reason: string | null;
  paused: boolean;
  /** Whether RC_CARRIERS has `"disabled": true` for the carrier. */
  disabled: boolean;
  isDefault: boolean;
  /** Waiting messages. */
  queued: number;
  oldestSeconds: number;
  /** Segments that the carrier accepted per second, between the last two samples. */
  ratePerSecond: number;
  /** Segments that may be in progress at once, over all processes. */
  window: number;
  /** Highest share of failed submits of the last minute among the processes. Null without submits. */
  failureShare: number | null;
  /** Hash of the settings in this process, to compare processes. */
  configHash: string;
  /** Whether a process has other settings for the carrier. */
  configDiffers: boolean;
}

/** Configured carrier. */
export interface ConfiguredCarrier extends Pick<CarrierInfo, 'name' | 'type' | 'disabled' | 'configHash'> {
  /** Queue of the messages for the carrier. */
  queue: OutboundQueue;
}

export interface CarrierAdminParts {
  carriers(): readonly ConfiguredCarrier[];
  states: CarrierStates;
  router: Router;
  backlog: Pick<Backlog, 'depthOf'>;
  /** Stores the current states of the links of this process. */
  renew(): Promise<void>;
  /** Segments that a carrier accepted per second. */
  perSecondOf(carrier: string): number;
}

/** Operations of operators on carriers. */
export class CarrierAdmin {
  readonly #parts: CarrierAdminParts;

  constructor(parts: CarrierAdminParts) {
    this.#parts = parts;
  }

  /** Carriers in the order of RC_CARRIERS. */
  async list(): Promise<CarrierInfo[]> {
    await this.#refresh();
    return Promise.all(this.#parts.carriers().map((carrier) => this.#infoOf(carrier)));
  }

  /** @throws ApiError NOT_FOUND for a carrier that is not configured. */
  async pause(name: string, actor: string): Promise<CarrierInfo> {
    const carrier = this.#find(name);
    await this.#parts.states.pause(name, actor);
    await this.#refresh();
    return this.#infoOf(carrier);
  }

  /** @throws ApiError NOT_FOUND for a carrier that is not configured. */
  async resume(name: string): Promise<CarrierInfo> {
    const carrier = this.#find(name);
    await this.#parts.states.resume(name);
    await this.#refresh();
    return this.#infoOf(carrier);
  }

  #find(name: string): ConfiguredCarrier {
    const found = this.#parts.carriers().find((carrier) => carrier.name === name);
    if (found) return found;
    throw notFound(`Carrier ${name} is not configured`);
  }

  /** The stored heartbeat of this process is up to 1.5 s old. */
  async #refresh(): Promise<void> {
    await this.#parts.renew();
    await this.#parts.states.refresh();
  }

  async #infoOf({ name, type, queue, disabled, configHash }: ConfiguredCarrier): Promise<CarrierInfo> {
    const { states, router, backlog, perSecondOf } = this.#parts;
    const reports = states.reportsOf(name);
    const links = reports.filter(({ state }) => state !== 'standby');
    const paused = states.isPaused(name);
    const state = paused ? 'paused' : (STATES.find((one) => links.some((link) => link.state === one)) ?? 'down');
    const { depth, oldestAgeSeconds } = await backlog.depthOf(queue);
    const shares = links.flatMap(({ failureShare }) => failureShare ?? []);
    return {
      ...{ name, type, state, paused, disabled, configHash },
      reason: state === 'up' ? null : (router.problemOf(name) ?? links.find(({ problem }) => problem)?.problem ?? null),
      isDefault: router.table.default === name,
      queued: depth,
      oldestSeconds: Math.round(oldestAgeSeconds),
      ratePerSecond: perSecondOf(name),
      window: links.reduce((sum, { window = 0 }) => sum + window, 0),
      failureShare: shares.length === 0 ? null : Math.max(...shares),
      configDiffers:
        reports.length < states.linkedProcesses ||
        reports.some(({ configHash: hash }) => hash !== undefined && hash !== configHash),
    };
  }
}
