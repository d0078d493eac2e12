import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PhoneNumber } from '#numbers/numbers.ts';
import { PoolSenders } from './pool-sender.ts';

const addressed = (id: string, to: string) => ({ id, to, releaseAt: null, expiresAt: null });
const CLIENT = 'client_1';
const FAILOVER_MS = 60_000;

const number = (nth: number, more: Partial<PhoneNumber> = {}): PhoneNumber => ({
  numberId: `num_${nth}`,
  e164: `+1212555${1_000 + nth}`,
  apiClientId: CLIENT,
  status: 'ACTIVE',
  campaignRegId: 'camp',
  smsEnabled: true,
  mmsEnabled: true,
  carrier: null,
  carriers: null,
  allowedCountries: null,
  webhookInboundOverride: null,
  webhookDeliveryOverride: null,
  poolId: 'pool_a',
  ...more,
});

/** Pool with these members. @param outages outage in milliseconds by numberId. undefined: no carrier. */
function pool(
  members: readonly PhoneNumber[],
  outages: ReadonlyMap<string, number | undefined> = new Map(),
  tests: string[] = [],
) {
  const sticky = new Map<string, string>();
  const byId = new Map(members.map((member) => [member.numberId, member]));
  const senders = new PoolSenders({
    failoverAfterMs: () => FAILOVER_MS,
    numbers: { byId: Object.assign(async (id: string) => byId.get(id), { invalidate: () => undefined }) },
    backlog: { waiting: () => ({ ofClient: 0, ofLane: 0 }) },
    routing: {
      outagesOf:
        ({ numberId }) =>
        () =>
          outages.has(numberId) ? outages.get(numberId) : 0,
      takesTest: ({ numberId }) => tests[0] === numberId && tests.shift() !== undefined,
      mediaLimits: () => undefined,
    },
    pools: {
      senders: async (poolId) =>
        poolId === 'pool_a' ? { apiClientId: CLIENT, memberIds: [...byId.keys(), 'num_left'] } : undefined,
      conversations: {
        assign: async (_poolId, recipients, select) =>
          recipients.map((recipient) => {
            const chosen = select(recipient, sticky.get(recipient));
            if (chosen !== undefined) sticky.set(recipient, chosen);
            return chosen;
          }),
        numbersOf: async (keys) => keys.map(({ recipient }) => sticky.get(recipient)),
      },
    },
  });
  return { senders, sticky };
}

const TO = '+12125550001';
const SMS = { text: 'x', messageType: 'SMS' } as const;

