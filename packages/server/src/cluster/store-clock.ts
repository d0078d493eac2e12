import type { Db } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { Loop } from '../platform/loop.ts';
import { NOW } from './sql.ts';

/**
 * Interval in milliseconds. Shorter than the time after which a process that missed a clock jump could be evicted
 * (cluster/heartbeat.ts).
 */
const RESYNC_MS = 1_500;
/** Minimum correction that is logged, in milliseconds. */
const JUMP_MS = 1_000;

export interface StoreClock extends Clock {
  stop(): Promise<void>;
}

/**
 * Clock of the database, the same for all processes regardless of the clocks of their machines. Leases and schedules
 * are compared with it. Between two queries it follows the monotonic clock of this process, which cannot be set.
 */
export async function followStore(db: Db, log: Log): Promise<StoreClock> {
  let ahead: number | undefined;

  async function sync(): Promise<void> {
    const before = performance.now();
    const [row] = await run(db, NOW);
    const after = performance.now();
    const measured = (row?.ms ?? 0) - (before + after) / 2;
    const off = ahead === undefined ? 0 : measured - ahead;
    // The store read its clock at some moment during the query. Differences below half of the duration of the query are
    // not significant.
    if (ahead !== undefined && Math.abs(off) <= (after - before) / 2) return;
    if (Math.abs(off) > JUMP_MS) log.warn({ event: 'store_clock_jumped', ms: Math.round(off) });
    ahead = measured;
  }

  await sync();
  const onError = ({ message }: Error) => log.debug({ event: 'store_clock_failed', reason: message });
  const loop = new Loop({ everyMs: RESYNC_MS, run: sync, onError });
  loop.start();
  return {
    now: () => Math.floor((ahead as number) + performance.now()),
    stop: () => loop.stop(),
  };
}
