// @module-tag slow
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../server/test/carriers/program.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { judge } from '../scripts/check.ts';
import { signForTest } from '../src/testing.ts';
import { AT_THE_EDGE, bundle, type Consumer, createConsumer, run } from './consumer.ts';
import { EVENT, SECRET } from './event.ts';

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const MODULES = pathOf('../../../node_modules');

/** Compilers of users: the oldest supported one, which the SDK itself uses, and that of the repository. */
const OLDEST_TSC = pathOf('../node_modules/typescript/bin/tsc');
const NEWEST_TSC = join(MODULES, 'typescript/bin/tsc');

let redcloud: TestRedCloud;
let consumer: Consumer;
let project: string;

beforeAll(async () => {
  redcloud = await startRedCloud();
  consumer = await createConsumer();
  project = consumer.project;
});
afterAll(async () => {
  await redcloud.stop();
  await consumer?.remove();
});

/** @returns the output of the compiler, empty without errors. */
async function compile(compiler: string, file: string, lib: string, types: string): Promise<string> {
  const declared = types === '' ? [] : ['--types', types, '--typeRoots', join(MODULES, '@types')];
  const options = ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
  const modules = ['--module', 'nodenext', '--target', 'es2022', '--lib', lib, ...declared];
  const skip = file === 'readme.ts' ? ['--skipLibCheck'] : [];
  const args = [compiler, ...options, ...modules, ...skip, file];
  const { stdout } = await run(process.execPath, args, { cwd: project }).catch((error) => error);
  return stdout;
}

const installed = async () =>
  (await readdir(join(project, 'node_modules'))).filter((name) => !name.startsWith('.')).sort();

test('The tarball has exactly the required files and no dependencies.', async () => {
  const files = await readdir(join(project, 'node_modules/@redcloud/sdk'), { recursive: true });
  for (const file of ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']) {
    expect(files).toContain(file);
  }
  expect(files.filter((file) => /(^|\/)(test|scripts|src)\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  expect(await installed()).toEqual(['@redcloud']);
});

test('publint and attw accept the tarball.', () => judge(consumer.tarball));

test('Node runs the installed package unchanged.', async () => {
  const { stdout } = await run(process.execPath, ['esm.mjs'], { cwd: project, env: { BASE_URL: redcloud.url } });
  expect(stdout).toMatch(/^msg_/);
});

test('A bundle runs in a runtime with fetch and WebCrypto, without Node.', async () => {
  const code = await bundle(join(project, 'edge.mjs'), 'iife');
  const { fetch, crypto, Request, Response, Headers, TextEncoder, TextDecoder, URL, URLSearchParams } = globalThis;
  const { AbortController, setTimeout, clearTimeout, atob, btoa } = globalThis;
  const web = { fetch, crypto, Request, Response, Headers, TextEncoder, TextDecoder, URL, URLSearchParams };
  const edge = createContext({ ...web, AbortController, setTimeout, clearTimeout, atob, btoa });
  const answer = runInContext(`${code}; edge.use(${JSON.stringify(redcloud.url)})`, edge);
  expect(await answer).toEqual(AT_THE_EDGE);
});

test.each([
  ['TypeScript 5 and Node', OLDEST_TSC, 'es2022', 'node'],
  ['TypeScript 7 and Node', NEWEST_TSC, 'es2022', 'node'],
  ['TypeScript 7 and browsers or workers', NEWEST_TSC, 'es2022,dom,dom.iterable,dom.asynciterable', ''],
])('The types compile with %s.', { timeout: 120_000 }, async (_name, compiler, lib, types) => {
  expect(await compile(compiler, 'types.ts', lib, types)).toBe('');
});

test('The code of the README compiles and runs unchanged.', async () => {
  const readme = await readFile(pathOf('../README.md'), 'utf8');
  const code = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
  await writeFile(join(project, 'readme.ts'), code);
  for (const name of ['express', 'fastify', 'hono', '@types']) {
    await symlink(join(MODULES, name), join(project, 'node_modules', name));
  }
  expect(await compile(NEWEST_TSC, 'readme.ts', 'esnext', 'node')).toBe('');
  const { stdout } = await run(process.execPath, ['readme.ts'], { cwd: project, env: { BASE_URL: redcloud.url } });
  expect(stdout).toContain('invalid: INVALID_RECIPIENT');
  expect(stdout).toContain('{ canceled: 1, tooLate: 0 }');
  expect(stdout).toContain('mismatch');
  expect(stdout).toContain('message.delivery');
});

test('The app of the main README accepts signed webhooks only.', async () => {
  const page = await readFile(pathOf('../../../README.md'), 'utf8');
  const [, code = ''] = /app\.mjs <<'END'\n([\s\S]*?)^END$/m.exec(page) ?? [];
  const app = join(project, 'app');
  await mkdir(join(app, 'node_modules'), { recursive: true });
  await symlink(join(MODULES, 'express'), join(app, 'node_modules/express'));
  await writeFile(join(app, 'app.mjs'), code);
  const port = await freePort();
  const env = { PORT: String(port), REDCLOUD_WEBHOOK_SECRET: SECRET };
  const child = spawn(process.execPath, ['app.mjs'], { cwd: app, env });
  try {
    await once(child.stdout, 'data');
    const post = (init: RequestInit) => fetch(`http://127.0.0.1:${port}/hooks`, { method: 'POST', ...init });
    const output = once(child.stdout, 'data');
    expect((await post(await signForTest(EVENT, SECRET))).status).toBe(204);
    expect(String(await output)).toContain(EVENT.eventId);
    const refused = once(child.stderr, 'data');
    expect((await post({ body: '{}' })).status).toBe(400);
    expect(String(await refused)).toContain('SignatureError');
  } finally {
    child.kill();
  }
});
