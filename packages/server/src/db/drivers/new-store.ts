import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import type { ParsedTarEntryWithData } from 'modern-tar';
import { makeDirectory } from '#platform/data-directory.ts';
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

/** Whether the directory `files` has no entry. */
export function isEmpty(files: string): boolean {
  return readdirSync(files).length === 0;
}

/**
 * Fills the empty directory `files` from the archive, completely or not at all. PGlite takes ten times as long to
 * create and migrate the same files. Without the archive, or if the directory cannot be replaced (a mount point, for
 * example), the directory stays empty, and PGlite creates its files when it opens the directory.
 * @returns whether the directory is filled.
 * @throws an error of the file system while the files are written, for example ENOSPC.
 */
export async function fillFromArchive(files: string, archive: string = preparedArchive()): Promise<boolean> {
  const entries = existsSync(archive) ? await entriesOf(archive) : [];
  if (entries.length === 0) return false;
  const staged = `${files}.new`;
  try {
    // A process that ended here earlier may have left it.
    rmSync(staged, { recursive: true, force: true });
    if (!canStage(staged)) return false;
    write(entries, staged);
    return replaced(files, staged);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** @returns nothing for a damaged archive, for example of an interrupted installation. */
async function entriesOf(archive: string): Promise<ParsedTarEntryWithData[]> {
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

/** Creates the directory beside the store, on the same file system. */
function canStage(staged: string): boolean {
  try {
    return makeDirectory(staged);
  } catch {
    return false;
  }
}

function replaced(files: string, staged: string): boolean {
  try {
    // Windows does not replace an existing directory.
    rmdirSync(files);
  } catch {
    return false;
  }
  renameSync(staged, files);
  return true;
}
