// @module-tag slow
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importNumbers, type Member } from '../../server/test/support/pool.ts';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { Machine } from './command.ts';

const CLIENT = 'rc_test_client_123';
let redcloud: TestRedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud();
  machine = new Machine({ REDCLOUD_URL: redcloud.url, RC_ADMIN_TOKEN: OPERATOR });
});
afterAll(async () => {
  await redcloud.stop();
  await machine.remove();
});

const admin = (...args: string[]) => machine.run(['admin', ...args]);
const people = (...args: string[]) => machine.run(['--no-json', 'admin', ...args]);
const CREATE = ['pools', 'create', '--client', CLIENT, '--name'];

describe('`redcloud admin pools`', () => {
  test('A pool is created, changed, listed and deleted.', async () => {
    const [a, b, c] = (await importNumbers(redcloud, ['212', '206', '305'])).map(({ numberId }) => numberId);
    const [first, second, third] = [a, b, c] as [string, string, string];
    const created = await admin(...CREATE, 'Shop', '--number', first, '--number', second);
    expect(created.code).toBe(0);
    const { poolId } = created.json();
    expect(created.json()).toMatchObject({ name: 'Shop', apiClientId: CLIENT });
    expect(new Set(created.json().numberIds)).toEqual(new Set([first, second]));

    // Repeats change nothing.
    for (const _ of [1, 2]) {
      const added = await admin('pools', 'add', poolId, third, first);
      expect(new Set(added.json().numberIds)).toEqual(new Set([first, second, third]));
    }
    for (const _ of [1, 2]) {
      expect((await admin('pools', 'remove', poolId, first, third)).json().numberIds).toEqual([second]);
    }
    const renamed = await people('pools', 'rename', poolId, 'Shop 2');
    expect(renamed.stdout).toMatch(/^name +Shop 2$/m);
    expect(renamed.stdout).toMatch(new RegExp(`^numberIds +${second}$`, 'm'));

    const [table, json, other] = await Promise.all([
      people('pools'),
      admin('pools', 'list', '--client', CLIENT),
      admin('pools', 'list', '--client', 'other'),
    ]);
    expect(table.stdout).toMatch(/^ID +NAME +CLIENT +NUMBERS$/m);
    expect(table.stdout).toMatch(new RegExp(`^${poolId} +Shop 2 +${CLIENT} +${second}$`, 'm'));
    expect(json.lines()).toMatchObject([{ poolId, name: 'Shop 2', numberIds: [second] }]);
    expect([other.code, other.stdout]).toEqual([0, '']);

    expect((await admin('pools', 'delete', poolId)).json()).toEqual({ poolId, deleted: true });
    const again = await admin('pools', 'delete', poolId);
    expect([again.code, JSON.parse(again.stderr).error.message]).toEqual([4, 'No such pool']);
  });

  test('A repeated command with one key creates one pool.', async () => {
    const create = () => admin(...CREATE, 'Twice', '--key', 'pool-twice');
    const [one, other] = [await create(), await create()];
    expect(other.json()).toEqual(one.json());
    expect((await admin('pools')).lines().filter(({ name }) => name === 'Twice')).toHaveLength(1);
  });

  test('A list of more than one page is complete.', async () => {
    const names = Array.from({ length: 201 }, (_, n) => `Page ${n}`);
    for (const name of names) await redcloud.admin('POST', '/pools', { apiClientId: CLIENT, name });
    const listed = (await admin('pools')).lines().map(({ name }) => name);
    expect(listed.filter((name) => name.startsWith('Page '))).toEqual(names);
  });

  test.each([
    [['pools', 'create', '--name', 'X'], "required option '--client"],
    [['pools', 'add', 'pool_1'], "missing required argument 'numberIds'"],
    [['pools', 'delete', '..'], 'poolId must be an id'],
  ])('The command %s exits with 2 and a usage error.', async (args, message) => {
    const { code, stderr } = await admin(...args);
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
  });

  test('A number of another client is rejected with the reason.', async () => {
    const { json } = await redcloud.admin('POST', '/numbers', { numbers: [{ e164: '+12127779999' }] });
    const { numberId } = json.imported[0];
    const { code, stderr } = await admin(...CREATE, 'Foreign', '--number', numberId);
    expect(code).toBe(4);
    expect(JSON.parse(stderr).error.message).toBe(
      `Number ${numberId} is not assigned to API client ${CLIENT}. Assign it first.`,
    );
  });
});

test('`redcloud admin route` names the number that a pool would select.', async () => {
  const [seattle, newYork] = (await importNumbers(redcloud, ['206', '212'])) as [Member, Member];
  const created = await admin(...CREATE, 'Route', '--number', seattle.numberId, '--number', newYork.numberId);
  const { poolId } = created.json();
  const args = ['route', '--from', poolId, '--to', '+12125551234'];
  const [json, text] = [await admin(...args), await people(...args)];
  expect([json.code, json.json().numberId]).toEqual([0, newYork.numberId]);
  expect(text.stdout).toMatch(new RegExp(`^numberId +${newYork.numberId}$`, 'm'));
  for (const { numberId } of [seattle, newYork]) {
    await redcloud.admin('PATCH', `/numbers/${numberId}`, { allowedCountries: ['44'] });
  }
  const refused = await admin(...args);
  expect([refused.code, refused.json().errorCode]).toEqual([3, 'COUNTRY_NOT_ALLOWED']);
});
