import { setImmediate as nextTurn } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { obstacleOf, outboundTests, scripted } from '../../test/support/outbound.ts';
import { createMetrics } from '../app/metrics.ts';
import type { Submission, SubmitResult } from '../carriers/carrier.ts';
import { createTransitions } from '../messages/lifecycle/transition.ts';
import { createLog } from '../platform/log.ts';
import { OUTCOME } from '../queue/job.ts';
import { InFlight } from './in-flight.ts';
import { RecipientOrder } from './order.ts';
import { Outbound } from './outbound.ts';

const { db, clock, queue, message, look, run } = outboundTests();

const THROTTLED: SubmitResult = { outcome: 'throttled', retryAfterMs: 10 };
const NO_ANSWER: SubmitResult = { outcome: 'unknown', reason: 'no answer' };
const ACCEPTED: SubmitResult = { outcome: 'accepted', carrierRef: 'first' };

test('An accepted segment is not submitted again when the next one is throttled.', async () => {
  const id = await message('AT_MOST_ONCE', 3);
  const took = await run([ACCEPTED, THROTTLED, THROTTLED], id, (status) => status === 'SENT');
  expect(took.map(({ part }) => part)).toEqual([1, 2, 2, 2, 3]);
});

test('A message that a lost link throttled keeps its place before later ones, and no attempt is counted.', async () => {
  const [first, second] = [await message('AT_MOST_ONCE', 1), await message('AT_MOST_ONCE', 1)];
  clock.advance(1_000);
  const answers: SubmitResult[] = [{ outcome: 'throttled', retryAfterMs: 0 }];
  let looks = 0;
  // The link is down after the first response, for some polls.
  const capacity = () => (answers.length > 0 || ++looks > 10 ? 1 : 0);
  const took = await run(answers, second, (status) => status === 'SENT', capacity);
  expect(took.map(({ reference }) => reference)).toEqual([`${first}/1`, `${first}/1`, `${second}/1`]);
});

test('No later message begins directly while an earlier one returns to its place.', async () => {
  const id = await message('AT_MOST_ONCE', 1);
  const slots: number[] = [];
  // Runs after the response to the submit, and before the response is recorded.
  const optedOut = async () => {
    setImmediate(() => {
      const reservation = queue().reserve('outbound', 1);
      slots.push(reservation.count);
      reservation.begin([]);
    });
    return false;
  };
  await run([{ outcome: 'throttled', retryAfterMs: 0 }], id, (status) => status === 'SENT', 10, { optedOut });
  expect(slots[0]).toBe(0);
});

describe('Order to one recipient', () => {
  test.each(['campaign', 'opt-outs'] as const)(
    'A message does not overtake an earlier one whose lookup of the %s takes longer.',
    async (lookup) => {
      const messages: string[] = [];
      for (let i = 0; i < 4; i += 1) messages.push(await message('AT_MOST_ONCE', i === 1 ? 3 : 1));
      clock.advance(1_000);
      let lookups = 0;
      // The nth lookup ends before the ones that began earlier.
      const slowest = async () => {
        for (let turns = 40 - 10 * lookups++; turns > 0; turns -= 1) await nextTurn();
        return undefined;
      };
      const took = await run([], messages[3] as string, (status) => status === 'SENT', 10, {
        ...(lookup === 'campaign' ? { campaignOf: async () => (await slowest()) ?? null } : {}),
        ...(lookup === 'opt-outs' ? { optedOut: async () => (await slowest()) ?? false } : {}),
      });
      const [first, long, third, last] = messages;
      const expected = [`${first}/1`, `${long}/1`, `${long}/2`, `${long}/3`, `${third}/1`, `${last}/1`];
      expect(took.map(({ reference }) => reference)).toEqual(expected);
    },
  );

  test('A message that is not submitted does not let a later one overtake an earlier one.', async () => {
    const order = new RecipientOrder();
    const [one, two, three] = [order.enter('a'), order.enter('a'), order.enter('a')];
    const passed: string[] = [];
    void three?.turn('submit').then(() => passed.push('three'));
    two?.leave();
    await nextTurn();
    passed.push('one');
    one?.pass('submit');
    await nextTurn();
    expect(passed).toEqual(['one', 'three']);
  });
});

test('A segment that stays unknown fails the message at its deadline, even if later ones were accepted.', async () => {
  const id = await message('AT_MOST_ONCE', 2);
  const took = await run([NO_ANSWER, THROTTLED], id, (status) => status === 'FAILED');
  expect(took.map(({ part }) => part)).toEqual([1, 2, 2]);
  expect(await look(id)).toEqual({ status: 'FAILED', code: 'OUTCOME_UNKNOWN' });
});

test('AT_LEAST_ONCE submits an unanswered message at most five times, then fails with OUTCOME_UNKNOWN.', async () => {
  const id = await message('AT_LEAST_ONCE', 1);
  const took = await run(Array(10).fill(NO_ANSWER), id, (status) => status === 'FAILED');
  expect(took).toHaveLength(5);
  expect(await look(id)).toEqual({ status: 'FAILED', code: 'OUTCOME_UNKNOWN' });
});

test('No segment follows one that was permanently rejected.', async () => {
  const id = await message('AT_MOST_ONCE', 3);
  const refused: SubmitResult = { outcome: 'rejected', permanent: true, carrierCode: '11', reason: 'no' };
  const took = await run([ACCEPTED, refused], id, (status) => status === 'FAILED');
  expect(took.map(({ part }) => part)).toEqual([1, 2]);
});

