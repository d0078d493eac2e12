import { type Child, startChild } from './child.ts';
import type { LoadOptions } from './load/options.ts';
import type { LoadResult } from './load/tally.ts';

/** Load generator in a separate process, so that it takes no CPU time from the measuring process. */
export interface Loader extends AsyncDisposable {
  pid: number;
  /** Only one run at a time. The numbers of requests continue from run to run. */
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
