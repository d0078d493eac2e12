import { beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { ownStores } from '../../test/support/own-store.ts';
import { Conversations, type Select } from './conversations.ts';
import { expireConversations } from './expire-conversations.ts';

const dbs = ownStores(2);
const db = () => dbs()[0] as ReturnType<typeof dbs>[number];
const DAY = 86_400_000;
const TO = '+12125551000';

let clock: TestClock;
let processes: [Conversations, Conversations];

beforeEach(async () => {
  await db().query('truncate pool_conversations');
  clock = new TestClock();
  processes = dbs().map((one) => new Conversations({ db: one, clock })) as [Conversations, Conversations];
});

/** Keeps the number used last, and otherwise takes the given one. */
const prefer =
  (numberId: string | undefined): Select =>
  (_, sticky) =>
    sticky ?? numberId;
const always =
  (numberId: string): Select =>
  () =>
    numberId;

const stored = () =>
  db().query<{ recipient: string; numberId: string; usedAt: Date }>(
    'select recipient, number_id as "numberId", used_at as "usedAt" from pool_conversations order by recipient',
  );

describe('Number of a conversation', () => {
  test('Recipients of one request get their stored numbers, and new ones the selected number.', async () => {
    const [one, other] = processes;
    expect(await one.assign('pool_a', ['+1', '+2'], prefer('num_1'))).toEqual(['num_1', 'num_1']);
    expect(await other.assign('pool_a', ['+3', '+2', '+1'], prefer('num_2'))).toEqual(['num_2', 'num_1', 'num_1']);
    expect(await other.assign('pool_b', ['+1'], prefer('num_2'))).toEqual(['num_2']);
  });

  test('A recipient without a number that can send is stored by no request.', async () => {
    expect(await processes[0].assign('pool_a', ['+1'], prefer(undefined))).toEqual([undefined]);
    expect(await stored()).toEqual([]);
  });

  test('Concurrent requests of two processes to new recipients agree on one number for each.', async () => {
    const recipients = Array.from({ length: 50 }, (_, n) => `+1212${5_550_000 + n}`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const process = processes[n % 2] as Conversations;
        const order = n % 3 === 0 ? recipients.toReversed() : recipients;
        return process
          .assign('pool_a', order, prefer(`num_${n}`))
          .then((got) => (n % 3 === 0 ? got.toReversed() : got));
      }),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await stored()).map(({ numberId }) => numberId)).toEqual(answers[0]);
  });

  test('Concurrent requests that replace a number that has left agree on one.', async () => {
    await processes[0].assign('pool_a', [TO], always('num_left'));
    const replace: (own: string) => Select = (own) => (_, sticky) => (sticky === 'num_left' ? own : sticky);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (processes[n % 2] as Conversations).assign('pool_a', [TO], replace(`num_${n}`)),
      ),
    );
    expect(new Set(answers.flat()).size).toBe(1);
  });

  test('A conversation in use is written once a day at most.', async () => {
    const use = () => processes[0].assign('pool_a', [TO], prefer('num_1'));
    await use();
    const first = (await stored())[0]?.usedAt;
    clock.advance(DAY - 60_000);
    await use();
    expect((await stored())[0]?.usedAt).toEqual(first);
    clock.advance(60_000);
    await use();
    expect((await stored())[0]?.usedAt.getTime()).toBeGreaterThanOrEqual((first as Date).getTime() + DAY);
  });

  test('A change in a transaction applies only to the expected number.', async () => {
    const [one] = processes;
    await one.assign('pool_a', ['+1', '+2'], always('num_1'));
    const change = (recipient: string, expected: string | undefined) => ({
      ...{ poolId: 'pool_a', recipient, numberId: 'num_2', expected },
    });
    const changes = [
      change('+2', 'num_1'),
      change('+1', 'num_other'),
      change('+3', undefined),
      change('+1', undefined),
    ];
    expect(await db().transaction((tx) => one.change(tx, changes))).toEqual([true, false, true, false]);
    expect((await stored()).map(({ numberId }) => numberId)).toEqual(['num_1', 'num_2', 'num_2']);
  });

  test('The number to which a handset writes becomes that of the conversation.', async () => {
    const [one] = processes;
    const key = { poolId: 'pool_a', recipient: TO };
    await one.setNumber(db(), key, 'num_1');
    await one.setNumber(db(), key, 'num_2');
    expect(await one.numbersOf([key, { ...key, poolId: 'pool_b' }])).toEqual(['num_2', undefined]);
  });
});

test('Conversations of deleted pools, and those not used for 400 days, are deleted.', async () => {
  await db().query(
    `with account as (insert into accounts (id, name, status, created_at, updated_at) values ('acc_p', 'P', 'ACTIVE', now(), now()))
    insert into api_clients (id, account_id, name, status, capabilities, webhook_secret_sealed, created_at, updated_at)
    values ('client_p', 'acc_p', 'P', 'ACTIVE', '{}', '', now(), now())`,
  );
  await db().query(
    `insert into pools (id, api_client_id, name, created_at, updated_at) values ('pool_k', 'client_p', 'K', now(), now())`,
  );
  const [one] = processes;
  const many = Array.from({ length: 1_500 }, (_, n) => `+1212${5_550_000 + n}`);
  await one.assign('pool_gone', many, always('num_1'));
  await one.assign('pool_k', ['+1', '+2'], always('num_1'));
  clock.advance(400 * DAY - 60_000);
  await one.assign('pool_k', ['+2'], always('num_1'));
  clock.advance(60_001);
  const task = expireConversations({ db: db(), clock });
  expect(await task.run()).toBe(1_501);
  expect((await stored()).map(({ recipient }) => recipient)).toEqual(['+2']);
  await one.assign('pool_gone', ['+9'], always('num_1'));
  expect(await task.run()).toBe(1);
  expect(await task.run()).toBe(0);
});
