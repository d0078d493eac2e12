import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import type { ParsedTarEntryWithData } from 'modern-tar';
import { readMigrations } from '../schema/migrate.ts';

const PACKAGE = new URL('../../../', import.meta.url);
/** More than the size of the archive, so that Node joins no chunks. */
const CHUNK = 64 * 1_048_576;

/**
 * Path of the archive with a migrated store without data, for this version of PGlite and these migrations.
 * `scripts/prepare-store.ts` creates the archive during `npm ci` and `npm pack`. The server works without the archive.
 */
export function preparedArchive(): string {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8'));
  const hash = createHash('sha256').update(dependencies['@electric-sql/pglite']);
  for (const { checksum } of readMigrations()) hash.update(checksum);
  return fileURLToPath(new URL(`prepared/${hash.digest('hex').slice(0, 12)}.tar.zst`, PACKAGE));
}

/** Files are written here first, beside the store. A process that ends meanwhile leaves it to the next start. */
const STAGING = '.redcloud-new-store';

/** Whether the directory `files` has no entry, or is absent. */
export function isEmpty(files: string): boolean {
  try {
    return readdirSync(files).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

/**
 * Fills the empty directory `files` from the archive, completely or not at all. PGlite takes ten times as long to
 * create and migrate the same files. The directory stays empty, so that PGlite creates its files, if there is no
 * archive, if the files cannot be written beside it, or if it is a mount point.
 * @returns whether the directory is filled.
 */
export async function fillFromArchive(files: string, archive: string = preparedArchive()): Promise<boolean> {
  const parent = dirname(files);
  if (statSync(files).dev !== statSync(parent).dev) return false;
  const entries = await entriesOf(archive);
  if (entries.length === 0) return false;
  const staging = join(parent, STAGING);
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { mode: 0o700 });
    write(entries, staging);
    return replaced(files, staging);
  } catch {
    return false;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** @returns nothing for an archive that is absent or damaged, for example by an interrupted installation. */
export async function entriesOf(archive: string): Promise<ParsedTarEntryWithData[]> {
  // Only the first start needs it.
  const { unpackTar } = await import('modern-tar');
  try {
    return await unpackTar(zstdDecompressSync(readFileSync(archive), { chunkSize: CHUNK }));
  } catch {
    return [];
  }
}

/** Without promises, because this thread has nothing else to do. */
function write(entries: readonly ParsedTarEntryWithData[], directory: string): void {
  for (const { header, data } of entries) {
    const path = join(directory, header.name);
    if (header.type === 'directory') mkdirSync(path, { mode: header.mode });
    else writeFileSync(path, data ?? '', { mode: header.mode });
  }
}

/** @throws ENOTEMPTY and other errors if `files` cannot be replaced. `files` exists afterwards in any case. */
function replaced(files: string, staging: string): true {
  // Windows does not replace an existing directory.
  rmdirSync(files);
  try {
    renameSync(staging, files);
    return true;
  } catch (error) {
    mkdirSync(files, { mode: 0o700 });
    throw error;
  }
}
