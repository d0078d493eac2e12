import type { Log } from './log.ts';

/** A part that has begun, and how it ends. */
export interface Stop {
  name: string;
  stop(): Promise<unknown>;
}

/** What is still to be said to a store that does not answer is left unsaid so long after time is up: others will notice. */
const LAST_WORDS_MS = 2_000;

/** In reverse of the start. Each is tried, whatever became of the others; `deadline` says that time is up for all of them. */
export async function stopAll(stops: Stop[], log: Log, deadline?: AbortSignal): Promise<void> {
  const over = new Promise<void>((resolve) => {
    deadline?.addEventListener('abort', () => setTimeout(resolve, LAST_WORDS_MS).unref(), { once: true });
  });
  for (const { name, stop } of stops.reverse()) {
    const startedAt = performance.now();
    const stopped = stop().catch((error) => log.error({ event: 'stop_failed', part: name, err: error }));
    await Promise.race([stopped, over]);
    log.debug({ event: 'part_stopped', part: name, ms: Math.round(performance.now() - startedAt) });
  }
  stops.length = 0;
}
