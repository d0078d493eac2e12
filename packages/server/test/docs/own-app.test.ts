// @module-tag slow
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../carriers/program.ts';
import { ownDirectory } from '../support/directory.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const run = promisify(execFile);

/** Reason why the test cannot run here, or undefined. */
async function reasonToSkip(): Promise<string | undefined> {
  if (process.env['TEST_DATABASE_URL']) return 'it has its own store, and runs along with the embedded one';
  if (await fails('git', ['-C', ROOT, 'rev-parse', '--verify', 'HEAD'])) return 'this is no clone';
  if (await fails('npm', ['ping', '--fetch-retries=0'])) return 'no registry of packages is to be had';
  return undefined;
}

const fails = (program: string, args: string[]) =>
  run(program, args, { cwd: ROOT, timeout: 20_000 }).then(
    () => false,
    () => true,
  );

/** Code blocks of the section. Each is the input of one of the three terminals. */
async function terminals(): Promise<string[]> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, section = ''] = /\n## A webhook in your own app, in ten commands\n([\s\S]*?)\n## /.exec(readme) ?? [];
  return [...section.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block = '']) => block);
}

/** Commands of a block. A here-document counts as one command together with the command that reads it. */
const commandsOf = (block: string) => block.replace(/(<<'END'\n)[\s\S]*?^END$/gm, '$1').match(/^.+$/gm) ?? [];

const open: ChildProcess[] = [];
const home = ownDirectory('newcomer');

/** Opens a terminal and pastes a script. @returns a function that returns the output so far. */
function terminal(script: string, cwd: string, env: Record<string, string> = {}): () => string {
  // The shell has its own process group, so that its child processes can be ended with it.
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  open.push(shell);
  let shown = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on('data', (chunk) => {
      shown += chunk;
    });
  }
  return () => shown;
}

afterAll(async () => {
  for (const { pid } of open) {
    try {
      process.kill(-(pid as number), 'SIGKILL');
    } catch {
      // The process has already ended.
    }
  }
});

const why = await reasonToSkip();
const title = 'from a clone to a verified webhook in an own Express app, by the ten commands of the README';
if (why) console.warn(`Skipped, since ${why}: ${title}`);

test.skipIf(why)(title, { timeout: 300_000 }, async () => {
  const blocks = await terminals();
  expect(blocks.flatMap(commandsOf)).toHaveLength(10);

  const checkout = join(home, 'redcloud');
  const [server, app] = [await freePort(), await freePort()];
  const REDCLOUD_URL = `http://127.0.0.1:${server}`;
  // Unchanged except for the ports, which other programs may use here.
  const [start = '', own = '', happen = ''] = blocks.map((block) => block.replaceAll(':4000', `:${app}`));
  const patience = { timeout: 120_000 };

  const first = terminal(start, home, { REPOSITORY: ROOT, PORT: String(server) });
  await expect.poll(first, patience).toContain('"event":"listening"');
  const second = terminal(own, checkout, { PORT: String(app) });
  await expect.poll(second, patience).toContain('Waiting for events');
  const third = terminal(happen, checkout, { REDCLOUD_URL });
  await expect.poll(third, patience).toContain('QUEUED');
  for (const type of ['message.queued', 'message.sent', 'message.delivery']) {
    await expect.poll(second, patience).toContain(type);
  }
});
