/** PGlite with the settings of the embedded store, and nothing else. Argument: directory. Ends on SIGTERM. */
import { PGlite } from '@electric-sql/pglite';

const [, , dataDir = ''] = process.argv;
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB'];
const store = await PGlite.create({ dataDir, startParams });
await store.query('select 1');
process.stdout.write('{"event":"listening"}\n');
process.on('SIGTERM', () => void store.close().then(() => process.exit(0)));
// PGlite alone keeps no process alive.
setInterval(() => undefined, 60_000);
