// @module-tag slow
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

let directory: string;
let redcloud: TestRedCloud;
let machine: Machine;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-cli-carriers-'));
  const file = join(directory, 'carriers.json');
  // Nothing listens at the port.
  const smpp = { name: 'text-only', type: 'smpp', host: '127.0.0.1', port: 9, systemId: 'a', password: 'b' };
  const settings = {
    carriers: [{ name: 'primary', type: 'simulator' }, { name: 'backup', type: 'simulator' }, smpp],
    default: 'primary',
    routes: [
      { name: 'us', match: { to: ['+1'] }, use: [{ carrier: 'primary' }], failover: ['backup'] },
      { name: 'text', match: { to: ['+44'] }, use: [{ carrier: 'text-only' }] },
    ],
  };
  writeFileSync(file, JSON.stringify(settings));
  const media = `file:${join(directory, 'media')}`;
  redcloud = await startRedCloud({ env: { RC_CARRIERS: file, RC_MEDIA: media } });
  machine = new Machine({ REDCLOUD_URL: redcloud.url, RC_ADMIN_TOKEN: OPERATOR });
});
afterEach(async () => {
  await redcloud.admin('POST', '/carriers/primary/resume');
});
afterAll(async () => {
  await redcloud.stop();
  await machine.remove();
  rmSync(directory, { recursive: true, force: true });
});

const admin = (...args: string[]) => machine.run(['admin', ...args]);
const people = (...args: string[]) => machine.run(['--no-json', 'admin', ...args]);
const ROUTE = ['route', '--from', 'num_abc123'];

describe('`redcloud admin carriers`', () => {
  test('The carriers are a table for people, and one JSON object per line for programs.', async () => {
    const [table, json] = await Promise.all([people('carriers'), admin('carriers')]);
    expect([table.code, json.code]).toEqual([0, 0]);
    expect(table.stdout).toMatch(/^NAME +TYPE +STATE +QUEUED +OLDEST +RATE +WINDOW +FAILURES +NOTES +REASON$/m);
    expect(table.stdout).toMatch(/^primary +simulator +up +0 .* default +–$/m);
    expect(table.stdout).toMatch(/^text-only +smpp +down .* text-only is down/m);
    expect(json.lines()).toMatchObject([
      { name: 'primary', state: 'up', isDefault: true },
      { name: 'backup', state: 'up', isDefault: false },
      { name: 'text-only', state: 'down' },
    ]);
  });

  test('A paused carrier has its state and reason in the list until it is resumed.', async () => {
    const paused = await admin('carriers', 'pause', 'primary');
    expect(paused.code).toBe(0);
    expect(paused.json()).toMatchObject({ name: 'primary', state: 'paused', reason: 'primary is paused' });
    expect((await people('carriers', 'list')).stdout).toMatch(/^primary +simulator +paused .* primary is paused$/m);
    const resumed = await people('carriers', 'resume', 'primary');
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/^state +up$/m);
    expect((await admin('carriers')).lines()[0]).toMatchObject({ state: 'up', paused: false });
  });

  test('An unknown carrier exits with 4 and names the carrier.', async () => {
    const { code, stderr } = await admin('carriers', 'pause', 'nope');
    expect(code).toBe(4);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'NOT_FOUND', status: 404, message: 'Carrier nope is not configured' },
    });
  });
});

test('`redcloud admin numbers` sets and clears the carriers and the countries of a number.', async () => {
  const add = ['numbers', 'add', '+15035550177', '--carrier', 'backup', '--carriers', 'backup,text-only'];
  const added = (await admin(...add, '--allowed-countries', '1,+44')).json();
  const set = { carrier: 'backup', carriers: ['backup', 'text-only'], allowedCountries: ['1', '44'] };
  expect(added).toMatchObject(set);
  expect((await people('numbers', 'list')).stdout).toMatch(/^\S+ +\+15035550177 .* backup, text-only +1, 44$/m);
  const clear = ['numbers', 'update', added.numberId, '--carrier', 'none', '--carriers', 'none'];
  const clearing = await admin(...clear, '--allowed-countries', 'none');
  expect(clearing.stderr).toBe('');
  const cleared = clearing.json();
  expect(cleared).toMatchObject({ carrier: null, carriers: null, allowedCountries: null });
  const unknown = await admin('numbers', 'update', added.numberId, '--carriers', 'backup,nope');
  expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining('carrier nope is not configured')]);
  expect((await admin('numbers', 'update', added.numberId, '--allowed-countries', '999')).code).toBe(4);
  expect((await admin('numbers', 'update', added.numberId, '--carriers', 'a,,b')).code).toBe(2);
});

describe('`redcloud admin route`', () => {
  test('The explanation has the carrier, the reason and the candidates.', async () => {
    const args = [...ROUTE, '--to', '+15551234567'];
    const [json, text] = [await admin(...args), await people(...args)];
    expect([json.code, text.code]).toEqual([0, 0]);
    expect(json.json()).toMatchObject({
      ...{ carrier: 'primary', route: 'us', reason: 'Route us, carrier primary', isAvailable: true },
      candidates: [{ carrier: 'primary', problem: null }, { carrier: 'backup' }],
    });
    expect(text.stdout).toMatch(/^carrier +primary$/m);
    expect(text.stdout).toMatch(/^reason +Route us, carrier primary$/m);
    expect(text.stdout).toMatch(/^CARRIER +PROBLEM$/m);
  });

  test('The sender can be the phone number instead of the id.', async () => {
    const { code, json } = await admin('route', '--from', '+15551234567', '--to', '+15551234567');
    expect([code, json().route]).toEqual([0, 'us']);
  });

  test('A paused carrier and a skipped route are explained.', async () => {
    await admin('carriers', 'pause', 'primary');
    const { stdout } = await people(...ROUTE, '--to', '+15551234567');
    expect(stdout).toMatch(/^reason +Route us, failover to backup, because primary is paused$/m);
    expect(stdout).toMatch(/^primary +primary is paused$/m);
    const other = await people(...ROUTE, '--to', '+4915112345678');
    expect(other.stdout).toMatch(/^us +– +The recipient begins with none of \+1$/m);
  });

  test('A message without a possible carrier exits with 3 and has the reasons.', async () => {
    await redcloud.admin('PATCH', '/numbers/num_abc123', { carrier: 'text-only' });
    const { code, json } = await admin(...ROUTE, '--to', '+33612345678', '--type', 'MMS');
    await redcloud.admin('PATCH', '/numbers/num_abc123', { carrier: null });
    expect(code).toBe(3);
    const { carrier, skipped } = json();
    expect(carrier).toBeNull();
    expect(skipped.at(-1)).toMatchObject({ carrier: 'text-only', reason: expect.stringContaining('MMS') });
  });

  test.each([
    [['--to', '12'], 'to must be a phone number in E.164'],
    [['--to', '+15551234567', '--from', 'num_nope'], 'Number "num_nope" does not exist'],
  ])('The invalid query %s exits with 4 and the reason.', async (args, message) => {
    const { code, stderr } = await admin(...ROUTE, ...args);
    expect(code).toBe(4);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    [['route', '--from', 'num_abc123'], "required option '--to"],
    [[...ROUTE, '--to', '+15551234567', '--type', 'FAX'], 'Allowed choices are SMS, MMS'],
    [['carriers', 'pause', '..'], 'name must be an id'],
    [['carriers', 'halt'], 'too many arguments'],
  ])('The command %s exits with 2 and a usage error.', async (args, message) => {
    const { code, stderr } = await admin(...args);
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
  });
});
