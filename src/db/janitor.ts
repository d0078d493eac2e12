import type { Log } from '../log.ts';

/** Work that keeps the store small and quick; nobody waits for it. */
export interface Janitor {
  name: string;
  everyMs: number;
  /** @returns how much it did, for the log. */
  run(): Promise<number>;
}

/**
 * Runs each janitor at its interval, never two runs of one at once.
 * @param mine whether this process is the one to do it: of all processes at a store one is enough.
 * @returns a function that stops them.
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
      if (count > 0) log.info({ event: 'janitor', name, count });
    } catch (error) {
      log.warn({ event: 'janitor_failed', name, reason: (error as Error).message });
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
