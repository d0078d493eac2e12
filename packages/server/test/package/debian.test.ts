// @module-tag slow
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { untilListening } from '../support/listening.ts';
import { Receiver } from '../support/receiver.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const BUILD_MS = 400_000;
const SETTINGS = '/etc/redcloud/redcloud.env';
const OWN_SETTINGS = '/etc/redcloud/all.env';
const DATA = '/var/lib/redcloud';
const UNIT = '/usr/lib/systemd/system/redcloud@.service';
const BACKUPS = '/var/backups/redcloud';
const TRACES = [DATA, '/etc/redcloud', '/usr/lib/redcloud', '/usr/share/doc/redcloud'];

const succeeds = (name: string, ...args: string[]) => spawnSync(name, args).status === 0;

/** Why the tests cannot run here, or ''. An installation of this machine must not be replaced. */
function obstacle(): string {
  if (process.platform !== 'linux') return 'no Linux';
  if (process.getuid?.() !== 0) return 'not root';
  for (const [name, option] of [
    ['dpkg-deb', '--version'],
    ['setpriv', '--version'],
    ['adduser', '--version'],
  ] as const) {
    if (!succeeds(name, option)) return `no ${name}`;
  }
  // Containers without the right to mount.
  if (!succeeds('unshare', '--mount', 'true')) return 'no mount namespaces';
  if ([BACKUPS, ...TRACES].some((path) => existsSync(path)) || succeeds('dpkg', '-s', 'redcloud'))
    return 'redcloud is installed';
  return succeeds('getent', 'passwd', 'redcloud') ? 'a user redcloud exists' : '';
}

const OBSTACLE = obstacle();
const WHY = OBSTACLE && ` (skipped: ${OBSTACLE})`;

let directory: string;
let file: string;
let upgrade: string;

const dpkg = async (...args: string[]) => (await run('dpkg', args, { env: { ...process.env, LC_ALL: 'C' } })).stdout;
const shell = async (script: string) => (await run('sh', ['-ec', script])).stdout.trim();
const modeOf = (path: string) => shell(`stat -c '%U:%G %a' ${path}`);

/** The package with another version. Without compression, which takes two minutes. */
async function built(): Promise<void> {
  const env = { ...process.env, DPKG_DEB_COMPRESSOR_TYPE: 'none' };
  const { stdout } = await run('npm', ['run', '--silent', 'deb', '--', directory], { cwd: ROOT, env });
  file = stdout.trim();
  upgrade = join(directory, 'upgrade.deb');
  const root = join(directory, 'root');
  await run('dpkg-deb', ['--raw-extract', file, root]);
  await run('sed', ['-i', 's/^Version: .*/&+upgrade/', join(root, 'DEBIAN/control')]);
  await run('dpkg-deb', ['-Znone', '--root-owner-group', '--build', root, upgrade]);
}

beforeAll(async () => {
  if (OBSTACLE) return;
  directory = await mkdtemp(join(tmpdir(), 'redcloud-debian-'));
  await built();
}, BUILD_MS);
afterAll(async () => {
  if (OBSTACLE) return;
  spawnSync('dpkg', ['--purge', 'redcloud']);
  await rm(BACKUPS, { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
}, BUILD_MS);

/** Values of a key of the installed unit, for the instance `all`. */
function valuesOf(unit: string, key: string): string[] {
  const lines = unit.split('\n').filter((line) => line.startsWith(`${key}=`));
  return lines.map((line) => line.slice(key.length + 1).replaceAll('%i', 'all'));
}

const assignments = (text: string) =>
  text.split('\n').flatMap((line) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name && value !== undefined ? [[name, value] as const] : [];
  });

interface Started {
  child: ChildProcess;
  url: string;
}

/** Starts the server as systemd would: the user, the directory, the environment and the command of the unit. */
async function started(): Promise<Started> {
  const unit = await readFile(UNIT, 'utf8');
  const [user = ''] = valuesOf(unit, 'User');
  const [command = ''] = valuesOf(unit, 'ExecStart');
  const files = await Promise.all(valuesOf(unit, 'EnvironmentFile').map((path) => readFile(path, 'utf8')));
  const env = Object.fromEntries([...valuesOf(unit, 'Environment'), ...files].flatMap(assignments));
  const child = spawn(
    'setpriv',
    ['--reuid', user, '--regid', user, '--init-groups', '--no-new-privs', '--', ...command.split(' ')],
    // Without Node in the path: the package must contain its own.
    { cwd: valuesOf(unit, 'WorkingDirectory')[0], env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env } },
  );
  const { url } = await untilListening(child);
  return { child, url };
}

