import { describe, expect, test } from 'vitest';
import { createPool, importNumbers, SANDBOX_CLIENT } from '../support/pool.ts';
import { asOperator, LONG, TIME } from './operator.ts';

const { redcloud, admin, client } = asOperator();

const UNKNOWN = 'pool_01JDQ0000000000000000000AA';
const idsOf = (members: readonly { numberId: string }[]) => members.map(({ numberId }) => numberId).toSorted();
const create = (numberIds: readonly string[], more = {}) =>
  admin('POST', '/pools', { apiClientId: SANDBOX_CLIENT, name: 'Shop', numberIds, ...more });
const poolOf = async (numberId: string) => {
  const { json } = await redcloud().call('/api/core/numbers');
  return json.numbers.find((one: { numberId: string }) => one.numberId === numberId)?.poolId;
};

describe('Pools', () => {
  test('A pool is created with numbers, read, listed and deleted.', async () => {
    const members = await importNumbers(redcloud(), ['212', '206']);
    const [first] = idsOf(members) as [string];
    const made = await create([...idsOf(members), first]);
    expect(made.status).toBe(201);
    const pool = {
      ...{ poolId: expect.stringMatching(/^pool_/), apiClientId: SANDBOX_CLIENT, name: 'Shop' },
      ...{ numberIds: idsOf(members), createdAt: TIME, updatedAt: TIME },
    };
    expect(made.json).toEqual(pool);
    const { poolId } = made.json;
    expect((await admin('GET', `/pools/${poolId}`)).json).toEqual(made.json);
    expect((await admin('GET', `/pools?apiClientId=${SANDBOX_CLIENT}`)).json.pools).toContainEqual(made.json);
    expect((await admin('GET', '/pools?apiClientId=other')).json).toEqual({ pools: [], nextCursor: null });
    expect(await poolOf(first)).toBe(poolId);
    expect((await admin('PATCH', `/numbers/${first}`, { mmsEnabled: true })).json.poolId).toBe(poolId);

    expect((await admin('DELETE', `/pools/${poolId}`)).status).toBe(204);
    expect((await admin('GET', `/pools/${poolId}`)).status).toBe(404);
    expect((await admin('DELETE', `/pools/${poolId}`)).status).toBe(404);
    expect(await poolOf(first)).toBeUndefined();
  });

  test('The list has pages.', async () => {
    for (let n = 0; n < 3; n += 1) await create([]);
    const found: string[] = [];
    for (let after = ''; ; ) {
      const { json } = await admin('GET', `/pools?limit=2${after}`);
      found.push(...json.pools.map(({ poolId }: { poolId: string }) => poolId));
      expect(json.pools.length).toBeLessThanOrEqual(2);
      if (json.nextCursor === null) break;
      after = `&after=${json.nextCursor}`;
    }
    expect(found).toEqual([...new Set(found)].toSorted());
    expect(found.length).toBeGreaterThanOrEqual(3);
    expect((await admin('GET', '/pools?after=x')).status).toBe(400);
  });

  test('A change renames a pool, replaces its numbers, or adds and removes some, and is safe to repeat.', async () => {
    const members = await importNumbers(redcloud(), ['212', '206', '305']);
    const [a, b, c] = idsOf(members) as [string, string, string];
    const path = `/pools/${(await create([a])).json.poolId}`;
    const patch = async (change: object) => (await admin('PATCH', path, change)).json;
    for (let n = 0; n < 2; n += 1) {
      expect(await patch({ name: 'Renamed' })).toMatchObject({ name: 'Renamed', numberIds: [a] });
      expect((await patch({ addNumberIds: [b, c], removeNumberIds: [a] })).numberIds).toEqual([b, c]);
      expect((await patch({ numberIds: [a, c] })).numberIds).toEqual([a, c]);
      expect((await patch({ removeNumberIds: [c, 'num_unknown'] })).numberIds).toEqual([a]);
    }
    expect([await poolOf(a), await poolOf(b)]).toEqual([path.slice('/pools/'.length), undefined]);
  });

  test('A repeated creation with the same key returns the first pool.', async () => {
    const body = { apiClientId: SANDBOX_CLIENT, name: 'Once' };
    const post = (key: string, given: object) =>
      redcloud().call('/api/admin/pools', {
        ...{ method: 'POST', token: 'test-operator-token', body: given, headers: { 'idempotency-key': key } },
      });
    const first = await post('pool once', body);
    const again = await post('pool once', body);
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([201, first.text, 'true']);
    expect((await post('pool once', { ...body, name: 'Other' })).status).toBe(409);
  });

  test('Concurrent changes of one pool, and of numbers in two pools, leave each number in one pool at most.', async () => {
    const members = await importNumbers(redcloud(), ['212', '206', '305', '415']);
    const ids = idsOf(members);
    const pools = await Promise.all([create([]), create([])]);
    const paths = pools.map(({ json }) => `/pools/${json.poolId}`);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => {
        const numberIds = n % 2 === 0 ? ids : ids.toReversed();
        return admin(
          'PATCH',
          paths[n % 2] as string,
          n % 3 === 0 ? { removeNumberIds: numberIds } : { addNumberIds: numberIds },
        );
      }),
    );
    for (const { status } of answers) expect([200, 400]).toContain(status);
    const after = await Promise.all(paths.map((path) => admin('GET', path)));
    const all = after.flatMap(({ json }) => json.numberIds);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('Rejected changes of pools', () => {
  test('A number of another client, in the inventory, in another pool or unknown is rejected, and nothing changes.', async () => {
    const { client: other } = await client();
    const [own, taken, spare] = await importNumbers(redcloud(), ['212', '206', '305']);
    const [foreign] = await importNumbers(redcloud(), ['212'], { apiClientId: other.id });
    const [stock] = await importNumbers(redcloud(), ['212'], { apiClientId: null });
    const ids = [own, taken, spare, foreign, stock].map((one) => one?.numberId as string);
    const [ownId, takenId, spareId, foreignId, stockId] = ids as [string, string, string, string, string];
    const { json: pool } = await create([ownId]);
    const { json: second } = await create([takenId]);
    for (const id of [foreignId, stockId, 'num_unknown', UNKNOWN]) {
      const refused = await admin('PATCH', `/pools/${pool.poolId}`, { addNumberIds: [spareId, id] });
      expect([refused.status, refused.json.error.message]).toEqual([
        400,
        `Number ${id} is not assigned to API client ${SANDBOX_CLIENT}. Assign it first.`,
      ]);
    }
    const refused = await create([spareId, takenId]);
    expect([refused.status, refused.json.error.message]).toEqual([
      400,
      `Number ${takenId} is in pool ${second.poolId}. Remove it there first.`,
    ]);
    expect((await admin('GET', `/pools/${pool.poolId}`)).json.numberIds).toEqual([ownId]);
    expect(await poolOf(spareId)).toBeUndefined();
    expect((await create([], { apiClientId: 'unknown' })).json.error.message).toBe(
      'apiClientId must be the id of an API client',
    );
  });

  test('Unknown ids, invalid ids and ids that are too long are 404.', async () => {
    for (const id of [UNKNOWN, 'x', 'num_abc123', 'pool_', '%00', `pool_${'a'.repeat(5_000)}`, 'pool_%27--']) {
      for (const [method, body] of [['GET'], ['PATCH', { name: 'x' }], ['DELETE']] as const) {
        const { status } = await admin(method, `/pools/${id}`, body);
        expect([400, 404]).toContain(status);
      }
    }
  });

  test('Invalid bodies are 400.', async () => {
    const { poolId } = await createPool(redcloud(), ['212']);
    const path = `/pools/${poolId}`;
    const many = Array.from({ length: 201 }, (_, n) => `num_${n}`);
    for (const change of [
      {},
      { name: '' },
      { name: LONG },
      { name: 'a\0b' },
      { name: null },
      { numberIds: 'num_1' },
      { numberIds: ['a\0b'] },
      { numberIds: [LONG] },
      { numberIds: [''] },
      { numberIds: many },
      { numberIds: [], addNumberIds: [] },
      { apiClientId: 'other' },
    ]) {
      expect([change, (await admin('PATCH', path, change)).status]).toEqual([change, 400]);
    }
    for (const given of [{ name: 'x' }, { apiClientId: SANDBOX_CLIENT }, { apiClientId: 'a\0', name: 'x' }]) {
      expect([given, (await admin('POST', '/pools', given)).status]).toEqual([given, 400]);
    }
  });

  test('API clients have no access to the routes.', async () => {
    expect((await redcloud().call('/api/admin/pools')).status).toBe(401);
  });
});

test('A number that gets another owner leaves its pool.', async () => {
  const { client: other } = await client();
  const { poolId, members } = await createPool(redcloud(), ['212', '206']);
  const [first, second] = members.map(({ numberId }) => numberId) as [string, string];
  const same = await admin('PATCH', `/numbers/${first}`, { apiClientId: SANDBOX_CLIENT, status: 'INACTIVE' });
  expect(same.json).toMatchObject({ poolId, status: 'INACTIVE' });
  for (const [id, owner] of [
    [first, other.id],
    [second, null],
  ] as const) {
    expect((await admin('PATCH', `/numbers/${id}`, { apiClientId: owner })).json).toMatchObject({
      ...{ apiClientId: owner, poolId: null },
    });
  }
  expect((await admin('GET', `/pools/${poolId}`)).json.numberIds).toEqual([]);
  expect((await admin('PATCH', `/numbers/${first}`, { apiClientId: 'unknown' })).status).toBe(400);
});
