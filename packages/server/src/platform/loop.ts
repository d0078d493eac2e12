export interface LoopOptions {
  /** Interval in milliseconds. A function is called after each periodic run, and returns the pause until the next one. */
  everyMs: number | (() => number);
  run(): Promise<unknown>;
  /** Called when a run fails. The loop continues. */
  onError(error: Error): void;
}

/** Periodic work that never runs twice at the same time. */
export class Loop {
  readonly #options: LoopOptions;
  /** Undefined unless started. */
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Whether another run follows the run under way. */
  #again = false;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Begins the interval. The first run follows after it. */
  start(): void {
    const { everyMs } = this.#options;
    if (typeof everyMs === 'function') this.#pause(everyMs);
    else this.#timer = setInterval(() => void this.now(), everyMs);
  }

  #pause(everyMs: () => number): void {
    const timer = setTimeout(async () => {
      await this.now();
      if (this.#timer === timer) this.#pause(everyMs);
    }, everyMs());
    this.#timer = timer;
  }

  /** Runs now. @returns the run that is under way already, if there is one. Never rejects. */
  now(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) void this.now();
    });
    return this.#running;
  }

  /** Runs now, or once more after the run under way, which may have missed new work. Ignored unless started. */
  wake(): void {
    if (!this.#timer) return;
    if (this.#running) this.#again = true;
    else void this.now();
  }

  async #run(): Promise<void> {
    this.#again = false;
    try {
      await this.#options.run();
    } catch (error) {
      this.#options.onError(error as Error);
    }
  }

  /** Ends the interval. Resolves when no run is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    await this.#running;
  }
}
