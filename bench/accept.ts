import { type Cores, watchCpu } from './cpu.ts';
import type { LoadOptions } from './load/options.ts';
import type { LoadResult } from './load/tally.ts';
import type { Loader } from './load.ts';

const WARM_UP_SECONDS = 2;

export interface AcceptFigures {
  /** 2xx per second. */
  rate: number;
  load: LoadResult;
  cores: Cores;
}

/** Rate at which a warm server accepts requests. */
export async function measureAccept(
  loader: Loader,
  load: LoadOptions,
  pids: Record<string, number>,
): Promise<AcceptFigures> {
  await loader.run({ ...load, seconds: WARM_UP_SECONDS });
  const coresUsed = watchCpu({ ...pids, loader: loader.pid });
  const result = await loader.run(load);
  if (result.accepted === 0) throw new Error(`No request was accepted: ${JSON.stringify(result.statuses)}`);
  return { rate: result.rate, load: result, cores: coresUsed() };
}
