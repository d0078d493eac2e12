import { pathToFileURL } from 'node:url';
import { compareCosts, costPerMessage } from '../cost.ts';
import { emptyStore } from '../redcloud.ts';

export interface CostOptions {
  /** A checkout of the version to compare with, with its dependencies installed. */
  base: string;
  pairs: number;
  /**
   * Messages offered per second. Below the capacity of the machine, so that each message is completed within the run.
   */
  rate: number;
  seconds: number;
}

/** CPU time per message of this checkout and of another one. */
export async function cost({ base, pairs, rate, seconds }: CostOptions): Promise<void> {
  const measure = async (file: string) => {
    await using store = await emptyStore();
    // Awaited here, before the store is dropped.
    return await costPerMessage(store, { rate, seconds }, file);
  };
  const other = pathToFileURL(`${base}/bench/server.ts`).href;
  await compareCosts(
    'cost',
    pairs,
    { name: 'base', measure: () => measure(other) },
    { name: 'here', measure: () => measure('./server.ts') },
  );
}
