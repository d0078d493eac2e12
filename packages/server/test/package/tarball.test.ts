// @module-tag slow
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilListening } from '../support/listening.ts';
import { Receiver } from '../support/receiver.ts';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const MIB = 1_048_576;
/** Packages of Node itself, for one platform each. */
const NODE = /^node(-bin)?-(linux|darwin|win)-(x64|arm64)$/;
const INSTALL_MS = 400_000;

let project: string;
let tarball: string;
let installed: string;
/** Changes of the checkout before and after the package was created. */
let changes: [before: string, after: string];

async function changesOfCheckout(): Promise<string> {
  return (await run('git', ['status', '--porcelain', '--', '.'], { cwd: PACKAGE })).stdout;
}

/** The machine of an operator who installed the package from its tarball, without a checkout. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'redcloud-package-'));
  const before = await changesOfCheckout();
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: PACKAGE });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
  changes = [before, await changesOfCheckout()];
  tarball = join(project, filename);
  await writeFile(join(project, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: project });
  installed = join(project, 'node_modules/@redcloud/server');
}, INSTALL_MS);
afterAll(() => rm(project, { recursive: true, force: true }));

async function bytesOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Environment without settings. `npm` would hand its own settings to a nested `npm`. */
const environment = (more: Record<string, string> = {}) => ({
  ...{ PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
  ...more,
});

test('The tarball has the compiled files with maps and types, the migrations, the assets and the console only.', async () => {
  const files = (await readdir(installed, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(installed.length + 1))
    // Dependencies of which the project has another version.
    .filter((file) => !file.startsWith('node_modules/'));
  const expected =
    /^(LICENSE|README\.md|package\.json|assets\/catalog\.jpg|bin\/\w+\.mjs|migrations\/\d{4}_\w+\.sql|prepared\/\w{12}\.tar\.zst|dist\/console\/[\w.]+|dist\/[\w/-]+\.(js|js\.map|d\.ts|html|css))$/;
  expect(files.filter((file) => !expected.test(file))).toEqual([]);
  expect(files.filter((file) => file.includes('.test.'))).toEqual([]);
  const required = [
    ...['dist/main.js', 'dist/main.js.map', 'dist/main.d.ts', 'dist/db/drivers/embedded-worker.js'],
    ...['dist/smpp/index.js', 'dist/console/index.html', 'dist/entrances/sandbox/inbox/page.html'],
    ...['assets/catalog.jpg', 'bin/redcloud.mjs', 'bin/smsc.mjs', 'LICENSE'],
  ];
  expect(required.filter((file) => !files.includes(file))).toEqual([]);
  expect(files.filter((file) => file.startsWith('prepared/'))).toHaveLength(1);
  const migrations = (await readdir(join(PACKAGE, 'migrations'))).filter((name) => /^\d/.test(name));
  expect(files.filter((file) => file.startsWith('migrations/'))).toHaveLength(migrations.length);
});

test('The tarball is smaller than 6 MB, and needs less than 200 MB beside Node.', async () => {
  expect((await stat(tarball)).size).toBeLessThan(6_000_000);
  const modules = join(project, 'node_modules');
  const packages = (await readdir(modules)).filter((name) => !name.startsWith('.') && !NODE.test(name));
  const sizes = await Promise.all(packages.map(async (name) => [name, await bytesOf(join(modules, name))] as const));
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  const largest = sizes.toSorted(([, one], [, other]) => other - one).slice(0, 5);
  expect(total, `${Math.round(total / MIB)} MiB, mostly ${JSON.stringify(largest)}`).toBeLessThan(200_000_000);
});

interface Started {
  npx: ChildProcess;
  url: string;
  /** Process of the server, a descendant of npx. */
  pid: number;
}

async function started(): Promise<Started> {
  const npx = spawn('npx', ['redcloud-server'], {
    cwd: project,
    env: environment({ PORT: '0', RC_DATA_DIR: join(project, 'data') }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { npx, ...(await untilListening(npx)) };
}

const HEADERS = { authorization: 'Bearer rc_token_example', 'content-type': 'application/json' };

test('The installed server starts, delivers a message with its webhooks, and stops on SIGTERM with status 0.', async () => {
  const receiver = await Receiver.start();
  const { npx, url, pid } = await started();
  const ended = once(npx, 'close');
  try {
    const webhooks = { method: 'PATCH', headers: HEADERS, body: JSON.stringify({ deliveryUrl: receiver.url }) };
    expect((await fetch(`${url}/api/core/webhooks`, webhooks)).status).toBe(200);
    const response = await fetch(`${url}/api/core/messages/send`, {
      method: 'POST',
      headers: { ...HEADERS, 'idempotency-key': 'package-1' },
      body: JSON.stringify({ sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello' }),
    });
    expect(response.status).toBe(202);
    const { results } = (await response.json()) as { results: { messageId: string }[] };
    const message = `${url}/api/core/messages/${results[0]?.messageId}`;
    const status = async () =>
      ((await (await fetch(message, { headers: HEADERS })).json()) as { status: string }).status;
    await expect.poll(status).toBe('DELIVERED');
    await receiver.until(() => receiver.typesOf(results[0]?.messageId as string).includes('message.delivery'));
    for (const path of ['/console/', '/sandbox/inbox', '/docs', '/openapi.json']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    }
  } finally {
    process.kill(pid, 'SIGTERM');
    await receiver.stop();
  }
  expect((await ended)[0]).toBe(0);
});

test('Stack traces of the installed server name the TypeScript files.', async () => {
  const script = `
    const { load } = await import(${JSON.stringify(`${installed}/bin/runtime.mjs`)});
    const { readConfig } = await load('platform/config');
    readConfig({ PORT: 'x' });`;
  const failed = run(process.execPath, ['--input-type=module', '--eval', script], { env: environment() });
  await expect(failed).rejects.toThrow(/at readConfig \(.*src\/platform\/config\.ts:\d+:\d+\)/);
});

test('The installed programs run.', async () => {
  const bin = (name: string) => join(project, 'node_modules/.bin', name);
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
  const server = await run(bin('redcloud-server'), ['--version'], { env: environment() });
  expect(server.stdout).toBe(`${version}\n`);
  const simulator = await run(bin('redcloud-smsc'), ['--help'], { env: environment() });
  expect(simulator.stdout).toContain('redcloud-smsc');
});

test('Packing leaves the checkout unchanged.', async () => {
  const [before, after] = changes;
  expect(after).toBe(before);
  expect(await readdir(PACKAGE)).not.toContain('staged');
});

/** Licences that permit the use in a product of any licence. Those of libvips (LGPL) permit it as a shared library. */
const PERMITTED = /^(MIT|ISC|0BSD|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|LGPL-3\.0-or-later)( AND .*)?$/;

test('The bill of materials has every dependency of the server, and all licences are permitted.', {
  timeout: 180_000,
}, async () => {
  const directory = join(project, 'sbom');
  await run('npm', ['run', '--silent', 'sbom', '--', directory], { cwd: join(PACKAGE, '../..') });
  const { components } = JSON.parse(await readFile(join(directory, 'redcloud-server.cdx.json'), 'utf8')) as {
    components: { name: string; version: string }[];
  };
  const { dependencies } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const shipped = new Set(components.map(({ name, version }) => `${name} ${version}`));
  const missing = Object.entries(dependencies).filter(([name, version]) => !shipped.has(`${name} ${version}`));
  expect(missing).toEqual([]);
  const list = await readFile(join(directory, 'redcloud-server.licences.txt'), 'utf8');
  const lines = list.trim().split('\n');
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => !PERMITTED.test(line.split(' ').slice(2).join(' ')))).toEqual([]);
});
