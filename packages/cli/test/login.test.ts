import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../server/test/carriers/program.ts';
import { startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { BIN, Machine, type Running, watched } from './command.ts';

const SECRET = 'rc_secret_abc123';
let redcloud: TestRedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());
beforeEach(() => {
  machine = new Machine();
});
afterEach(() => machine.remove());

const login = (profile: string, secret = SECRET) => {
  const who = ['--url', redcloud.url, '--client-id', 'rc_test_client_123'];
  return machine.run(['login', '--profile', profile, ...who, '--secret-stdin'], { stdin: `${secret}\n` });
};
const config = () => machine.pathOf('.config/redcloud/config.json');

test('A login is verified, stored for its owner only, and used by later commands.', async () => {
  const { code, stdout, stderr } = await login('default');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain(SECRET);
  expect(statSync(config()).mode & 0o777).toBe(0o600);
  expect(statSync(machine.pathOf('.config/redcloud')).mode & 0o777).toBe(0o700);
  expect((await machine.run(['whoami'])).json()).toMatchObject({ apiClientId: 'rc_test_client_123' });
});

test('A wrong secret exits with 4, and is neither stored nor shown.', async () => {
  const { code, stdout, stderr } = await login('default', 'not-the-secret');
  expect(code).toBe(4);
  expect(stderr).toContain('invalid_client');
  expect(stdout + stderr).not.toContain('not-the-secret');
  expect(existsSync(config())).toBe(false);
});

test('With several logins, the last one or the named one is used.', { tags: 'slow' }, async () => {
  await login('one');
  await login('two');
  const kept = await machine.run(['profiles']);
  expect(kept.lines()).toMatchObject([{ profile: 'one' }, { profile: 'two', isCurrent: true }]);
  expect(kept.stdout).not.toContain(SECRET);
  expect((await machine.run(['use', 'one'])).code).toBe(0);
  expect((await machine.run(['logout', '--profile', 'two'])).code).toBe(0);
  expect((await machine.run(['whoami', '--profile', 'two'])).code).toBe(2);
  expect((await machine.run(['whoami'])).code).toBe(0);
});

test('Profiles may have names such as `constructor`, and no name finds an inherited property.', {
  tags: 'slow',
}, async () => {
  await login('default');
  for (const name of ['constructor', '__proto__', 'toString']) {
    expect((await machine.run(['use', name])).code).toBe(2);
    expect((await machine.run(['logout', '--profile', name])).code).toBe(2);
    expect((await machine.run(['whoami', '--profile', name])).code).toBe(2);
    expect((await login(name)).code).toBe(0);
    expect((await machine.run(['whoami'])).json()).toMatchObject({ apiClientId: 'rc_test_client_123' });
  }
  const kept = (await machine.run(['profiles'])).lines();
  expect(kept.map(({ profile }) => profile).sort()).toEqual(['__proto__', 'constructor', 'default', 'toString']);
  expect((await machine.run(['logout', '--profile', '__proto__'])).code).toBe(0);
  expect((await machine.run(['profiles'])).lines()).toHaveLength(3);
});

test('An unusable configuration directory is reported, except to commands that need no login.', async () => {
  writeFileSync(machine.pathOf('taken'), '');
  const nowhere = { XDG_CONFIG_HOME: machine.pathOf('taken') };
  const credentials = { REDCLOUD_CLIENT_ID: 'rc_test_client_123', REDCLOUD_CLIENT_SECRET: 'rc_secret_abc123' };
  const env = { ...nowhere, ...credentials, REDCLOUD_URL: redcloud.url };
  expect((await machine.run(['whoami'], { env })).code).toBe(0);
  expect((await machine.run(['profiles'], { env: nowhere })).code).toBe(2);
  // A broken symbolic link.
  symlinkSync(machine.pathOf('gone'), machine.pathOf('redcloud'));
  const args = ['login', '--url', redcloud.url, '--client-id', 'rc_test_client_123', '--secret-stdin'];
  const { code, stderr } = await machine.run(args, {
    env: { XDG_CONFIG_HOME: machine.home },
    stdin: 'rc_secret_abc123',
  });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Login cannot be stored') });
});

