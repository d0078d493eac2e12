// `npm run db:schema`: writes the schema that results from all migrations to migrations/schema.sql, for review.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { createLog } from '../src/log.ts';
import { describeSchema } from '../test/support/schema.ts';

const directory = await mkdtemp(join(tmpdir(), 'redcloud-schema-'));
try {
  const db = await openEmbedded(directory, createLog('silent'));
  await migrate(db);
  const header = '-- What the migrations amount to. Made by `npm run db:schema`; nothing runs it.\n\n';
  await writeFile(new URL('../migrations/schema.sql', import.meta.url), header + (await describeSchema(db)));
  await db.close();
} finally {
  await rm(directory, { recursive: true, force: true });
}
