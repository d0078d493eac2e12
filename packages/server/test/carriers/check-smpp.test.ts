import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Deliveries } from '#carriers/smpp/probe-deliveries.ts';
import { SmscSimulator } from '#smsc/simulator.ts';
import { check, runCheck } from '../support/check-carrier.ts';
import { smppSettings } from '../support/smpp-settings.ts';
import { freePort } from './program.ts';

const PASSWORD = 'smpppass';

let directory: string;
let smsc: SmscSimulator;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-check-'));
});
beforeEach(async () => {
  smsc = await SmscSimulator.start({ systemId: 'redcloud', password: PASSWORD });
});
afterEach(() => smsc.stop());
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const acme = (more: object = {}) => ({
  ...{ name: 'acme', type: 'smpp', host: '127.0.0.1', port: smsc.port, systemId: 'redcloud', password: PASSWORD },
  ...more,
});

/** Environment of the command. @param more other settings of the carrier. */
function env(more: object = {}): Record<string, string> {
  const file = join(directory, 'carriers.json');
  writeFileSync(file, JSON.stringify({ carriers: [acme(more)] }));
  return { RC_CARRIERS: file };
}

test('The command binds, measures the latency, unbinds, and prints no secret.', async () => {
  const { status, stdout, stderr } = await runCheck(['acme'], env());
  expect([status, stderr]).toEqual([0, '']);
  const bind = /^ok {7}acme bind: 127\.0\.0\.1:\d+ accepts redcloud as transceiver after \d+ ms, TLS off, system id /;
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toMatch(bind);
  expect(lines.slice(1, 4).every((line) => /^ok {7}acme enquire_link: .* \d+ ms\.$/.test(line))).toBe(true);
  expect(lines.slice(4)).toEqual([expect.stringMatching(/^skipped {2}acme message: Set --to /)]);
  expect(stdout).not.toContain(PASSWORD);
  expect(smsc).toMatchObject({ links: 0, taken: [] });
});

test('A transmitter and a receiver bind separately.', async () => {
  const { status, output } = await check(['acme'], env({ bindMode: 'transmitter+receiver' }));
  expect(status).toBe(0);
  expect(output).toMatch(/as transmitter after[\s\S]*as receiver after/);
});

test.each([
  ['a wrong password', () => ({ password: 'wrong' }), /refuses the credentials \(.*\)\. Check systemId, password/],
  ['a port that refuses connections', (port: number) => ({ port }), /ECONNREFUSED.*Check the port/],
])('A bind with %s fails with the fix.', async (_, more, expected) => {
  const { status, found } = await check(['acme'], env(more(await freePort())));
  expect(status).toBe(1);
  expect(found['bind']).toMatch(/^failed: /);
  expect(found['bind']).toMatch(expected);
  expect(found['message']).toBeUndefined();
});

describe('With --to', () => {
  const to = (number: string, ...more: string[]) => ['acme', '--to', number, '--from', '+15551234567', ...more];

  test('One message is sent, and its receipt is reported with id, state and source.', async () => {
    const { status, found } = await check(to('+15550000001', '--text', 'Probe é'), env());
    expect(status).toBe(0);
    expect(found['submit_sm']).toMatch(/^ok: The carrier accepted the message after \d+ ms \(id \d+\)\.$/);
    expect(found['receipt']).toMatch(/^ok: id \d+, DELIVRD → DELIVERED, read from optional parameters: id:\d+ /);
    expect(smsc.taken.map(({ text }) => text)).toEqual(['Probe é']);
  });

  test('A receipt of a failed delivery causes a warning.', async () => {
    const { status, found } = await check(to('+15550000010'), env());
    expect(status).toBe(0);
    expect(found['receipt']).toMatch(/^warning: id \d+, UNDELIV → FAILED/);
  });

  test('A rejected message fails the check with its status.', async () => {
    const { status, found } = await check(to('+15550000002'), env());
    expect(status).toBe(1);
    expect(found['submit_sm']).toMatch(/^failed: The carrier returned ESME_\w+ after \d+ ms\. Check --from/);
  });

  test('A missing receipt fails the check.', async () => {
    const { status, found } = await check(to('+15550000003', '--seconds', '0'), env());
    expect(status).toBe(1);
    expect(found['receipt']).toMatch(/^failed: No final receipt arrived within 0 s\. Switch/);
  });
});

describe('Deliveries during a check', () => {
  const ESME_RX_T_APPN = 0x64;
  const delivery = (from: string, more: object = {}) => ({
    ...{ command: 'deliver_sm', command_id: 5, command_status: 0, sequence_number: 1, data_coding: 0, esm_class: 0 },
    ...{ source_addr: from, destination_addr: '15551234567', short_message: { message: Buffer.from('Hello') } },
    ...more,
  });

  test('A message for the server is refused temporarily, and reported once.', () => {
    const reported: string[] = [];
    const deliveries = new Deliveries(smppSettings(acme()), ({ subject }) => reported.push(subject), '+15550000001');
    const receipt = { esm_class: 4 };
    expect(deliveries.take(delivery('15559998888') as never)).toBe(ESME_RX_T_APPN);
    expect(deliveries.take(delivery('15559998888') as never)).toBe(ESME_RX_T_APPN);
    expect(deliveries.take(delivery('15559998888', receipt) as never)).toBe(ESME_RX_T_APPN);
    expect(deliveries.take(delivery('15550000001', receipt) as never)).toBe(0);
    expect(reported).toEqual(['inbound message', 'other receipt', 'receipt']);
  });
});
