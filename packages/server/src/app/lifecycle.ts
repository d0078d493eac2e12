import type { Log } from '#platform/log.ts';

/** Part of the process with a start, a stop, or both. */
export interface Component {
  name: string;
  /** Absent: the component needs no start, and must be stopped in any case. */
  start?(): unknown;
  /** @param deadline aborted when the time for all stops is over. */
  stop?(deadline: AbortSignal): unknown;
}

/**
 * Milliseconds to wait for stops after the deadline. A store that does not respond is not waited for longer. Other
 * processes detect the end of this one.
 */
const LAST_WORDS_MS = 2_000;

/** Starts components in the order in which they were added, and stops them in reverse order. */
export class Lifecycle {
  readonly #log: Log;
  readonly #components: { component: Component; isStarted: boolean }[] = [];
  readonly #failed = Promise.withResolvers<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Resolves with the reason why the process must stop. */
  get failed(): Promise<string> {
    return this.#failed.promise;
  }

  /** Reports that the process must stop, because it cannot work correctly any more. Another process can continue. */
  fail(reason: string): void {
    this.#failed.resolve(reason);
  }

  add(component: Component): void {
    this.#components.push({ component, isStarted: component.start === undefined });
  }

  /** @throws the error of the first component that cannot start. Call `stop` then. */
  async start(): Promise<void> {
    for (const entry of this.#components) {
      // A component that fails halfway is stopped too.
      entry.isStarted = true;
      await entry.component.start?.();
    }
  }

  /** Stops all started components, each one even if another fails. */
  async stop(deadline: AbortSignal): Promise<void> {
    const over = new Promise<void>((resolve) => {
      deadline.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS_MS).unref(), { once: true });
    });
    for (const { component, isStarted } of this.#components.splice(0).reverse()) {
      if (isStarted) await Promise.race([this.#stopOne(component, deadline), over]);
    }
  }

  async #stopOne({ name, stop }: Component, deadline: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    try {
      await stop?.(deadline);
    } catch (error) {
      this.#log.error({ event: 'stop_failed', module: name, err: error });
    }
    this.#log.debug({ event: 'module_stopped', module: name, ms: Math.round(performance.now() - startedAt) });
  }
}
