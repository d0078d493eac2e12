import { describe, expect, test } from 'vitest';
import { createPool, importNumbers, type Member, sendersOf, sendFrom } from '../support/pool.ts';
import { asOperator } from './operator.ts';

const { redcloud, admin } = asOperator();

const UNKNOWN = 'pool_01JDQ0000000000000000000AA';
const routeOf = (from: string, to: string, more = '') =>
  admin('GET', `/route?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}${more}`);

describe('GET /api/admin/route', () => {
  test('For a number, the answer names the number.', async () => {
    const [member] = (await importNumbers(redcloud(), ['212'])) as [Member];
    for (const from of [member.numberId, member.e164]) {
      const { status, json } = await routeOf(from, '+12125551000');
      expect([status, json.numberId, json.carrier, json.errorCode]).toEqual([200, member.numberId, 'simulator', null]);
    }
  });

  test('For a pool, the answer is for the member that the pool selects, and no conversation is stored.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['206', '212']);
    const [seattle, newYork] = members as [Member, Member];
    const to = '+12125551001';
    expect((await routeOf(poolId, to)).json).toMatchObject({
      ...{ numberId: newYork.numberId, carrier: 'simulator', isAvailable: true, errorCode: null },
      candidates: [{ carrier: 'simulator', problem: null }],
    });
    // A stored conversation would keep the first number although the other one has the area code.
    await admin('PATCH', `/pools/${poolId}`, { removeNumberIds: [newYork.numberId] });
    expect((await routeOf(poolId, to)).json.numberId).toBe(seattle.numberId);
    await admin('PATCH', `/pools/${poolId}`, { addNumberIds: [newYork.numberId] });
    expect(await sendersOf(redcloud(), await sendFrom(redcloud(), poolId, [to]))).toEqual([newYork.e164]);
  });

  test('The number used last with the recipient is in the answer.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['206', '212']);
    const [seattle, newYork] = members as [Member, Member];
    const to = '+12125551002';
    const body = { from: to, to: seattle.e164, text: 'hi' };
    await redcloud().call('/sandbox/inbound', { method: 'POST', token: null, body });
    expect((await routeOf(poolId, to)).json.numberId).toBe(seattle.numberId);
    expect((await routeOf(poolId, '+12125551003')).json.numberId).toBe(newYork.numberId);
  });

  test('A recipient to whom no member may send has no route, and the answer names the rule.', async () => {
    const { poolId } = await createPool(redcloud(), ['206', '212'], { allowedCountries: ['1'] });
    const { status, json } = await routeOf(poolId, '+447400123456');
    expect([status, json.numberId, json.carrier, json.errorCode]).toEqual([200, null, null, 'COUNTRY_NOT_ALLOWED']);
    expect(json.reason).toMatch(/may only send to recipients with the country code 1$/);
    expect(json.skipped).toHaveLength(2);
  });

  test('A number that may not send to the country of the recipient has no route.', async () => {
    const [member] = (await importNumbers(redcloud(), ['212'], { allowedCountries: ['1'] })) as [Member];
    const reason = `${member.e164} may only send to recipients with the country code 1`;
    expect((await routeOf(member.numberId, '+447400123456')).json).toEqual({
      ...{ numberId: member.numberId, carrier: null, route: null, reason, errorCode: 'COUNTRY_NOT_ALLOWED' },
      ...{ isAvailable: false, candidates: [], skipped: [{ route: null, carrier: null, reason }] },
    });
    expect((await routeOf(member.numberId, '+12125551004')).json.carrier).toBe('simulator');
  });

  test('A pool without a number that can send the type is rejected, as in a send.', async () => {
    const { poolId } = await createPool(redcloud(), ['212']);
    const { status, json } = await routeOf(poolId, '+12125551005', '&messageType=MMS');
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(json.error.message).toMatch(/has no number that can send MMS/);
  });

  test.each([
    [UNKNOWN, `Pool "${UNKNOWN}" does not exist`],
    ['num_nope', 'Number "num_nope" does not exist'],
    ['pool_', 'Number "pool_" does not exist'],
    ['\0', 'from must not contain U+0000'],
  ])('The sender %j is rejected with the reason.', async (from, message) => {
    const { status, json } = await routeOf(from, '+12125551006');
    expect([status, json.error.code, json.error.message]).toEqual([400, 'INVALID_REQUEST', message]);
  });

  test('A message names the pool that selected its number.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['212']);
    const poolOf = async (from: string) => {
      const { json } = await sendFrom(redcloud(), from, ['+12125551007']);
      return (await admin('GET', `/messages/${json.results[0].messageId}`)).json.poolId;
    };
    expect(await poolOf(poolId)).toBe(poolId);
    expect(await poolOf((members as [Member])[0].numberId)).toBeNull();
  });
});

test('The list of numbers can be limited to an API client, page by page.', async () => {
  const [member] = (await importNumbers(redcloud(), ['415'])) as [Member];
  const { json: free } = await admin('POST', '/numbers', { numbers: [{ e164: '+14157770001' }] });
  const idsOf = async (query: string) =>
    (await admin('GET', `/numbers?${query}`)).json.numbers.map(({ numberId }: Member) => numberId);
  const own = await idsOf('apiClientId=rc_test_client_123');
  expect(own).toContain(member.numberId);
  expect(own).not.toContain(free.imported[0].numberId);
  expect(own).toEqual(own.toSorted());
  expect(await idsOf(`apiClientId=rc_test_client_123&after=${own.at(-2)}`)).toEqual([own.at(-1)]);
  expect(await idsOf('apiClientId=other')).toEqual([]);
  expect((await admin('GET', '/numbers?apiClientId=%00')).status).toBe(400);
});
