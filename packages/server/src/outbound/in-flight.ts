/**
 * Limit of unrecorded responses and receipts. Above it fewer messages are submitted, because the delay until they are
 * recorded would keep growing.
 */
const MOST_UNSETTLED = 512;

/** Messages of this process between their claim and their record, and the responses and receipts to be recorded. */
export class InFlight {
  readonly #messages = new Set<Promise<void>>();
  readonly #listeners: (() => void)[] = [];
  #submits = 0;
  #unsettled = 0;

  /** Messages that are being submitted or recorded. */
  get messages(): number {
    return this.#messages.size;
  }

  /** Submits without a response. */
  get submits(): number {
    return this.#submits;
  }

  /** Unrecorded responses and receipts beyond the limit. Recording has priority over new submits. */
  get excess(): number {
    return Math.max(0, this.#unsettled - MOST_UNSETTLED);
  }

  /** Resolves when the messages that are in flight now are recorded. */
  settled(): Promise<unknown> {
    return Promise.all(this.#messages);
  }

  /** Counts a message until `work` ends. */
  async message(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#messages.add(promise);
    try {
      await work();
    } finally {
      this.#messages.delete(promise);
      resolve();
    }
  }

  /** Counts a submit until its response. */
  async submit<T>(submit: () => Promise<T>): Promise<T> {
    this.#submits += 1;
    try {
      return await submit();
    } finally {
      this.#submits -= 1;
    }
  }

  /** Counts responses and receipts of a carrier until they are recorded. */
  async settles<T>(recording: Promise<T>): Promise<T> {
    this.#unsettled += 1;
    try {
      return await recording;
    } finally {
      this.#unsettled -= 1;
      if (this.#unsettled === MOST_UNSETTLED) this.freed();
    }
  }

  /** Reports that more messages may be submitted. */
  freed(): void {
    for (const listener of this.#listeners) listener();
  }

  onFreed(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
