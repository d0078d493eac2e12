import { describe, expect, test } from 'vitest';
import { ownRedCloud } from '../support/own-redcloud.ts';
import {
  createPool,
  importNumbers,
  type Member,
  nextSerial,
  SANDBOX_CLIENT,
  sendersOf,
  sendFrom,
} from '../support/pool.ts';

const { redcloud } = ownRedCloud();

const handset = (area = '212') => `+1${area}555${String(nextSerial()).padStart(4, '0')}`;
const send = (id: string, to: readonly string[], body = {}) => sendFrom(redcloud(), id, to, body);

/** Addresses from which a pool sends to recipients now. */
async function senders(id: string, to: readonly string[]): Promise<string[]> {
  return sendersOf(redcloud(), await send(id, to));
}

describe('Number of a message that a pool sends', () => {
  test('The number used last sends, otherwise one with the area code, also within one request.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['206', '212', '305']);
    const [seattle, newYork, miami] = members.map(({ e164 }) => e164);
    const to = [handset('212'), handset('305'), handset('206')];
    expect(await senders(poolId, to)).toEqual([newYork, miami, seattle]);
    expect(await senders(poolId, to.toReversed())).toEqual([seattle, miami, newYork]);
    const answer = await send(poolId, [to[0] as string]);
    const { json } = await redcloud().call(`/api/core/messages/${answer.json.results[0].messageId}`);
    expect(json).toMatchObject({ numberId: members[1]?.numberId, from: newYork });
  });

  test('A member that left, became INACTIVE or is not enabled is replaced, and the new one stays.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['212', '206', '305', '415']);
    const [first, second, third, fourth] = members as [Member, Member, Member, Member];
    const admin = redcloud().admin;
    const to = handset('212');
    const sender = async () => (await senders(poolId, [to]))[0];
    expect(await sender()).toBe(first.e164);
    await admin('PATCH', `/pools/${poolId}`, { removeNumberIds: [first.numberId, fourth.numberId] });
    const next = await sender();
    expect([second.e164, third.e164]).toContain(next);
    await admin('PATCH', `/pools/${poolId}`, { addNumberIds: [first.numberId] });
    expect(await sender()).toBe(next);
    const { numberId } = members.find(({ e164 }) => e164 === next) as Member;
    await admin('PATCH', `/numbers/${numberId}`, { status: 'INACTIVE' });
    expect(await sender()).toBe(first.e164);
    await admin('PATCH', `/numbers/${first.numberId}`, { smsEnabled: false });
    expect(await sender()).toBe([second, third].find((one) => one.numberId !== numberId)?.e164);
  });

  test('Concurrent sends to new recipients use one number for each recipient.', async () => {
    const { poolId } = await createPool(redcloud(), ['206', '305', '415', '503']);
    const to = Array.from({ length: 10 }, () => handset('646'));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => send(poolId, n % 2 === 0 ? to : to.toReversed())),
    );
    const all: string[][] = [];
    for (const [n, answer] of answers.entries()) {
      const got = await sendersOf(redcloud(), answer);
      all.push(n % 2 === 0 ? got : got.toReversed());
      expect(all[n]).toEqual(all[0]);
    }
    expect(new Set(all[0]).size).toBeGreaterThan(1);
  });

  test('An inbound message makes its number the one of the conversation.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['212', '206']);
    const [newYork, seattle] = members.map(({ e164 }) => e164);
    const to = handset('212');
    expect(await senders(poolId, [to])).toEqual([newYork]);
    await redcloud().call('/sandbox/inbound', {
      method: 'POST',
      token: null,
      body: { from: to, to: seattle, text: 'hi' },
    });
    expect(await senders(poolId, [to])).toEqual([seattle]);
  });

  test('A repeat gets the stored response, also after the pool has lost all its numbers.', async () => {
    const { poolId } = await createPool(redcloud(), ['212']);
    const body = { sendFrom: poolId, to: [handset(), 'invalid'] };
    const first = await redcloud().send('pool repeat', body);
    await redcloud().admin('PATCH', `/pools/${poolId}`, { numberIds: [] });
    const again = await redcloud().send('pool repeat', body);
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([202, first.text, 'true']);
    await redcloud().admin('DELETE', `/pools/${poolId}`);
    expect((await redcloud().send('pool repeat', body)).text).toBe(first.text);
  });
});

describe('Rejected sends of pools', () => {
  test('An unknown pool, that of another client and hostile ids are 403, as an unknown number.', async () => {
    const { json: other } = await redcloud().admin('POST', '/accounts', { name: 'Other' });
    const { json: created } = await redcloud().admin('POST', '/clients', { accountId: other.id, name: 'Other' });
    const { json: pool } = await redcloud().admin('POST', '/pools', { apiClientId: created.client.id, name: 'Other' });
    const unknown = (await send('num_unknown', [handset()])).json.error;
    for (const id of [pool.poolId, 'pool_unknown', 'pool_', "pool_' or 1=1", `pool_${'a'.repeat(200)}`]) {
      const { status, json } = await send(id, [handset()]);
      expect([id, status, json.error]).toEqual([id, 403, unknown]);
    }
    expect((await send('pool_a\0', [handset()])).status).toBe(400);
    expect((await send(`pool_${'a'.repeat(300)}`, [handset()])).status).toBe(400);
  });

  test('A pool without a number for the type of the message is 400 with the conditions.', async () => {
    const numbers = [
      ...(await importNumbers(redcloud(), ['212'], { campaignRegId: null })),
      ...(await importNumbers(redcloud(), ['212'], { status: 'INACTIVE' })),
      ...(await importNumbers(redcloud(), ['212'], { smsEnabled: false })),
    ];
    const numberIds = numbers.map(({ numberId }) => numberId);
    const { json } = await redcloud().admin('POST', '/pools', { apiClientId: SANDBOX_CLIENT, name: 'x', numberIds });
    const refused = await send(json.poolId, [handset()]);
    expect([refused.status, refused.json.error.code, refused.json.error.message]).toEqual([
      400,
      'INVALID_REQUEST',
      'sendFrom has no number that can send SMS. A number must be ACTIVE and enabled for SMS, and a long code of ' +
        'country code 1 must have campaignregId configured.',
    ]);
    const [tollFree] = await importNumbers(redcloud(), ['833'], { campaignRegId: null });
    await redcloud().admin('PATCH', `/pools/${json.poolId}`, { addNumberIds: [tollFree?.numberId] });
    expect(await senders(json.poolId, [handset()])).toEqual([tollFree?.e164]);
  });

  test('An MMS is sent by a member that is enabled for it, and an SMS by the number of the conversation.', async () => {
    const { poolId, members } = await createPool(redcloud(), ['212', '206']);
    await redcloud().admin('PATCH', `/numbers/${members[1]?.numberId}`, { mmsEnabled: true });
    const media = [{ storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182_340 }];
    const mms = await send(poolId, [handset('212')], { messageType: 'MMS', media });
    expect(await sendersOf(redcloud(), mms)).toEqual([members[1]?.e164]);
  });
});
