export interface LoopOptions {
  everyMs: number;
  run(): Promise<unknown>;
  /** Called when a run fails. The loop continues. */
  onError(error: Error): void;
}

/** Periodic work that never runs twice at the same time. */
export class Loop {
  readonly #options: LoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Begins the interval. The first run follows after it. */
  start(): void {
    this.#timer = setInterval(() => void this.now(), this.#options.everyMs);
  }

  /** Runs now. @returns the run that is under way already, if there is one. Never rejects. */
  now(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#options.run();
    } catch (error) {
      this.#options.onError(error as Error);
    }
  }

  /** Ends the interval. Resolves when no run is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }
}
