import type { Log } from './log.ts';

/** A started component, and how to stop it. */
export interface Stop {
  name: string;
  stop(): Promise<unknown>;
}

/**
 * Milliseconds to wait for stops after the deadline. A store that does not respond is not waited for longer. Other
 * processes detect the end of this one.
 */
const LAST_WORDS_MS = 2_000;

/**
 * Stops components in reverse order of their start, each one even if another fails.
 * @param deadline aborted when the time for all stops is over.
 */
export async function stopAll(stops: Stop[], log: Log, deadline?: AbortSignal): Promise<void> {
  const over = new Promise<void>((resolve) => {
    deadline?.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS_MS).unref(), { once: true });
  });
  for (const { name, stop } of stops.reverse()) {
    const startedAt = performance.now();
    const stopped = stop().catch((error) => log.error({ event: 'stop_failed', module: name, err: error }));
    await Promise.race([stopped, over]);
    log.debug({ event: 'module_stopped', module: name, ms: Math.round(performance.now() - startedAt) });
  }
  stops.length = 0;
}
