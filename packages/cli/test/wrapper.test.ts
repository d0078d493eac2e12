import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BIN, Machine, type Running, watched } from './command.ts';

/** Wrapper as in bin/redcloud.mjs, where it applies only to an old Node. Here the wrapper applies to any version. */
const WRAPPER = `
import { run } from ${JSON.stringify(new URL('../../server/bin/runtime.mjs', import.meta.url).href)};
run('node', [${JSON.stringify(BIN)}, ...process.argv.slice(2)], { isLinked: true });
`;

let machine: Machine;
let server: Server;
/** Number of send requests without a response. Above 0, a send is in progress. */
let asked: number;

beforeEach(async () => {
  machine = new Machine();
  writeFileSync(machine.pathOf('wrapper.mjs'), WRAPPER);
  writeFileSync(machine.pathOf('people.csv'), 'to\n+15550001001\n+15550001002\n');
  asked = 0;
  server = createServer((request, response) => {
    if (request.url?.endsWith('/send')) asked += 1;
    else if (request.url?.includes('/bulk-sends')) response.writeHead(404).end();
    else response.setHeader('content-type', 'application/json').end('{"access_token":"x","apiClientId":"y"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await machine.remove();
});

/** Starts a send that never ends, under a wrapper that leads a process group, like a job of a terminal. */
async function sending(): Promise<Running & { pid: number }> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = ['--sandbox', '--url', url, 'send', '--from', 'num_abc123', '--file', 'people.csv', '--text', 'Hi'];
  const args = [machine.pathOf('wrapper.mjs'), ...send];
  const child = spawn(process.execPath, args, { env: machine.env, cwd: machine.home, detached: true });
  const running = watched(child);
  await expect.poll(() => asked, { interval: 5 }).toBeGreaterThan(0);
  return { ...running, pid: child.pid as number };
}

const GOES_ON = '0 of 2 rows are accepted so far. Run the same command again';

test.skipIf(process.platform === 'win32')('SIGINT to the wrapper alone interrupts the command.', async () => {
  const { pid, ended } = await sending();
  process.kill(pid, 'SIGINT');
  expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining(GOES_ON) });
});

test.skipIf(process.platform === 'win32')('ctrl-C to both processes counts as one interrupt.', async () => {
  const { pid, ended } = await sending();
  process.kill(-pid, 'SIGINT');
  expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining(GOES_ON) });
});

test.skipIf(process.platform === 'win32')('The command ends when its wrapper is killed.', async () => {
  const { pid, ended } = await sending();
  process.kill(pid, 'SIGKILL');
  // The output of the wrapper, which the command shares, is closed too.
  expect((await ended).stderr).toContain(GOES_ON);
});

test('The status of a command is the same with and without a wrapper.', async () => {
  const child = spawn(process.execPath, [machine.pathOf('wrapper.mjs'), 'nonsense'], { env: machine.env });
  expect((await watched(child).ended).code).toBe(2);
});
