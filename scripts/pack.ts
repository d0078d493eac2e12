import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { npm } from './npm.ts';

const ROOT = new URL('..', import.meta.url).pathname;
/** Everything that the builds of the packages read. */
const READ = ['package.json', 'tsconfig.json', 'bin', 'packages'];
const MODULES = 'node_modules';
const BUILT = ['dist', 'staged'].map((name) => join(ROOT, 'packages/server', name));

/**
 * Packs packages of this repository in a copy of it. A build in the checkout replaces `dist`, so two builds in the
 * checkout must not run at the same time.
 * @param names folders in `packages`
 * @param target existing directory for the tarballs
 * @returns paths of the tarballs, in the order of the names
 */
export function pack(names: readonly string[], target: string): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'redcloud-pack-'));
  try {
    for (const path of READ) cpSync(join(ROOT, path), join(copy, path), { recursive: true, filter: isRead });
    for (const path of [MODULES, `packages/server/${MODULES}`]) symlinkSync(join(ROOT, path), join(copy, path));
    const workspaces = names.flatMap((name) => ['--workspace', `packages/${name}`]);
    npm(['pack', '--silent', ...workspaces, '--pack-destination', target], copy);
    return names.map((name) => join(target, fileOf(name)));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function isRead(path: string): boolean {
  return basename(path) !== MODULES && !BUILT.includes(path);
}

/** Name of the tarball of `@redcloud/NAME`. */
function fileOf(name: string): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'));
  return `redcloud-${name}-${version}.tgz`;
}
