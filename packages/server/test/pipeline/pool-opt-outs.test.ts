import { describe, expect, test } from 'vitest';
import { ownRedCloud } from '../support/own-redcloud.ts';
import { createPool, importNumbers, type Member, nextSerial, SANDBOX_CLIENT, sendFrom } from '../support/pool.ts';

const { redcloud } = ownRedCloud();

const handset = () => `+1212555${String(nextSerial()).padStart(4, '0')}`;
const poolOf = async (areas: readonly string[]) => {
  const { poolId, members } = await createPool(redcloud(), areas);
  return { poolId, members: members as [Member, Member, Member] };
};
const patch = (poolId: string, change: object) => redcloud().admin('PATCH', `/pools/${poolId}`, change);

async function isRefused(id: string, to: string): Promise<boolean> {
  const { json } = await sendFrom(redcloud(), id, [to]);
  const [refused] = json.errors;
  if (refused) expect(refused.error.code).toBe('RECIPIENT_OPTED_OUT');
  return refused !== undefined;
}

async function write(from: string, { e164 }: Member, text: string): Promise<void> {
  const body = { from, to: e164, text };
  const { status } = await redcloud().call('/sandbox/inbound', { method: 'POST', token: null, body });
  expect(status).toBe(202);
}

const optOuts = (path: string, method = 'GET', body?: object) =>
  redcloud().call(`/api/core/opt-outs${path}`, { method, ...(body ? { body } : {}) });
const escaped = (recipient: string) => encodeURIComponent(recipient);

/** Ids with a current opt-out of the recipient. */
async function standing(recipient: string): Promise<string[]> {
  const { json } = await optOuts(`?recipient=${escaped(recipient)}`);
  return json.optOuts.map(({ numberId }: { numberId: string }) => numberId).toSorted();
}

async function history(recipient: string): Promise<string[][]> {
  const { json } = await optOuts(`/history?recipient=${escaped(recipient)}`);
  return json.changes.map((one: Record<string, string>) => [
    one['change'],
    one['numberId'],
    one['note'] ?? one['keyword'] ?? one['origin'],
  ]);
}

describe('Opt-outs of a pool', () => {
  test('STOP to one number stops the pool and all its numbers, until START to any of them.', async () => {
    const { poolId, members } = await poolOf(['212', '206', '305']);
    const [first, second, third] = members;
    const [to, other] = [handset(), handset()];
    await write(to, second, 'STOP');
    for (const id of [poolId, ...members.map(({ numberId }) => numberId)]) {
      expect([id, await isRefused(id, to), await isRefused(id, other)]).toEqual([id, true, false]);
    }
    expect(await isRefused('num_abc123', to)).toBe(false);
    expect(await standing(to)).toEqual([second.numberId, poolId].toSorted());
    await write(to, first, 'STOP');
    await write(to, third, 'START');
    for (const id of [poolId, ...members.map(({ numberId }) => numberId)]) expect(await isRefused(id, to)).toBe(false);
    expect(await standing(to)).toEqual([]);
    expect((await history(to)).map(([change]) => change)).toEqual([
      ...Array(3).fill('OPTED_OUT'),
      ...Array(3).fill('OPTED_IN'),
    ]);
  });

  test('The reply comes from the number to which the handset has written.', async () => {
    const { poolId, members } = await poolOf(['212', '206']);
    const to = handset();
    expect(await isRefused(poolId, to)).toBe(false);
    await write(to, members[1], 'STOP');
    await expect
      .poll(async () => {
        const { json } = await redcloud().call(`/api/core/messages?to=${escaped(to)}`);
        return json.messages.find(({ purpose }: { purpose: string }) => purpose === 'OPT_OUT_REPLY')?.from;
      })
      .toBe(members[1].e164);
  });

  test('An opt-out and an opt-in through the API apply to the pool, by number and by pool.', async () => {
    const { poolId, members } = await poolOf(['212', '206']);
    const [first, second] = members;
    const to = handset();
    const add = (numberId: string) => optOuts('', 'POST', { numberId, recipient: to });
    const remove = async (numberId: string) => (await optOuts(`/${numberId}/${escaped(to)}`, 'DELETE')).status;
    expect((await add(first.numberId)).status).toBe(201);
    expect((await add(first.numberId)).json).toMatchObject({ numberId: first.numberId, origin: 'API' });
    expect([await isRefused(poolId, to), await isRefused(second.numberId, to)]).toEqual([true, true]);
    expect([await remove(second.numberId), await remove(second.numberId)]).toEqual([204, 404]);
    expect([await isRefused(poolId, to), await isRefused(first.numberId, to)]).toEqual([false, false]);

    expect([(await add(poolId)).status, (await add(poolId)).status]).toEqual([201, 200]);
    const listed = await optOuts(`?numberId=${poolId}`);
    expect(listed.json.optOuts).toEqual([expect.objectContaining({ numberId: poolId, recipient: to })]);
    expect((await optOuts(`/history?numberId=${poolId}&recipient=${escaped(to)}`)).json.changes).toHaveLength(3);
    for (const id of [poolId, first.numberId, second.numberId]) expect(await isRefused(id, to)).toBe(true);
    expect([await remove(poolId), await remove(poolId)]).toEqual([204, 404]);
    expect(await isRefused(first.numberId, to)).toBe(false);
  });

  test('The pool of another client is not found by routes of opt-outs.', async () => {
    const { json: account } = await redcloud().admin('POST', '/accounts', { name: 'Other' });
    const { json: created } = await redcloud().admin('POST', '/clients', { accountId: account.id, name: 'Other' });
    const { json: pool } = await redcloud().admin('POST', '/pools', { apiClientId: created.client.id, name: 'x' });
    for (const id of [pool.poolId, 'pool_unknown']) {
      expect((await optOuts(`?numberId=${id}`)).status).toBe(404);
      expect((await optOuts(`/history?numberId=${id}`)).status).toBe(404);
      expect((await optOuts('', 'POST', { numberId: id, recipient: handset() })).status).toBe(404);
      expect((await optOuts(`/${id}/${escaped(handset())}`, 'DELETE')).status).toBe(404);
    }
  });

  test('A waiting message of a pool is not submitted after a STOP to another number of the pool.', async () => {
    const { poolId, members } = await poolOf(['212', '206']);
    await redcloud().admin('POST', '/carriers/simulator/pause');
    const to = handset();
    const { json } = await sendFrom(redcloud(), poolId, [to]);
    const direct = (await sendFrom(redcloud(), members[0].numberId, [to])).json;
    await write(to, members[1], 'STOP');
    await redcloud().admin('POST', '/carriers/simulator/resume');
    for (const { messageId } of [...json.results, ...direct.results]) {
      await expect
        .poll(async () => (await redcloud().call(`/api/core/messages/${messageId}`)).json, { timeout: 10_000 })
        .toMatchObject({ status: 'FAILED', error: { code: 'RECIPIENT_OPTED_OUT' } });
    }
  });
});

