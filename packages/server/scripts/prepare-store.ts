/**
 * Creates the archive of a migrated store without data, from which a first start of the embedded store takes its files
 * (db/drivers/new-store.ts). One commit always produces the same archive, so that
 * two builds of a package are identical.
 */
import crypto from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, zstdCompressSync } from 'node:zlib';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { packTar, type TarEntry } from 'modern-tar';
import type { Queryable } from '../src/db/db.ts';
import { entriesOf, preparedArchive } from '../src/db/drivers/new-store.ts';
import { migrate } from '../src/db/schema/migrate.ts';

/** Time of creation in the archive, in milliseconds since 1970. Only the identifier of the cluster depends on it. */
const CREATED_AT = Date.UTC(2026, 0, 1);

/** The window contains the catalogs of all three databases, which are equal. A higher level takes 20 s. */
const COMPRESSION = {
  [constants.ZSTD_c_compressionLevel]: 9,
  [constants.ZSTD_c_windowLog]: 26,
  [constants.ZSTD_c_checksumFlag]: 1,
};

/** Creates the archive at its place in the package, unless it is there and can be read, and removes those of other versions. */
export async function prepareStore(): Promise<void> {
  const archive = preparedArchive();
  if ((await entriesOf(archive)).length > 0) return;
  const work = mkdtempSync(join(tmpdir(), 'redcloud-prepare-'));
  try {
    const files = join(work, 'pg');
    await createFiles(files);
    const bytes = zstdCompressSync(await packTar(archivedFiles(files)), { params: COMPRESSION });
    rmSync(dirname(archive), { recursive: true, force: true });
    mkdirSync(dirname(archive), { recursive: true });
    // A process that starts meanwhile sees the complete archive or none.
    writeFileSync(`${archive}.new`, bytes);
    renameSync(`${archive}.new`, archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** PGlite takes the time and a nonce for passwords, which the embedded store does not have, from this process. */
async function createFiles(files: string): Promise<void> {
  const { now } = Date;
  const { randomFillSync } = crypto;
  Date.now = () => CREATED_AT;
  crypto.randomFillSync = (<T extends Uint8Array>(view: T) => view.fill(0)) as typeof randomFillSync;
  try {
    const pglite = await PGlite.create({ dataDir: files });
    await migrate({ transaction: (work) => pglite.transaction((tx) => work(queryable(tx))) });
    await pglite.close();
  } finally {
    Date.now = now;
    crypto.randomFillSync = randomFillSync;
  }
}

function queryable(tx: Transaction): Queryable {
  return {
    async query<R extends object>(sql: string, params?: readonly unknown[]): Promise<R[]> {
      // Only `exec` executes several statements.
      if (!params) return (await tx.exec(sql)).at(-1)?.rows as R[];
      return (await tx.query<R>(sql, [...params])).rows;
    },
  };
}

/** In a fixed order, because file systems list their entries in different orders. */
function archivedFiles(files: string): TarEntry[] {
  return readdirSync(files, { recursive: true, withFileTypes: true })
    .map((entry) => ({ isDirectory: entry.isDirectory(), path: join(entry.parentPath, entry.name) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ isDirectory, path }) => {
      const name = path.slice(files.length + 1).replaceAll('\\', '/');
      const common = { mtime: new Date(CREATED_AT), uid: 0, gid: 0 };
      if (isDirectory) return { header: { ...common, name: `${name}/`, type: 'directory', mode: 0o700, size: 0 } };
      const body = readFileSync(path);
      return { header: { ...common, name, type: 'file', mode: 0o600, size: body.length }, body };
    });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await prepareStore();
