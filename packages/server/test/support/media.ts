import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Db } from '#db/db.ts';
import { Claims } from '#media/claims.ts';
import { Library } from '#media/library.ts';
import { DirectoryStorage } from '#media/storage/directory.ts';
import type { Storage } from '#media/storage/storage.ts';
import { upload } from '#media/upload.ts';
import type { Routing } from '#messages/lifecycle/routes.ts';
import { createIds } from '#platform/ids.ts';
import { TestClock } from './clock.ts';
import { SCRATCH } from './scratch.ts';

const MIB = 1_048_576;

/** Media of accepted requests, for tests whose requests have none. */
export const NO_MEDIA = { claim: async () => undefined };
/** All messages go to the simulator. */
export const routing: Routing = {
  routeAll: (_sender, recipients) =>
    recipients.map(() => ({ carrier: 'simulator', route: null, reason: '', isUsual: true, isAvailable: true })),
  outagesOf: () => () => 0,
  takesTest: () => false,
  canLeave: () => true,
  mediaLimits: () => undefined,
  isUnsettled: () => false,
  route: () => undefined,
  carrierOf: () => undefined,
  queueOf: () => 'outbound',
};

/** Creates an API client without an account of its own. */
export async function createClient(db: Db, id: string): Promise<void> {
  await db.query(
    `with account as (
      insert into accounts (id, name, status, created_at, updated_at) values ('acc_test', 'Test', 'ACTIVE', now(), now())
      on conflict do nothing
    )
    insert into api_clients (id, account_id, name, status, capabilities, webhook_secret_sealed, created_at, updated_at)
    values ($1, 'acc_test', $1, 'ACTIVE', '{}', '', now(), now()) on conflict do nothing`,
    [id],
  );
}

/** A media library in a directory of its own. Call `remove` at the end. */
export async function testLibrary(db: Db, options: { storage?: Storage; quotaBytes?: number; clock?: TestClock } = {}) {
  const directory = mkdtempSync(join(SCRATCH, 'redcloud-media-'));
  const clock = options.clock ?? new TestClock();
  const ids = createIds(clock);
  const storage = options.storage ?? new DirectoryStorage(directory);
  const { quotaBytes = 100 * MIB } = options;
  const library = new Library({ db, ids, clock, storage, quotaBytes });
  await library.open();
  const claims = new Claims({ db, ids, clock, quotaBytes, refusal: () => undefined });
  return {
    ...{ directory, clock, ids, storage, library, claims },
    upload: (client: string, content: string | Buffer, mimeType = 'text/plain', fileName: string | null = null) =>
      upload(library, client, { content: Readable.from([Buffer.from(content)]), mimeType, fileName }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
