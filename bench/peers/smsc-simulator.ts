// SMSC simulator in a separate process. The first argument is its behaviour as JSON. Responds to each message with its
// counts.
import type { Behaviour } from '../../packages/server/src/smsc/behaviour.ts';
import { SmscSimulator } from '../../packages/server/src/smsc/simulator.ts';

export interface SmscCounts {
  taken: number;
  throttled: number;
  /** Times of the first and the last accepted segment, in ms since 1970. */
  first: number;
  last: number;
  /** Time of the count, in ms since 1970. */
  now: number;
}

const behaviour = JSON.parse(process.argv[2] ?? '{}') as Partial<Behaviour>;
const smsc = await SmscSimulator.start({ behaviour });
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { taken, throttled } = smsc;
  process.send?.({
    taken: taken.length,
    throttled,
    first: taken[0]?.at ?? 0,
    last: taken.at(-1)?.at ?? 0,
    now: Date.now(),
  } satisfies SmscCounts);
});
process.send?.({ port: smsc.port });
