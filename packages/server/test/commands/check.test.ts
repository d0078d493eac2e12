// @module-tag slow
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../support/check-carrier.ts';
import { SCRATCH } from '../support/scratch.ts';

const directory = mkdtempSync(join(SCRATCH, 'redcloud-check-'));
const dataDir = join(directory, 'data');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function carriersFile(content: object): string {
  const file = join(directory, `carriers-${Math.random()}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const check = (env: Record<string, string>) => runCommand(['check'], { RC_DATA_DIR: dataDir, ...env });
const twilio = { name: 'twilio', type: 'twilio', accountSid: `AC${'0'.repeat(32)}`, authToken: 'auth-token-secret' };

test('Valid settings end with status 0 and a summary, and create nothing.', async () => {
  const { status, stdout, stderr } = await check({ PORT: '4711' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^port +4711$/m);
  expect(stdout).toMatch(/^carriers +simulator$/m);
  expect(stdout).toContain('The settings are valid.');
  expect(existsSync(dataDir)).toBe(false);
});

test('The summary has no secrets.', async () => {
  const secrets = {
    RC_ADMIN_TOKEN: 'secret-admin-token',
    RC_SECRET_KEY: Buffer.alloc(32, 5).toString('base64'),
    DATABASE_URL: 'postgresql://user:db-password@127.0.0.1:1/redcloud',
    RC_WEBHOOK_PROXY: 'http://proxy-user:proxy-password@127.0.0.1:3128',
  };
  const RC_CARRIERS = carriersFile({ carriers: [twilio] });
  const public_ = { RC_PUBLIC_URL: 'https://sms.example.com', RC_MEDIA: `file:${directory}/media` };
  const { status, stdout } = await check({ ...secrets, ...public_, RC_CARRIERS });
  expect(status).toBe(0);
  expect(stdout).toContain('twilio (twilio)');
  expect(stdout).toContain('127.0.0.1:1/redcloud');
  expect(stdout).not.toMatch(/secret-admin|db-password|proxy-password|auth-token-secret|BQUFBQ/);
});

test('All problems of the settings are listed, each in one line.', async () => {
  const settings = { PORT: 'x', RC_ROLES: 'api,foo', RC_LOG_FORMAT: 'xml', RC_TEXT_DAYS: '1' };
  const { status, stdout, stderr } = await check({ ...settings, DATABASE_URL: 'mysql://x', RC_MEDIA: 'ftp:x' });
  expect([status, stdout]).toEqual([78, '']);
  const names = stderr.split('\n').flatMap((line) => /^([A-Z_]+): .+\.$/.exec(line)?.[1] ?? []);
  expect(names.toSorted()).toEqual([
    ...['DATABASE_URL', 'PORT', 'RC_LOG_FORMAT', 'RC_MEDIA', 'RC_ROLES', 'RC_SECRET_KEY', 'RC_TEXT_DAYS'],
  ]);
  expect(stderr).toContain('7 problems in the settings.');
});

test('All problems of the file of RC_CARRIERS are listed.', async () => {
  const smpp = { name: 'acme', type: 'smpp', host: 'smsc.example.com', port: 0, systemId: 'me', password: 'x' };
  const RC_CARRIERS = carriersFile({ carriers: [smpp, { name: 'b', type: 'pigeon' }], default: 'c', colour: 'red' });
  const { status, stderr } = await check({ RC_CARRIERS });
  expect(status).toBe(78);
  for (const part of ['colour is not a known', 'carriers[0].port', 'carriers[1].type', 'default must name']) {
    expect(stderr).toContain(part);
  }
  expect(stderr).toContain('4 problems');
});

test('A setting that a carrier requires is a problem.', async () => {
  const { status, stderr } = await check({ RC_CARRIERS: carriersFile({ carriers: [twilio] }) });
  expect([status, stderr]).toEqual([
    78,
    expect.stringMatching(/^RC_PUBLIC_URL: required by the carrier twilio.*\n1 problem /),
  ]);
});

test('An unknown setting is a warning.', async () => {
  const { status, stderr } = await check({ RC_PORTS: '1' });
  expect([status, stderr]).toEqual([0, 'warning: RC_PORTS is not a setting. Check the spelling of the name.\n']);
});