describe('Numbers that join or leave', () => {
  test('The opt-outs of a number that joins apply to the pool, and remain when the number leaves.', async () => {
    const { poolId, members } = await poolOf(['212']);
    const [joining] = (await importNumbers(redcloud(), ['206'])) as [Member];
    const to = handset();
    await write(to, joining, 'STOP');
    expect(await isRefused(poolId, to)).toBe(false);
    await patch(poolId, { addNumberIds: [joining.numberId] });
    for (const id of [poolId, members[0].numberId]) expect(await isRefused(id, to)).toBe(true);
    await patch(poolId, { removeNumberIds: [joining.numberId] });
    for (const id of [poolId, joining.numberId]) expect(await isRefused(id, to)).toBe(true);
    expect(await history(to)).toEqual([
      ['OPTED_OUT', joining.numberId, 'STOP'],
      ['OPTED_OUT', poolId, `Copied from ${joining.numberId}`],
    ]);
  });

  test.each([
    ['is removed', (poolId: string, id: string) => patch(poolId, { removeNumberIds: [id] })],
    ['is replaced', (poolId: string) => patch(poolId, { numberIds: [] })],
    ['is in a deleted pool', (poolId: string) => redcloud().admin('DELETE', `/pools/${poolId}`)],
  ])('A number that %s keeps the opt-outs of the pool.', async (_, leave) => {
    const { poolId, members } = await poolOf(['212', '206']);
    const to = handset();
    await write(to, members[0], 'STOP');
    await leave(poolId, members[1].numberId);
    expect(await isRefused(members[1].numberId, to)).toBe(true);
    expect(await history(to)).toContainEqual(['OPTED_OUT', members[1].numberId, `Copied from ${poolId}`]);
    // The number has its own opt-outs again.
    await write(to, members[1], 'START');
    expect(await isRefused(members[1].numberId, to)).toBe(false);
  });

  test('A number that returns from another client has the opt-outs of its former pool.', async () => {
    const { poolId, members } = await poolOf(['212', '206']);
    const to = handset();
    await write(to, members[0], 'STOP');
    const path = `/numbers/${members[1].numberId}`;
    await redcloud().admin('PATCH', path, { apiClientId: null });
    await redcloud().admin('PATCH', path, { apiClientId: SANDBOX_CLIENT, campaignRegId: 'camp_pool' });
    expect(await isRefused(members[1].numberId, to)).toBe(true);
    expect(await isRefused(poolId, to)).toBe(true);
  });

  test('Opt-outs during joins and leaves are lost by neither the number nor the pool.', async () => {
    const { poolId } = await poolOf(['212']);
    const [number] = (await importNumbers(redcloud(), ['206'])) as [Member];
    const recipients = Array.from({ length: 30 }, () => handset());
    const changes = recipients.map(async (to, n) => {
      const change = n % 2 === 0 ? { addNumberIds: [number.numberId] } : { removeNumberIds: [number.numberId] };
      await Promise.all([write(to, number, 'STOP'), patch(poolId, change)]);
    });
    await Promise.all(changes);
    await patch(poolId, { addNumberIds: [number.numberId] });
    for (const to of recipients) {
      expect([await isRefused(poolId, to), await isRefused(number.numberId, to)]).toEqual([true, true]);
    }
  });
});
