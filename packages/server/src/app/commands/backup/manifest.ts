import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { ConfigError } from '#platform/config-error.ts';
import { filesIn, hashOf } from './files.ts';

const NAME = 'manifest.json';
const FORMAT = 1;

const Manifest = Type.Object({
  format: Type.Literal(FORMAT),
  createdAt: Type.String(),
  /** Version of Red Cloud. */
  version: Type.String(),
  store: Type.Enum(['server', 'embedded']),
  /** Schema of the tables in the database server. Absent in backups of 0.1.0, which have all schemas. */
  schema: Type.Optional(Type.String()),
  /** Whether the backup has the media. Those in S3 are not included. */
  hasMedia: Type.Boolean(),
  /** Number of files of media. */
  mediaFiles: Type.Integer(),
  /** SHA-256 of each file, by its path. The names of media are their SHA-256. */
  files: Type.Record(Type.String(), Type.String()),
});
export type Manifest = Static<typeof Manifest>;

/** Directory of media in a backup. */
export const MEDIA = 'media';

/** Writes the manifest. Call it last, so that only a complete backup has a manifest. */
export async function writeManifest(
  directory: string,
  facts: Omit<Manifest, 'format' | 'createdAt' | 'files' | 'mediaFiles'>,
): Promise<void> {
  const manifest: Manifest = {
    format: FORMAT,
    createdAt: new Date().toISOString(),
    ...facts,
    mediaFiles: (await filesIn(join(directory, MEDIA))).length,
    files: await hashesIn(directory),
  };
  writeFileSync(join(directory, NAME), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
}

/**
 * Reads the manifest, and compares every file with it.
 * @throws ConfigError for a directory without a complete backup, and for missing or changed files.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const manifest = parse(directory);
  const found = await hashesIn(directory);
  const wrong = [
    ...Object.keys(manifest.files).filter((path) => found[path] !== manifest.files[path]),
    ...(await changedMedia(directory)),
    ...(await missingMedia(directory, manifest)),
  ];
  if (wrong.length > 0) {
    throw new ConfigError(
      `${directory}: ${wrong.length} files are missing or changed, for example ${wrong[0]}. Use another backup.`,
    );
  }
  return manifest;
}

function parse(directory: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(directory, NAME), 'utf8'));
  } catch (error) {
    throw new ConfigError(
      `${directory} has no readable ${NAME}, so it is no complete backup (${(error as Error).message}).`,
    );
  }
  if (Value.Check(Manifest, content)) return content;
  throw new ConfigError(
    `${directory}: ${NAME} has an unknown format. Use the version of Red Cloud that wrote the backup, or a newer one.`,
  );
}

/** SHA-256 of all files except media and the manifest, by path. */
async function hashesIn(directory: string): Promise<Record<string, string>> {
  const paths = (await filesIn(directory)).filter((path) => path !== NAME && !path.startsWith(`${MEDIA}/`));
  const entries: [string, string][] = [];
  for (const path of paths.toSorted()) entries.push([path, await hashOf(join(directory, path))]);
  return Object.fromEntries(entries);
}

async function missingMedia(directory: string, { mediaFiles }: Manifest): Promise<string[]> {
  const missing = mediaFiles - (await filesIn(join(directory, MEDIA))).length;
  return missing > 0 ? Array.from({ length: missing }, () => `${MEDIA}/…`) : [];
}

/** The name of a file of media is the SHA-256 of its content. */
async function changedMedia(directory: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const path of await filesIn(join(directory, MEDIA))) {
    const name = path.split('/').at(-1);
    if ((await hashOf(join(directory, MEDIA, path))) !== name) wrong.push(`${MEDIA}/${path}`);
  }
  return wrong;
}
