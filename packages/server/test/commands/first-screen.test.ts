import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { banner } from '#app/commands/banner.ts';
import { environment } from '../support/process.ts';
import { shell } from '../support/shell.ts';
import { type TestStore, testStore } from '../support/store.ts';

const BIN = new URL('../../bin/redcloud.mjs', import.meta.url).pathname;
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

/** A start on a busy machine, in milliseconds. */
const START_MS = 60_000;
const TEST_MS = 2 * START_MS;

let store: TestStore;
beforeEach(async () => {
  store = await testStore();
});
afterEach(() => store.drop());

/**
 * Starts the server on a terminal of `script` or on a pipe, and stops it with SIGTERM.
 * @param last text that ends the start.
 * @param work called with the output so far.
 */
async function started(env: Record<string, string>, isTerminal: boolean, last: RegExp, work?: Work) {
  // The program replaces the shell, whose id it keeps.
  const command = `echo "pid=$$"; exec ${process.execPath} ${BIN}`;
  const [program = '', ...args] = isTerminal ? ['script', '-qec', command, '/dev/null'] : ['sh', '-c', command];
  const child = spawn(program, args, { env: environment(store, env), stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const ended = once(child, 'close');
  try {
    await expect.poll(() => output, { timeout: START_MS }).toMatch(last);
    await work?.(output);
  } finally {
    process.kill(Number(/^pid=(\d+)/.exec(output)?.[1]), 'SIGTERM');
  }
  expect((await ended)[0]).toBe(0);
  return output.replace(/^pid=.*\r?\n/, '');
}

type Work = (output: string) => Promise<void>;

describe.skipIf(!hasScript)(`A terminal${hasScript ? '' : ' (skipped: script of util-linux is not installed)'}`, () => {
  test('A terminal shows readable lines, the demo credentials, and a first command that works as printed.', {
    tags: 'slow',
    timeout: TEST_MS,
  }, async () => {
    let answer = '';
    const output = await started({}, true, /first-message[\s\S]+Hello from Red Cloud/, async (text) => {
      const command = /^ {2}curl [\s\S]*?}'/m.exec(text.replaceAll('\r', ''))?.[0] ?? '';
      answer = await shell(command, {});
    });
    expect(JSON.parse(answer).results[0]).toMatchObject({ to: '+15551234567', status: 'QUEUED' });
    expect(output).toMatch(/^\S+Z info {2}starting version=\S+/m);
    expect(output).toMatch(/console +http:\/\/127\.0\.0\.1:\d+\/console\//);
    for (const value of ['rc_test_client_123', 'rc_secret_abc123', 'rc_token_example']) expect(output).toContain(value);
    expect(output).not.toContain('{"level"');
  });

  test('RC_LOG_FORMAT=json keeps lines of JSON on a terminal.', { tags: 'slow', timeout: TEST_MS }, async () => {
    const output = await started({ RC_LOG_FORMAT: 'json' }, true, /"event":"listening"[^\n]*\n/);
    expect(output).toContain('{"level":"info"');
  });
});

test('A pipe gets lines of JSON only.', { tags: 'slow', timeout: TEST_MS }, async () => {
  const output = await started({}, false, /"event":"listening"[^\n]*\n/);
  for (const line of output.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('event');
});

test('RC_LOG_FORMAT=text writes readable lines to a pipe, without a banner.', {
  tags: 'slow',
  timeout: TEST_MS,
}, async () => {
  const output = await started({ RC_LOG_FORMAT: 'text' }, false, / listening url=[^\n]*\n/);
  expect(output).not.toMatch(/\{"level"|rc_token_example/);
});

test('The banner has no credentials without the sandbox, and no pages without the role api.', () => {
  const roles = ['api', 'outbound', 'webhooks'] as const;
  const plain = banner({ url: 'http://127.0.0.1:3000', internalUrl: undefined }, { sandbox: false, roles });
  expect(plain).toContain('http://127.0.0.1:3000/console/');
  expect(plain).not.toContain('rc_');
  expect(
    banner({ url: 'http://127.0.0.1:3000', internalUrl: undefined }, { sandbox: false, roles: ['outbound'] }),
  ).not.toContain('/console/');
});
