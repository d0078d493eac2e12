import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';

/** Maintenance task that keeps the store small and fast. No request waits for it. */
export interface Janitor {
  name: string;
  everyMs: number;
  /** @returns amount of work that was done, for the log. */
  run(): Promise<number>;
}

/**
 * Runs each maintenance task at its interval, never twice at the same time.
 * @param isLeader whether this process is the leader. Only the leader runs maintenance.
 */
export class Maintenance {
  readonly #loops: readonly Loop[];

  constructor(janitors: readonly Janitor[], log: Log, isLeader: () => Promise<boolean>) {
    this.#loops = janitors.map(({ name, everyMs, run }) => {
      const runAsLeader = async () => {
        const count = (await isLeader()) ? await run() : 0;
        if (count > 0) log.info({ event: 'maintenance', name, count });
      };
      const onError = ({ message }: Error) => log.warn({ event: 'maintenance_failed', name, reason: message });
      return new Loop({ everyMs, run: runAsLeader, onError });
    });
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }
}
