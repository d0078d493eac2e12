// @module-tag slow
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { type Ended, Machine, watched } from './command.ts';

const run = promisify(execFile);
const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let redcloud: TestRedCloud;
let machine: Machine;
let project: string;

/** The machine of a user who installed the package from its tarball, without other packages. */
beforeAll(async () => {
  redcloud = await startRedCloud();
  project = await mkdtemp(join(tmpdir(), 'redcloud-cli-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: pathOf('..') });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
  await writeFile(join(project, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(project, filename)], { cwd: project });
  machine = new Machine({
    PATH: `${join(project, 'node_modules/.bin')}:${process.env['PATH']}`,
    REDCLOUD_URL: redcloud.url,
  });
});
afterAll(async () => {
  await redcloud.stop();
  await machine.remove();
  await rm(project, { recursive: true, force: true });
});

test('The tarball has exactly the required files and no dependencies, and its program runs.', async () => {
  const files = await readdir(join(project, 'node_modules/@redcloud/cli'), { recursive: true });
  expect(files.sort()).toEqual(
    [
      'LICENSE',
      'README.md',
      'bin',
      'bin/redcloud.mjs',
      'dist',
      'dist/LICENSES.txt',
      'dist/redcloud.js',
      'package.json',
    ].sort(),
  );
  expect((await readdir(join(project, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual(['@redcloud']);
  const { stdout } = await run('redcloud', ['--version'], { env: machine.env });
  expect(stdout).toBe('0.1.0\n');
});

test('The tarball includes the licences of the bundled libraries.', async () => {
  const licences = await readFile(join(project, 'node_modules/@redcloud/cli/dist/LICENSES.txt'), 'utf8');
  expect(licences).toMatch(/commander[\s\S]+MIT[\s\S]+csv-parse[\s\S]+MIT/);
});

/** Runs a block of the README. Sends ctrl-C to a following command after its start. */
async function paste(block: string): Promise<Ended> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', block], { env: machine.env, cwd: machine.home });
  const running = watched(child);
  if (/ (tail|listen) /.test(block)) {
    await running.until(({ stderr }) => /Following|Signed with/.test(stderr()));
    child.kill('SIGINT');
  }
  return running.ended;
}

test('The quick start of the README works when it is pasted.', async () => {
  const readme = await readFile(pathOf('../README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => (block as string).trim());
  let said = '';
  for (const block of blocks) {
    const { code, stdout, stderr } = await paste(block);
    said += stdout;
    expect({ block, code, stderr }).toMatchObject({ block, code: / (tail|listen) /.test(block) ? 130 : 0 });
  }
  expect(blocks).toHaveLength(9);
  expect(said).toContain('"apiClientId": "rc_test_client_123"');
  expect(said).toContain('"replayed": true');
  expect(said).toMatch(/"rows": 2,\s+"accepted": 2/);
  expect(said).toMatch(/"canceled": 1,\s+"tooLate": 0/);
  expect(said).toMatch(/"amount": "0\.015",\s+"currency": "USD"/);
  expect(said).toMatch(/"state": "canceled",\s+"rows": 2,\s+"canceled": 2/);
  expect(said).toMatch(/"recipient":"\+15551230000".*"keyword":"STOP"/);
});
