import type { Outbound } from '#outbound/outbound.ts';
import type { OutboundQueue } from '#queue/job.ts';
import type { CarrierEntry } from './carrier-entries.ts';

/** Workers that submit the messages of each carrier. */
export class Outbounds {
  readonly #create: (entry: CarrierEntry) => Outbound;
  readonly #workers = new Map<CarrierEntry, Outbound>();
  #isStarted = false;

  constructor(entries: readonly CarrierEntry[], create: (entry: CarrierEntry) => Outbound) {
    this.#create = create;
    for (const entry of entries) this.add(entry);
  }

  add(entry: CarrierEntry): void {
    const worker = this.#create(entry);
    this.#workers.set(entry, worker);
    if (this.#isStarted) worker.start();
  }

  /** Stops the worker of a carrier. Running submits end, and their outcomes are recorded. */
  async remove(entry: CarrierEntry, deadline: AbortSignal): Promise<void> {
    const worker = this.#workers.get(entry);
    this.#workers.delete(entry);
    await worker?.stop(deadline);
  }

  start(): void {
    this.#isStarted = true;
    for (const worker of this.#workers.values()) worker.start();
  }

  /** Whether messages of a queue are being submitted or recorded. */
  isBusy(queue: OutboundQueue): boolean {
    return [...this.#workers].some(([entry, worker]) => entry.queue === queue && worker.isBusy);
  }

  /** Looks for due jobs now. */
  look(): void {
    for (const worker of this.#workers.values()) worker.look();
  }

  async stop(deadline: AbortSignal): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(deadline)));
  }
}
