import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../server/test/carriers/program.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { AT_THE_EDGE, bundle, type Consumer, createConsumer, run } from './consumer.ts';

/** Locations of the runtimes, including those that .ci/run installs. Users need not install them. */
const PLACES = [
  join(process.env['RUNTIMES'] ?? '', 'node_modules/.bin'),
  ...(process.env['PATH'] ?? '').split(delimiter),
];

function programOf(name: string): { path: string; about: string } {
  const path = PLACES.map((place) => join(place, name)).find((one) => existsSync(one)) ?? '';
  return { path, about: path === '' ? ` (skipped: no ${name} here; npm install -g ${name})` : '' };
}

const DENO = programOf('deno');
const BUN = programOf('bun');
const WORKERD = programOf('workerd');

let redcloud: TestRedCloud;
let consumer: Consumer;

beforeAll(async () => {
  redcloud = await startRedCloud();
  consumer = await createConsumer();
});
afterAll(async () => {
  await redcloud.stop();
  await consumer?.remove();
});

const runHere = async (program: string, args: string[]): Promise<string> => {
  const env = { ...process.env, BASE_URL: redcloud.url };
  return (await run(program, args, { cwd: consumer.project, env })).stdout;
};

test.skipIf(!DENO.path)(`Deno runs the installed package unchanged.${DENO.about}`, async () => {
  const rights = [
    '--no-lock',
    '--node-modules-dir=manual',
    '--allow-net=127.0.0.1',
    '--allow-env=BASE_URL',
    '--allow-read=.',
  ];
  expect(await runHere(DENO.path, ['run', '--no-prompt', ...rights, 'esm.mjs'])).toMatch(/^msg_/);
});

test.skipIf(!BUN.path)(`Bun runs the installed package unchanged.${BUN.about}`, async () => {
  expect(await runHere(BUN.path, ['--no-install', 'esm.mjs'])).toMatch(/^msg_/);
});

test.skipIf(!WORKERD.path)(`An edge worker runs a bundle of the package.${WORKERD.about}`, async () => {
  const { project } = consumer;
  const port = await freePort();
  await writeFile(join(project, 'bundled.mjs'), await bundle(join(project, 'worker.mjs'), 'esm'));
  await writeFile(join(project, 'edge.capnp'), configOf(port));
  const worker = spawn(WORKERD.path, ['serve', 'edge.capnp'], { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  worker.stderr.on('data', (text) => {
    said += text;
  });
  try {
    const answer = () => fetch(`http://127.0.0.1:${port}/`).then((response) => response.json());
    await expect.poll(answer, { timeout: 10_000 }).toEqual(AT_THE_EDGE);
  } catch (error) {
    throw new Error(said, { cause: error });
  } finally {
    worker.kill();
  }
});

/** @returns a configuration of workerd in which the worker may connect to the local machine. */
const configOf = (port: number): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .edge), (name = "internet", network = (allow = ["private", "local"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const edge :Workerd.Worker = (
  modules = [(name = "bundled.mjs", esModule = embed "bundled.mjs")],
  bindings = [(name = "BASE_URL", text = "${redcloud.url}")],
  compatibilityDate = "2026-11-01",
);
`;
