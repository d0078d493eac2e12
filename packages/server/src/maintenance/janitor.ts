import type { Log } from '../platform/log.ts';

/** Maintenance task that keeps the store small and fast. No request waits for it. */
export interface Janitor {
  name: string;
  everyMs: number;
  /** @returns amount of work that was done, for the log. */
  run(): Promise<number>;
}

/**
 * Runs each maintenance task at its interval, never twice at the same time.
 * @param mine whether this process is the leader. Only the leader runs maintenance.
 * @returns function that stops the tasks.
 */
export function startJanitors(
  janitors: readonly Janitor[],
  log: Log,
  mine: () => Promise<boolean>,
): () => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const once = async ({ name, run }: Janitor) => {
    try {
      const count = (await mine()) ? await run() : 0;
      if (count > 0) log.info({ event: 'maintenance', name, count });
    } catch (error) {
      log.warn({ event: 'maintenance_failed', name, reason: (error as Error).message });
    }
  };
  const timers = janitors.map((janitor) =>
    setInterval(() => {
      if (running.has(janitor.name)) return;
      running.set(
        janitor.name,
        once(janitor).finally(() => running.delete(janitor.name)),
      );
    }, janitor.everyMs),
  );
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await Promise.all(running.values());
  };
}
