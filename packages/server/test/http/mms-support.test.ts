import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Customer, newCustomer } from '../support/customer.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

/** SMPP carries no MMS. Nothing listens at the port, which no test needs. */
const TEXT_ONLY = { name: 'text-only', type: 'smpp', host: '127.0.0.1', port: 9, systemId: 'a', password: 'b' };
const PICTURES = { name: 'pictures', type: 'simulator' };

const PICTURE = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 };

let directory: string;
let redcloud: TestRedCloud;
let customer: Customer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-mms-'));
  redcloud = await startRedCloud({ env: { RC_CARRIERS: carriersFile('all', [TEXT_ONLY, PICTURES], 'text-only') } });
  customer = await newCustomer(redcloud);
  const common = { apiClientId: customer.clientId, campaignRegId: 'camp', mmsEnabled: true };
  const { status } = await redcloud.admin('POST', '/numbers', {
    numbers: [
      { ...common, e164: '+15557780011' },
      { ...common, e164: '+15557780012', carrier: 'pictures' },
      { ...common, e164: '+15557780013', carrier: 'text-only' },
      { ...common, e164: '+15557780014', carrier: 'text-only', mmsEnabled: false },
    ],
  });
  expect(status).toBe(201);
});
afterAll(async () => {
  await redcloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

function carriersFile(name: string, carriers: object[], usual: string): string {
  const file = join(directory, `${name}.json`);
  writeFileSync(file, JSON.stringify({ carriers, default: usual }));
  return file;
}

async function read(path: string) {
  return (await redcloud.call(`/api/core/${path}`, { token: customer.token })).json;
}

/** Problem and stored setting of each number, by its last digit. */
async function listed(): Promise<Record<string, unknown>> {
  const { numbers } = await read('numbers');
  const entries = numbers.map(({ e164, mmsEnabled, mmsProblem }: Record<string, string>) => [
    (e164 as string).at(-1),
    [mmsEnabled, mmsProblem],
  ]);
  return Object.fromEntries(entries);
}

test('A number counts as MMS-enabled only if its carrier, or the default carrier, supports MMS.', async () => {
  const { assignedNumbers } = await read('whoami');
  expect(assignedNumbers).toEqual({ total: 4, smsEnabledCount: 4, mmsEnabledCount: 1 });
  expect(await listed()).toEqual({
    1: [true, 'CARRIER_WITHOUT_MMS'],
    2: [true, undefined],
    3: [true, 'CARRIER_WITHOUT_MMS'],
    4: [false, undefined],
  });
});

test('A send from a number with an MMS problem is rejected, and a change of the number returns the problem.', async () => {
  const { numbers } = await read('numbers');
  const [withProblem] = numbers;
  const refused = await redcloud.call('/api/core/messages/send', {
    method: 'POST',
    token: customer.token,
    headers: { 'idempotency-key': 'mms' },
    body: { sendFrom: withProblem.numberId, to: ['+15551234567'], messageType: 'MMS', media: [PICTURE] },
  });
  expect([refused.status, refused.json.error.message]).toEqual([400, 'No configured carrier supports MMS']);
  const changed = await redcloud.call(`/api/core/numbers/${withProblem.numberId}`, {
    method: 'PATCH',
    token: customer.token,
    body: { campaignregId: 'camp_2' },
  });
  expect(changed.json).toMatchObject({ mmsEnabled: true, mmsProblem: 'CARRIER_WITHOUT_MMS' });
});

test('A number whose carrier is no longer configured does not count as MMS-enabled.', async () => {
  redcloud = await redcloud.restart({ RC_CARRIERS: carriersFile('one', [PICTURES], 'pictures') });
  expect(await listed()).toMatchObject({ 1: [true, undefined], 3: [true, 'CARRIER_NOT_CONFIGURED'] });
  expect((await read('whoami')).assignedNumbers.mmsEnabledCount).toBe(2);
});
