import { setTimeout as delay } from 'node:timers/promises';
import type { Carriers } from '#carriers/registry.ts';
import { hasOpenParts } from '#messages/lifecycle/messages.ts';
import { readCarriersFile } from '#platform/carriers-file.ts';
import { ConfigError } from '#platform/config-error.ts';
import { idFrom } from '#platform/ids.ts';
import type { CarrierEntry } from './carrier-entries.ts';
import type { CarrierChanges } from './carrier-set.ts';
import { readCarrierSettings } from './carrier-settings.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { WorkerModules } from './workers.ts';

/** Age in milliseconds of submitted messages whose receipts are still expected. */
const OPEN_MS = 3 * 86_400_000;

/** Result of a reload. */
export type Reloaded =
  | { outcome: 'reloaded'; added: string[]; changed: string[]; removed: string[] }
  | { outcome: 'refused'; reason: string };

/**
 * Reads RC_CARRIERS again. An invalid file changes nothing. Carriers with changed settings are stopped and started again,
 * the others continue.
 */
export class Reloader {
  readonly #core: Core;
  readonly #carriers: CarrierModules;
  readonly #workers: WorkerModules;
  #running: Promise<Reloaded> | undefined;

  constructor(core: Core, carriers: CarrierModules, workers: WorkerModules) {
    this.#core = core;
    this.#carriers = carriers;
    this.#workers = workers;
  }

  /** A second call waits for the first one, because the file may have changed since it was read. Never rejects. */
  async reload(): Promise<Reloaded> {
    while (this.#running) await this.#running;
    this.#running = this.#reload().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #reload(): Promise<Reloaded> {
    const { log } = this.#core;
    try {
      const changes = this.#carriers.carriers.changesTo(this.#read());
      for (const entry of changes.removed) await this.#requireNothingOpen(entry);
      const result = await this.#apply(changes);
      log.info({ event: 'carriers_reloaded', ...result });
      return { outcome: 'reloaded', ...result };
    } catch (error) {
      const reason = (error as Error).message;
      log.error({ event: 'reload_failed', reason });
      return { outcome: 'refused', reason };
    }
  }

  /** @throws ConfigError */
  #read(): Carriers {
    const { config } = this.#core;
    const file = readCarriersFile(config.carriers?.file, process.env);
    const settings = readCarrierSettings({ ...config, carriers: file });
    if (settings) return settings;
    throw new ConfigError('RC_CARRIERS is not set. A reload has nothing to read.');
  }

  /** @throws ConfigError if messages of a carrier wait, or were submitted and wait for their receipts. */
  async #requireNothingOpen({ name, queue }: CarrierEntry): Promise<void> {
    const { db, clock, queue: jobs } = this.#core;
    const isOpen = (await jobs.hasAny(queue)) || (await hasOpenParts(db, name, idFrom('msg', clock.now() - OPEN_MS)));
    if (!isOpen) return;
    throw new ConfigError(
      `RC_CARRIERS: carrier ${name} has open messages and cannot be removed or renamed. Set "disabled": true until they are final.`,
    );
  }

  async #apply(changes: CarrierChanges) {
    const { config, heartbeat, runs } = this.#core;
    const former = [...changes.changed, ...changes.removed];
    const stopping = new AbortController();
    const timer = setTimeout(() => stopping.abort(), config.stopSeconds * 1000);
    // Routes change first, so that no message is routed to a carrier that stops.
    const added = changes.apply();
    await Promise.all(former.map((entry) => this.#stop(entry, stopping.signal)));
    clearTimeout(timer);
    if (runs('outbound')) {
      for (const entry of added) {
        this.#workers.outbounds.add(entry);
        await Promise.race([entry.link.start(), delay(START_MS)]);
      }
    }
    await heartbeat.now();
    this.#carriers.states.announce();
    const names = (entries: readonly CarrierEntry[]) => entries.map(({ name }) => name);
    return { added: [...changes.added], changed: names(changes.changed), removed: names(changes.removed) };
  }

  /** Ends the running submits of a carrier and records their outcomes, then closes its link. */
  async #stop(entry: CarrierEntry, deadline: AbortSignal): Promise<void> {
    if (this.#core.runs('outbound')) {
      await this.#workers.outbounds.remove(entry, deadline);
      await entry.link.stop();
    }
    await entry.callbacks?.close();
  }
}

/** Milliseconds to wait for the first connection of a carrier, before the next one starts. */
const START_MS = 5_000;