test('A configuration that others can read causes a warning, and the command still runs.', async () => {
  await login('default');
  chmodSync(config(), 0o644);
  const { code, stderr, json } = await machine.run(['whoami']);
  expect({ code, id: json().apiClientId }).toEqual({ code: 0, id: 'rc_test_client_123' });
  expect(stderr).toContain(`other users can read the secrets in ${config()}`);
});

test('The environment takes precedence over the login, and may contain a token.', { tags: 'slow' }, async () => {
  await login('default');
  const other = { REDCLOUD_CLIENT_ID: 'rc_test_client_123', REDCLOUD_CLIENT_SECRET: 'wrong' };
  expect((await machine.run(['whoami'], { env: other })).code).toBe(4);
  expect((await machine.run(['whoami', '--profile', 'default'], { env: other })).code).toBe(0);
  const token = { REDCLOUD_URL: redcloud.url, REDCLOUD_TOKEN: 'rc_token_example' };
  expect((await machine.run(['whoami'], { env: token })).code).toBe(0);
  const lingering = await machine.run(['whoami'], { env: { REDCLOUD_URL: 'http://127.0.0.1:1' } });
  expect(lingering).toMatchObject({ code: 2, stderr: expect.stringContaining('not the server of this login') });
  const half = await machine.run(['whoami'], { env: { REDCLOUD_CLIENT_ID: 'x' } });
  expect(half).toMatchObject({ code: 2, stderr: expect.stringContaining('must both be set') });
});

test('A missing login is reported with advice, and an invalid configuration is not quoted.', async () => {
  expect((await machine.run(['whoami'])).stderr).toContain('redcloud login');
  await mkdir(machine.pathOf('.config/redcloud'), { recursive: true });
  writeFileSync(config(), `{"profiles": ${SECRET}`);
  const broken = await machine.run(['whoami']);
  expect(broken.code).toBe(2);
  expect(broken.stderr).not.toContain(SECRET);
});

const hasTerminals = existsSync('/usr/bin/script');

/** Starts `redcloud login` on a terminal. */
function atTerminal(url = redcloud.url): Running {
  const command = `"${process.execPath}" "${BIN}" login --url ${url}`;
  return watched(spawn('script', ['-qec', command, '/dev/null'], { env: { ...machine.env, TERM: 'xterm' } }));
}

test.runIf(hasTerminals)(
  'On a terminal, ctrl-C during a prompt exits with 130, and no login is stored.',
  { tags: 'slow' },
  async () => {
    const session = atTerminal();
    await session.until(({ stdout }) => stdout().includes('Client id: '));
    session.child.stdin.write('rc_test_client_123\n');
    await session.until(({ stdout }) => stdout().includes('Client secret: '));
    session.child.stdin.write('rc_se\u0003');
    expect((await session.ended).code).toBe(130);
    expect(existsSync(config())).toBe(false);
  },
);

test.runIf(hasTerminals)(
  'On a terminal, an unreachable server is reported once, and the login fails soon.',
  { tags: 'slow' },
  async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const session = atTerminal(`${url} --client-id rc_test_client_123 --client-secret ${SECRET}`);
    await session.until(({ stdout }) => stdout().includes(`ECONNREFUSED ${new URL(url).host}. Trying again …`));
    const { code, stdout } = await session.ended;
    expect(code).toBe(5);
    expect(stdout.match(/Trying again/g)).toHaveLength(1);
  },
);

test.runIf(hasTerminals)('On a terminal, login prompts, and the secret is not visible.', { tags: 'slow' }, async () => {
  const session = atTerminal();
  await session.until(({ stdout }) => stdout().includes('Client id: '));
  session.child.stdin.write('rc_test_client_123\n');
  await session.until(({ stdout }) => stdout().includes('Client secret: '));
  session.child.stdin.write(`${SECRET}\r`);
  const { code, stdout } = await session.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/apiClientName +Sandbox/);
  expect(stdout).not.toContain(SECRET);
  expect(JSON.parse(readFileSync(config(), 'utf8'))).toMatchObject({ profiles: { default: { clientSecret: SECRET } } });
});
