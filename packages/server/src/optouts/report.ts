import type { Log } from '../platform/log.ts';
import type { Repair } from './repair.ts';

/**
 * Counts opt-outs with impossible recipients in the background, and logs one line if there are any. Such opt-outs are
 * ineffective. A running statement completes after `stop`, because each is short.
 */
export function reportFaulty(repair: Pick<Repair, 'count'>, log: Log) {
  const stopping = new AbortController();
  return {
    name: 'check of opt-outs',
    start(): void {
      repair.count(stopping.signal).then(
        (count) => {
          if (count) log.warn({ event: 'impossible_opt_outs', count, command: 'redcloud admin opt-outs repair' });
        },
        (error: Error) => {
          if (!stopping.signal.aborted) log.warn({ event: 'opt_outs_not_checked', reason: error.message });
        },
      );
    },
    stop: () => stopping.abort(),
  };
}
