/**
 * Builds for `npm pack`: compiles the server and the SMPP protocol to `dist`, with source maps and types, copies the
 * console, and creates the archive of an empty store. The layout of `dist` is that of `src`, so relative paths to files
 * outside of both are the same.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareStore } from './prepare-store.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(PACKAGE, 'dist');
/** Copies of the sources, only with relative imports. The compiler cannot rewrite the others. */
const STAGED = join(PACKAGE, 'staged');
/** The protocol is not in a registry, so it is a folder of the package. */
const PROTOCOL = 'smpp';
const PROTOCOL_PACKAGE = '@redcloud/smpp';

/** Starts with the file of `src` to which it refers: `#db/db.ts`, for example. */
const OWN_IMPORT = /(from |import\()'(#|@redcloud\/smpp)([^']*)'/g;

const isTest = (file: string) => file.endsWith('.test.ts');

function stage(source: string, folder: string): void {
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (extname(name) === '' || isTest(name)) continue;
    const target = name.endsWith('.ts') ? join(STAGED, folder, name) : join(DIST, folder, name);
    mkdirSync(dirname(target), { recursive: true });
    if (name.endsWith('.ts')) writeFileSync(target, withRelativeImports(join(source, name), join(folder, name)));
    else cpSync(join(source, name), target);
  }
}

/** @param path staged file, relative to the folder of all staged files. */
function withRelativeImports(source: string, path: string): string {
  const toRoot = posix.relative(posix.dirname(path.replaceAll('\\', '/')), '.') || '.';
  return readFileSync(source, 'utf8').replaceAll(OWN_IMPORT, (_, before, scope, file) => {
    const target = scope === PROTOCOL_PACKAGE ? `${PROTOCOL}/index.ts` : file;
    return `${before}'${toRoot === '.' ? '.' : toRoot}/${target}'`;
  });
}

function compile(): void {
  const options = {
    extends: '../../../tsconfig.json',
    compilerOptions: {
      ...{ noEmit: false, allowImportingTsExtensions: false, rewriteRelativeImportExtensions: true },
      ...{ declaration: true, sourceMap: true, inlineSources: true },
      ...{ rootDir: '.', outDir: relative(STAGED, DIST) },
    },
    include: ['.'],
  };
  const file = join(STAGED, 'tsconfig.json');
  writeFileSync(file, JSON.stringify(options));
  execFileSync('tsc', ['-p', file], { stdio: 'inherit', shell: process.platform === 'win32' });
}

/** Names the original files in the source maps. */
function nameSources(): void {
  for (const name of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js.map')) continue;
    const path = join(DIST, name);
    const map = JSON.parse(readFileSync(path, 'utf8'));
    map.sources = map.sources.map((source: string) => source.replace('staged/', 'src/'));
    writeFileSync(path, JSON.stringify(map));
  }
}

async function build(): Promise<void> {
  await prepareStore();
  for (const directory of [DIST, STAGED]) rmSync(directory, { recursive: true, force: true });
  try {
    stage(join(PACKAGE, 'src'), '');
    stage(join(PACKAGE, '../smpp/src'), PROTOCOL);
    compile();
    nameSources();
    cpSync(join(PACKAGE, '../console/dist'), join(DIST, 'console'), { recursive: true });
  } finally {
    rmSync(STAGED, { recursive: true, force: true });
  }
}

if (existsSync(join(PACKAGE, 'src'))) await build();