test('A message of a client that may no longer send fails with SENDER_UNAVAILABLE and is not submitted.', async () => {
  const id = await message('AT_MOST_ONCE', 1);
  const took = await run([], id, (status) => status === 'FAILED', 10, { maySend: () => false });
  expect(took).toEqual([]);
  expect(await look(id)).toEqual({ status: 'FAILED', code: 'SENDER_UNAVAILABLE' });
});

test('A message that no carrier takes within its validity fails with EXPIRED and is not submitted.', async () => {
  const id = await message('AT_MOST_ONCE', 1);
  clock.advance(25 * 3_600_000);
  const took = await run([], id, (status) => status === 'FAILED');
  expect(took).toEqual([]);
  expect(await look(id)).toEqual({ status: 'FAILED', code: 'EXPIRED' });
});

test('A message fails with EXPIRED in time even while no carrier is available.', async () => {
  const id = await message('AT_LEAST_ONCE', 2);
  const young = await message('AT_MOST_ONCE', 1);
  clock.advance(24 * 3_600_000 + 1);
  const later = await message('AT_MOST_ONCE', 1);
  const failed = async (one: string) => (await look(one))?.status === 'FAILED';
  await run([], young, async () => (await failed(id)) && (await failed(young)), 0);
  expect([await look(id), await look(young)]).toEqual(Array(2).fill({ status: 'FAILED', code: 'EXPIRED' }));
  expect(await look(later)).toEqual({ status: 'QUEUED', code: null });
});

test('An expired message fails with EXPIRED if only its unknown segment was delivered.', async () => {
  const id = await message('AT_MOST_ONCE', 2);
  await db().query('delete from jobs where subject = $1', [id]);
  const delivered = { messageId: id, part: 1, state: 'DELIVERED', carrier: 'c', carrierRef: 'r', error: null } as const;
  await createTransitions({ db: db(), queue: queue() }).transact((_tx, advance) =>
    advance(new Date(clock.now()), [delivered]),
  );
  expect(await look(id)).toEqual({ status: 'SENDING', code: null });
  await queue().add(db(), 'outcomes', [
    { subject: id, ordinal: OUTCOME, client: 'client', lane: 'num', runAt: new Date(clock.now()) },
  ]);
  await run([], id, (status) => status === 'FAILED');
  expect(await look(id)).toEqual({ status: 'FAILED', code: 'EXPIRED' });
});

test('Submits pause while responses wait to be recorded, and continue as soon as those are recorded.', async () => {
  const id = await message('AT_MOST_ONCE', 1);
  const took: Submission[] = [];
  const inFlight = new InFlight();
  const outbound = new Outbound({
    name: 'outbound',
    ...{ inFlight, db: db(), queue: queue(), clock, log: createLog('silent'), metrics: createMetrics(new Registry()) },
    transitions: createTransitions({ db: db(), queue: queue() }),
    carrier: scripted([], took),
    outcomeDeadlineSeconds: 60,
    elsewhere: async () => undefined,
    isAccepted: async () => false,
    maySend: () => true,
    quietUntil: async () => undefined,
    isCanceled: () => false,
    campaignOf: async () => null,
    prepare: async () => ({ state: 'ready', files: [] }),
    obstacle: obstacleOf(async () => false),
    onRecorded: async () => undefined,
    onOptedOut: async () => undefined,
    // A poll would be too late for this test. Only the check when capacity is free again is soon enough.
    pollMs: 3_600_000,
  });
  const { promise: recorded, resolve: record } = Promise.withResolvers<void>();
  const settling = Array.from({ length: 600 }, () => inFlight.settles(recorded));
  outbound.start();
  for (let i = 0; i < 10; i += 1) await db().query('select 1', []);
  expect(took).toEqual([]);
  record();
  await Promise.all(settling);
  await expect.poll(async () => (await look(id))?.status).toBe('SENT');
  await outbound.stop(AbortSignal.abort());
});

describe('Recipient who opted out after the accept', () => {
  const yes = async () => true;

  test('The recipient gets nothing, and the message fails with RECIPIENT_OPTED_OUT.', async () => {
    const id = await message('AT_MOST_ONCE', 2);
    expect(await run([], id, (status) => status === 'FAILED', 10, { optedOut: yes })).toEqual([]);
    expect(await look(id)).toEqual({ status: 'FAILED', code: 'RECIPIENT_OPTED_OUT' });
  });

  test('The recipient gets the rest of a message that was partly submitted.', async () => {
    const id = await message('AT_MOST_ONCE', 3);
    let asked = 0;
    const after = async () => {
      asked += 1;
      return asked > 1;
    };
    const took = await run([ACCEPTED, THROTTLED], id, (status) => status === 'SENT', 10, { optedOut: after });
    expect([asked, took.map(({ part }) => part)]).toEqual([1, [1, 2, 2, 3]]);
  });

  test('The opt-out is checked again when the carrier did not take the first segment.', async () => {
    const id = await message('AT_MOST_ONCE', 1);
    let asked = 0;
    const after = async () => {
      asked += 1;
      return asked > 1;
    };
    const took = await run([THROTTLED], id, (status) => status === 'FAILED', 10, { optedOut: after });
    expect([asked, took.length, await look(id)]).toEqual([2, 1, { status: 'FAILED', code: 'RECIPIENT_OPTED_OUT' }]);
  });

  test.each([
    ['OPT_OUT_REPLY', 'SENT'],
    ['HELP_REPLY', 'SENT'],
    ['OPT_IN_REPLY', 'FAILED'],
  ])('An automatic reply of type %s ends as %s.', async (purpose, ends) => {
    const id = await message('AT_MOST_ONCE', 1, purpose);
    await run([], id, (status) => status === 'SENT' || status === 'FAILED', 10, { optedOut: yes });
    expect((await look(id))?.status).toBe(ends);
  });
});
