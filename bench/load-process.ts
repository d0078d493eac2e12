// The load generator's process: runs what it is told, one run after the other, and answers with what it saw.
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