async function stopped({ child }: Started): Promise<number | null> {
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  return (await ended)[0];
}

/** Runs `redcloud-server` as a user, in a directory of root, and without variables of the service. */
function command(user: string, args: readonly string[], env: Record<string, string> = {}) {
  const drop = user === 'root' ? [] : ['runuser', '-u', user, '--'];
  const { status, stdout, stderr } = spawnSync('env', [...drop, 'redcloud-server', ...args], {
    cwd: '/root',
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', ...env },
  });
  return { status, stdout, stderr };
}

/** Commands of an administrator for the store in /var/lib/redcloud. The service is stopped. */
async function administer(): Promise<void> {
  const backup = join(BACKUPS, '2026-11-30');
  for (const [name = '', ...args] of [['backup', backup], ['migrate'], ['hold'], ['release']]) {
    const { status, stderr } = command('root', [name, ...args]);
    expect([name, status, stderr]).toEqual([name, 0, '']);
  }
  expect(await shell(`ls ${backup}`)).toMatch(/\bpg\b/);
  const restored = { RC_DATA_DIR: join(DATA, 'restored') };
  expect(command('root', ['restore', backup], restored)).toMatchObject({ status: 0 });
  expect(await shell(`find ${DATA} ${BACKUPS} ! '(' -user redcloud -group redcloud ')'`)).toBe('');
  await rm(restored.RC_DATA_DIR, { recursive: true });
}

/** Settings that a shell would change. */
async function examineSettings(): Promise<void> {
  const before = await readFile(SETTINGS, 'utf8');
  const directory = `/var/lib/a & b $HOME \`id\` "c" d's # e`;
  const url = 'postgresql://redcloud@127.0.0.1:5432/x?target_session_attrs=read-write&sslmode=disable';
  const key = Buffer.alloc(32, 1).toString('base64');
  const lines = [
    `RC_DATA_DIR=${directory}`,
    `DATABASE_URL=${url}`,
    `RC_SECRET_KEY="${key}"`,
    "RC_MEDIA='file:/m & $n'",
  ];
  await appendFile(SETTINGS, ['', ...lines, 'export PORT=1', ''].join('\n'));
  try {
    const { status, stdout, stderr } = command('root', ['check'], { RC_MEDIA: 'file:/first' });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: Line \d+ of \S+ is not NAME=VALUE/)]);
    expect(stdout).toContain(directory);
    expect(stdout).toContain('127.0.0.1:5432');
    expect(stdout).toMatch(/^media +\/first$/m);
    expect(command('redcloud', ['check']).stdout).toMatch(/^media +\/m & \$n$/m);
  } finally {
    await writeFile(SETTINGS, before);
  }
}

/** Users that may not read the settings. */
function refuseOthers(...users: string[]): void {
  for (const user of users) {
    const { status, stdout, stderr } = command(user, ['doctor']);
    expect([status, stdout]).toEqual([77, '']);
    const problem = `redcloud-server: The user ${user} may not read ${SETTINGS}. Run the command as root`;
    expect(stderr).toContain(
      user === 'redcloud' ? `${problem}, or give the file` : `${problem} or as the user redcloud.\n`,
    );
  }
}

const HEADERS = { authorization: 'Bearer rc_token_example', 'content-type': 'application/json' };

async function call(url: string, method: string, body?: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...HEADERS, ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: any response
  return { status: response.status, json: (await response.json()) as any };
}

async function send(url: string): Promise<string> {
  const body = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello' };
  const { status, json } = await call(`${url}/api/core/messages/send`, 'POST', body, { 'idempotency-key': 'debian-1' });
  expect([status, json]).toMatchObject([202, { results: [{ status: 'QUEUED' }] }]);
  return json.results[0].messageId;
}

const statusOf = async (url: string, id: string) => (await call(`${url}/api/core/messages/${id}`, 'GET')).json.status;

