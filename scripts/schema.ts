// `npm run db:schema`: writes the schema that results from all migrations to packages/server/migrations/schema.sql, for review.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../packages/server/src/db/drivers/embedded.ts';
import { migrate } from '../packages/server/src/db/schema/migrate.ts';
import { createLog } from '../packages/server/src/platform/log.ts';
import { describeSchema } from '../packages/server/test/support/schema.ts';

const directory = await mkdtemp(join(tmpdir(), 'redcloud-schema-'));
try {
  const db = await openEmbedded(directory, createLog('silent'));
  await migrate(db);
  const header = '-- What the migrations amount to. Made by `npm run db:schema`; nothing runs it.\n\n';
  await writeFile(
    new URL('../packages/server/migrations/schema.sql', import.meta.url),
    header + (await describeSchema(db)),
  );
  await db.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}
