import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Db } from './db.ts';

/** Sooner than a process that has not noticed a jump of the clock could be taken for dead (queue/presence.ts). */
const RESYNC_MS = 1_500;
/** A correction that is worth a line in the log. */
const JUMP_MS = 1_000;

const NOW = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms';

export interface StoreClock extends Clock {
  stop(): void;
}

/**
 * The database's time, for all processes the same whatever their machines' clocks say: leases and schedules are compared
 * with it. Between two looks it goes on by this process's monotonic clock, which nobody sets.
 */
export async function followStore(db: Db, log: Log): Promise<StoreClock> {
  let ahead: number | undefined;

  async function sync(): Promise<void> {
    const before = performance.now();
    const [row] = await db.query<{ ms: number }>(NOW, []);
    const after = performance.now();
    const measured = (row?.ms ?? 0) - (before + after) / 2;
    const off = ahead === undefined ? 0 : measured - ahead;
    // The answer was given at some moment in between: a smaller difference than that tells nothing.
    if (ahead !== undefined && Math.abs(off) <= (after - before) / 2) return;
    if (Math.abs(off) > JUMP_MS) log.warn({ event: 'store_clock_jumped', ms: Math.round(off) });
    ahead = measured;
  }

  await sync();
  const timer = setInterval(() => {
    sync().catch((error) => log.debug({ event: 'store_clock_failed', reason: (error as Error).message }));
  }, RESYNC_MS);
  return {
    now: () => Math.floor((ahead as number) + performance.now()),
    stop: () => clearInterval(timer),
  };
}
