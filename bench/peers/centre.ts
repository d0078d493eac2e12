// A message centre of ours in a process of its own, in `latencyMs` from its first argument. Answers with what it has taken.
import { MessageCentre } from '../../src/smsc/centre.ts';

export interface CentreCounts {
  taken: number;
  /** When the first and the last part came, as Date.now() gives it. */
  first: number;
  last: number;
}

const centre = await MessageCentre.start({ behaviour: { latencyMs: Number(process.argv[2] ?? 0) } });
process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { taken } = centre;
  process.send?.({
    taken: taken.length,
    first: taken[0]?.at ?? 0,
    last: taken.at(-1)?.at ?? 0,
  } satisfies CentreCounts);
});
process.send?.({ port: centre.port });
