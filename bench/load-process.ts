// Process of the load generator. Performs the requested runs one after the other, and responds with their results.
import type { LoadOptions } from './load/options.ts';
import { LoadRun } from './load/run.ts';

let sent = 0;

process.on('message', async (options: LoadOptions) => {
  const run = new LoadRun(options, sent);
  const result = await run.run();
  sent += run.sent;
  process.send?.(result);
});
process.on('disconnect', () => process.exit());
process.send?.({});