/** Runs a maintainer script in its own `/run`, as on a machine with systemd. @returns the calls of `systemctl`. */
async function callsOf(script: string, ...args: string[]): Promise<string[]> {
  const programs = join(directory, 'programs');
  const calls = join(directory, 'calls');
  await mkdir(programs, { recursive: true });
  await writeFile(join(programs, 'systemctl'), `#!/bin/sh\necho "$*" >> ${calls}\n`);
  await chmod(join(programs, 'systemctl'), 0o755);
  await writeFile(calls, '');
  const path = join(directory, 'root/DEBIAN', script);
  const command = `mount -t tmpfs none /run && mkdir -p /run/systemd/system && sh ${path} ${args.join(' ')}`;
  const env = { ...process.env, PATH: `${programs}:${process.env['PATH']}` };
  await run('unshare', ['--mount', 'sh', '-ec', command], { env });
  return (await readFile(calls, 'utf8')).split('\n').filter(Boolean);
}

describe.skipIf(OBSTACLE)(`The Debian package${WHY}`, () => {
  test('The package names its architecture, its dependencies and its settings.', async () => {
    const field = async (name: string) => (await run('dpkg-deb', ['--field', file, name])).stdout.trim();
    expect(await field('Architecture')).toBe(await shell('dpkg --print-architecture'));
    expect(await field('Depends')).toMatch(/adduser.*libc6/);
    expect(Number(await field('Installed-Size'))).toBeGreaterThan(100_000);
    const conffiles = await readFile(join(directory, 'root/DEBIAN/conffiles'), 'utf8');
    expect(conffiles.trim().split('\n')).toEqual(
      ['all', 'api', 'outbound', 'redcloud', 'webhooks'].map((name) => `/etc/redcloud/${name}.env`),
    );
  });

  test('All files belong to root. Only the programs and Node are executable.', async () => {
    const { stdout } = await run('dpkg-deb', ['--contents', file], { maxBuffer: 2 ** 26 });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/));
    expect(lines.filter(([, owner]) => owner !== 'root/root')).toEqual([]);
    const files = lines.filter(([mode = '']) => mode.startsWith('-'));
    const [executable, others] = [/x/, /^[^x]+$/].map((has) => files.filter(([mode = '']) => has.test(mode)));
    expect(executable?.map(([, , , , , path]) => path).toSorted()).toEqual([
      './usr/bin/redcloud',
      './usr/bin/redcloud-server',
      expect.stringMatching(/node_modules\/node-linux-\w+\/bin\/node$/),
    ]);
    expect(others?.filter(([mode]) => mode !== '-rw-r--r--').map(([mode, , , , , path]) => [mode, path])).toEqual([
      ['-rw-r-----', './etc/redcloud/redcloud.env'],
    ]);
  });

  test('The package contains the libraries of this platform only, with their licences.', async () => {
    const modules = join(directory, 'root/usr/lib/redcloud/node_modules');
    expect(await shell(`cd ${modules} && ls -d node-* @img/sharp-l*-*`)).toMatch(
      /^@img\/sharp-libvips-linux-(\w+)\n@img\/sharp-linux-\1\nnode-linux-\1$/,
    );
    const licences = await readFile(join(directory, 'root/usr/share/doc/redcloud/licences.txt'), 'utf8');
    expect(licences).toMatch(/^fastify \S+ MIT$/m);
    expect(licences).toMatch(/^sharp \S+ Apache-2\.0$/m);
    expect(licences).not.toMatch(/^@redcloud|darwin|win32/m);
  });

  test('The unit differs from the one of a checkout in its paths only.', async () => {
    const [own, packaged] = await Promise.all(
      [join(ROOT, 'deploy/redcloud@.service'), join(directory, `root${UNIT}`)].map((path) => readFile(path, 'utf8')),
    );
    const lines = own?.split('\n') ?? [];
    const changed = packaged?.split('\n').filter((line, index) => line !== lines[index]) ?? [];
    expect(changed.map((line) => line.split('=')[0])).toEqual(['Documentation', 'WorkingDirectory', 'ExecStart']);
    expect(packaged).not.toContain('/opt/');
  });

  test('A start of an instance without settings fails at once, because restarts do not follow a failed assertion.', async () => {
    const unit = await readFile(join(directory, `root${UNIT}`), 'utf8');
    const [section = ''] = unit.split('[Service]');
    expect(valuesOf(section, 'AssertPathExists')).toEqual(valuesOf(unit, 'EnvironmentFile').slice(1));
  });

  test('Under systemd, an upgrade restarts running processes only, and a removal stops them.', async () => {
    expect(await callsOf('prerm', 'upgrade', '2.0')).toEqual([]);
    expect(await callsOf('prerm', 'remove')).toEqual(['stop redcloud@*.service']);
    expect(await callsOf('postrm', 'remove')).toEqual(['daemon-reload']);
    expect(await callsOf('postrm', 'upgrade', '2.0')).toEqual(['daemon-reload']);
  });

  test('An installation serves and survives an upgrade and a removal. A purge leaves the backups only.', {
    timeout: BUILD_MS,
  }, async () => {
    await dpkg('--install', file);
    expect(await modeOf(SETTINGS)).toBe('root:redcloud 640');
    for (const path of [DATA, BACKUPS]) expect(await modeOf(path)).toBe('redcloud:redcloud 700');
    const { version } = JSON.parse(await readFile(join(ROOT, 'packages/server/package.json'), 'utf8'));
    expect(await shell('env -i redcloud-server --version')).toBe(version);
    expect(await shell('env -i redcloud --version')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(assignments(await readFile(SETTINGS, 'utf8'))).toEqual([]);

    // Any free port instead of 3000, which this machine may use.
    await appendFile(OWN_SETTINGS, 'PORT=0\n');
    const receiver = await Receiver.start();
    const first = await started();
    let message: string;
    try {
      const override = { webhookDeliveryOverride: receiver.url };
      expect((await call(`${first.url}/api/core/numbers/num_abc123`, 'PATCH', override)).status).toBe(200);
      message = await send(first.url);
      await receiver.until(() => receiver.typesOf(message).includes('message.delivery'));
      expect((await fetch(`${first.url}/console/`)).status).toBe(200);
    } finally {
      expect(await stopped(first)).toBe(0);
      await receiver.stop();
    }

    await administer();
    await examineSettings();
    refuseOthers('nobody');
    expect(command('nobody', ['backup', '--help'])).toMatchObject({ status: 0, stderr: '' });
    await chmod(SETTINGS, 0o600);
    refuseOthers('nobody', 'redcloud');
    expect(command('root', ['check'])).toMatchObject({ status: 0, stderr: '' });

    const log = await dpkg('--install', upgrade);
    expect(log).toContain('+upgrade');
    expect(assignments(await readFile(OWN_SETTINGS, 'utf8'))).toContainEqual(['PORT', '0']);
    expect(await modeOf(SETTINGS)).toBe('root:redcloud 600');
    const second = await started();
    try {
      expect(await statusOf(second.url, message)).toBe('DELIVERED');
      expect(await send(second.url)).toBe(message);
    } finally {
      expect(await stopped(second)).toBe(0);
    }
    expect(await callsOf('postinst', 'configure', '0.0.1')).toEqual([
      'daemon-reload',
      'try-restart redcloud@*.service',
    ]);
    expect(await callsOf('postinst', 'configure')).toEqual(['daemon-reload']);

    await dpkg('--remove', 'redcloud');
    expect(await readFile(OWN_SETTINGS, 'utf8')).toContain('PORT=0');
    expect(await modeOf(DATA)).toBe('redcloud:redcloud 700');
    expect(existsSync('/usr/lib/redcloud')).toBe(false);

    await writeFile('/etc/redcloud/carriers.json', '{}');
    await dpkg('--purge', 'redcloud');
    expect(TRACES.filter((path) => existsSync(path))).toEqual([]);
    for (const database of ['passwd', 'group']) expect(succeeds('getent', database, 'redcloud')).toBe(false);

    const backup = join(BACKUPS, '2026-11-30');
    for (const path of [BACKUPS, backup]) expect(await modeOf(path)).toBe('root:root 700');
    await callsOf('postinst', 'configure');
    for (const path of [BACKUPS, backup]) expect(await modeOf(path)).toBe('redcloud:redcloud 700');
    await rm(backup, { recursive: true });
    await callsOf('postrm', 'purge');
    expect([BACKUPS, ...TRACES].filter((path) => existsSync(path))).toEqual([]);
  });
});
