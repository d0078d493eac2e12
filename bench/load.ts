import { type Child, startChild } from './child.ts';
import type { LoadOptions } from './load/options.ts';
import type { LoadResult } from './load/tally.ts';

/** A load generator in a process of its own, so that it does not take the time of whoever measures. */
export interface Loader extends AsyncDisposable {
  pid: number;
  /** One run after the other; the numbers of requests go on from run to run. */
  run(options: LoadOptions): Promise<LoadResult>;
}

export async function startLoader(): Promise<Loader> {
  const child: Child<unknown> = await startChild('./load-process.ts');
  return {
    pid: child.pid,
    run: (options) => child.ask<LoadResult>(options),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
