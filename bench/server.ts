// Red Cloud as with `npm start`, in a separate process, on an empty embedded store or the given database.

import pino from 'pino';
import { start } from '../packages/server/src/app/app.ts';
import { type Role, readConfig } from '../packages/server/src/platform/config.ts';
import { createLog } from '../packages/server/src/platform/log.ts';

const roles = process.env['BENCH_ROLES']?.split(',') as Role[] | undefined;
const config = { ...readConfig(), ...(roles ? { roles } : {}) };
const log = createLog('info', pino.destination({ dest: '/dev/null', sync: false }));
const running = await start(config, { log });
process.send?.({ url: running.url });
process.on('message', () => process.send?.(Math.round(process.memoryUsage().rss / 2 ** 20)));
process.on('SIGTERM', async () => {
  await running.stop();
  process.exit(0);
});
