// @module-tag slow
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilListening } from '../support/listening.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const INSTALL_MS = 300_000;

let checkout: string;

/** The checkout of an operator, without the dependencies of developers. */
beforeAll(async () => {
  checkout = mkdtempSync(join(tmpdir(), 'redcloud-checkout-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of files.toString().split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    cpSync(join(ROOT, file), join(checkout, file));
  }
  const args = ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', args, { cwd: checkout, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' } });
}, INSTALL_MS);
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

test('After `npm ci --omit=dev`, the server starts, and the command line sends a message that is delivered.', async () => {
  const env = { PATH: process.env['PATH'] ?? '', HOME: checkout };
  const npm = spawn('npm', ['start'], {
    cwd: checkout,
    env: { ...env, PORT: '0', RC_DATA_DIR: join(checkout, 'data') },
  });
  const ended = once(npm, 'close');
  const { url, pid } = await untilListening(npm);
  try {
    const args = ['redcloud', '--sandbox', 'send', '--from', 'num_abc123', '--to', '+15551234567', '--text', 'Hi'];
    const { stdout } = await run('npx', args, { cwd: checkout, env: { ...env, REDCLOUD_URL: url } });
    const [id] = /msg_\w{26}/.exec(stdout) ?? [];
    const status = async () => {
      const headers = { authorization: 'Bearer rc_token_example' };
      return ((await (await fetch(`${url}/api/core/messages/${id}`, { headers })).json()) as { status: string }).status;
    };
    await expect.poll(status, { timeout: 10_000 }).toBe('DELIVERED');
  } finally {
    process.kill(pid, 'SIGTERM');
  }
  expect((await ended)[0]).toBe(0);
}, 60_000);

test('SIGTERM to `npm start` stops the server, which its shell leaves behind.', async () => {
  const npm = spawn('npm', ['start'], {
    cwd: checkout,
    env: { PATH: process.env['PATH'] ?? '', HOME: checkout, PORT: '0', RC_DATA_DIR: join(checkout, 'data') },
  });
  const output = text(npm.stdout);
  await untilListening(npm);
  npm.kill('SIGTERM');
  // The output ends with the last process that has it.
  expect(await output).toMatch(/"event":"stopped"/);
}, 60_000);
