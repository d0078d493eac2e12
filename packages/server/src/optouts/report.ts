import type { Log } from '../log.ts';
import type { Stop } from '../stops.ts';
import type { Repair } from './repair.ts';

/**
 * Counts opt-outs with impossible recipients in the background, and logs one line if there are any. Such opt-outs are
 * ineffective.
 * @returns a handle that ends the count. A running statement completes, because each is short.
 */
export function reportFaulty(repair: Pick<Repair, 'count'>, log: Log): Stop {
  const stopping = new AbortController();
  repair.count(stopping.signal).then(
    (count) => {
      if (count) log.warn({ event: 'impossible_opt_outs', count, command: 'redcloud admin opt-outs repair' });
    },
    (error: Error) => {
      if (!stopping.signal.aborted) log.warn({ event: 'opt_outs_not_checked', reason: error.message });
    },
  );
  return { name: 'check of opt-outs', stop: async () => stopping.abort() };
}