describe('Members of a pool', () => {
  test.each([
    ['that is ACTIVE and enabled', {}, true],
    ['that is INACTIVE', { status: 'INACTIVE' }, false],
    ['that is not enabled for SMS', { smsEnabled: false }, false],
    ['with country code 1 and no campaign', { campaignRegId: null }, false],
    ['that is toll-free and has no campaign', { campaignRegId: null, e164: '+18335551000' }, true],
    ['of another country without a campaign', { campaignRegId: null, e164: '+4722334455' }, true],
  ] as const)('A number %s sends SMS: %j, %j.', async (_, more, isUsable) => {
    const { senders } = pool([number(1, more)]);
    const found = senders.sender('pool_a', CLIENT, 'SMS').then(({ members }) => members.length);
    if (isUsable) expect(await found).toBe(1);
    else await expect(found).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test.each([
    ['pool_unknown', CLIENT],
    ['pool_a', 'client_2'],
  ])('The pool %s is not available to %s.', async (poolId, client) => {
    const { senders } = pool([number(1)]);
    await expect(senders.sender(poolId, client, 'SMS')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('No recipient gets a number that has no carrier, or a blocked one while another is open.', async () => {
    const member = fc.record({
      status: fc.constantFrom<PhoneNumber['status']>('ACTIVE', 'INACTIVE'),
      smsEnabled: fc.boolean(),
      outage: fc.constantFrom(undefined, 0, FAILOVER_MS - 1, FAILOVER_MS),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 6 }), fc.nat({ max: 5 }), async (given, last) => {
        const members = given.map(({ status, smsEnabled }, n) => number(n, { status, smsEnabled }));
        const outages = new Map(given.map(({ outage }, n) => [`num_${n}`, outage]));
        const usable = members.filter(({ status, smsEnabled }) => status === 'ACTIVE' && smsEnabled);
        fc.pre(usable.length > 0);
        const { senders, sticky } = pool(members, outages);
        sticky.set(TO, `num_${last}`);
        const sender = await senders.sender('pool_a', CLIENT, 'SMS');
        const { assigned, refused } = await senders.assign(sender, SMS, [addressed('msg_1', TO)]);
        const possible = usable.filter(({ numberId }) => outages.get(numberId) !== undefined);
        const open = possible.filter(({ numberId }) => (outages.get(numberId) ?? 0) < FAILOVER_MS);
        if (possible.length === 0) {
          expect(assigned).toEqual([]);
          expect(refused).toMatchObject([{ to: TO, error: { code: 'NO_ROUTE' } }]);
          return;
        }
        const [{ number: chosen } = {}] = assigned;
        expect(open.length > 0 ? open : possible).toContain(chosen);
        if (open.some(({ numberId }) => numberId === `num_${last}`)) expect(chosen?.numberId).toBe(`num_${last}`);
      }),
    );
  });
});

test('A number that may not send to the country of the recipient is not selected.', async () => {
  const { senders, sticky } = pool([
    number(1, { allowedCountries: ['44'] }),
    number(2, { allowedCountries: ['1', '44'] }),
  ]);
  sticky.set(TO, 'num_1');
  const sender = await senders.sender('pool_a', CLIENT, 'SMS');
  const to = [addressed('msg_1', TO), addressed('msg_2', '+4722334455')];
  const { assigned, refused } = await senders.assign(sender, SMS, to);
  expect(assigned.map(({ id, number: { numberId } }) => [id, numberId])).toEqual([['msg_1', 'num_2']]);
  expect(refused).toMatchObject([{ to: '+4722334455', error: { code: 'COUNTRY_NOT_ALLOWED' } }]);
});

test('One message tests the carrier of a blocked number, and the others use another number.', async () => {
  const { senders, sticky } = pool([number(1), number(2)], new Map([['num_1', FAILOVER_MS]]), ['num_1']);
  const to = ['+12125550001', '+12125550002', '+12125550003'].map((one, n) => addressed(`msg_${n}`, one));
  for (const one of to) sticky.set(one.to, 'num_1');
  const sender = await senders.sender('pool_a', CLIENT, 'SMS');
  const { assigned } = await senders.assign(sender, SMS, to);
  expect(assigned.map((one) => one.number.numberId)).toEqual(['num_1', 'num_2', 'num_2']);
});

test('A preview selects the member of a send, stores nothing, and tests no carrier.', async () => {
  const tests = ['num_1'];
  const members = [number(1), number(2), number(3, { mmsEnabled: false, allowedCountries: ['44'] })];
  const { senders, sticky } = pool(members, new Map([['num_1', FAILOVER_MS]]), tests);
  expect(await senders.preview('pool_a', 'SMS', TO)).toMatchObject({ number: { numberId: 'num_2' } });
  expect([tests, [...sticky]]).toEqual([['num_1'], []]);
  sticky.set('+447911123456', 'num_3');
  expect(await senders.preview('pool_a', 'SMS', '+447911123456')).toMatchObject({ number: { numberId: 'num_3' } });
  expect(await senders.preview('pool_a', 'MMS', '+447911123456')).toMatchObject({ number: { numberId: 'num_2' } });
  expect(await senders.preview('pool_gone', 'SMS', TO)).toBeUndefined();
});

describe('Another member for a waiting message', () => {
  const waiting = { poolId: 'pool_a', numberId: 'num_1', to: TO, ...SMS };

  test.each([
    ['while the carrier of its number is out for less than the time', FAILOVER_MS - 1, 0, undefined],
    ['after the time', FAILOVER_MS, 0, 'num_2'],
    ['if its number has no carrier any more', undefined, 0, 'num_2'],
    ['if the other member is blocked as well', FAILOVER_MS, FAILOVER_MS, undefined],
  ])('A message %s gets the right member.', async (_, own, other, expected) => {
    const outages = new Map([
      ['num_1', own],
      ['num_2', other],
    ]);
    const { senders } = pool([number(1), number(2)], outages);
    expect((await senders.otherMember(waiting, 'num_1'))?.numberId).toBe(expected);
  });

  test('The member that the conversation uses meanwhile is preferred.', async () => {
    const all = [1, 2, 3, 4].map((nth) => number(nth));
    const { senders } = pool(all, new Map([['num_1', FAILOVER_MS]]));
    for (const id of ['num_2', 'num_3', 'num_4']) {
      expect((await senders.otherMember(waiting, id))?.numberId).toBe(id);
    }
    expect(await senders.otherMember({ ...waiting, poolId: 'pool_gone' }, 'num_2')).toBeUndefined();
  });
});
