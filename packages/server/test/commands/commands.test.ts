import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommand } from '../support/check-carrier.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('The help lists every command in one line, and the most important settings.', async () => {
  const { status, stdout, stderr } = await runCommand(['--help'], {});
  expect([status, stderr]).toEqual([0, '']);
  for (const command of ['start', 'check', 'migrate', 'doctor', 'check-carrier', '--help', '--version']) {
    expect(stdout).toMatch(new RegExp(`^  ${command} {2,}\\w.*$`, 'm'));
  }
  for (const setting of ['PORT', 'DATABASE_URL', 'RC_SECRET_KEY', 'RC_CARRIERS']) expect(stdout).toContain(setting);
  for (const name of ['help', '-h']) expect(await runCommand([name], {})).toEqual({ status, stdout, stderr });
});

test('The version is printed alone.', async () => {
  for (const name of ['--version', 'version', '-v']) {
    expect(await runCommand([name], {})).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  }
});

test.each(['start', 'check', 'migrate', 'doctor', 'check-carrier'])(
  'The command %s has a help text.',
  { tags: 'slow' },
  async (name) => {
    const { status, stdout } = await runCommand([name, '--help'], { PORT: 'x' });
    expect([status, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: redcloud-server ${name}`))]);
  },
);

test.each([
  [['foo'], 'Unknown command foo.'],
  [['toString'], 'Unknown command toString.'],
  [['--foo'], 'Unknown option --foo.'],
  [['start', '--foo'], 'The command start has no option --foo.'],
  [['check', 'foo'], 'The command check has no argument foo.'],
  [['migrate', '--foo'], 'The command migrate has no option --foo.'],
  [['doctor', '--foo'], 'The command doctor has no option --foo.'],
  [['backup', ''], 'The command backup needs the argument DIRECTORY.'],
  [['restore', ' '], 'The command restore needs the argument DIRECTORY.'],
])('The arguments %j end with status 64, the reason and the usage.', async (args, reason) => {
  const { status, stdout, stderr } = await runCommand(args, {});
  expect([status, stdout]).toEqual([64, '']);
  expect(stderr.startsWith(`${reason}\n\nUsage: redcloud-server`)).toBe(true);
});
