import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sized } from '../../test/support/thorough.ts';
import { CLAIM, withWorkers } from '../../test/support/worker.ts';
import { asJson, DatabaseUnavailable } from '../db/db.ts';
import { nameOf, newJob } from './job.ts';
import { enqueueFrom } from './sql.ts';
import { allOf } from './worker.ts';

const { opened, db, clock, queue, handledByHand, start, startDrained, takesDirectly, make, left } = withWorkers();

describe('Job created in the process of its worker', () => {
  test('A job starts without a claim when no other job waits.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle });
    const claims = db().count(CLAIM);
    const { direct, waiting } = await make(3, queue().reserve('outbound', 3));
    expect(waiting).toEqual([]);
    expect(work.names()).toEqual(direct);
    work.endAll();
    await expect.poll(left).toEqual([]);
    expect(db().count(CLAIM)).toBe(claims);
  });

  test('A job waits if its worker has no direct dispatch, has not claimed yet or has stopped.', async () => {
    const work = handledByHand();
    const indirect = start({ handle: work.handle });
    await expect.poll(() => db().count(CLAIM)).toBe(1);
    expect(queue().reserve('outbound', 1).count).toBe(0);
    await indirect.stop();
    db().hold(CLAIM);
    const worker = start({ handle: work.handle, direct: true });
    await expect.poll(() => db().waiting()).toBe(1);
    expect(queue().reserve('outbound', 1).count).toBe(0);
    db().release();
    await expect.poll(() => takesDirectly()).toBe(true);
    await worker.stop();
    expect(queue().reserve('outbound', 1).count).toBe(0);
  });

  test('A job finds half of the slots free during a claim that was started without a known backlog.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db().hold(CLAIM);
    worker.look();
    await expect.poll(() => db().waiting()).toBe(1);
    const { count, begin } = queue().reserve('outbound', 4);
    expect(count).toBe(2);
    begin([]);
  });

  test('A job that finds no slot makes all later jobs wait until a claim has found the queue empty.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle, slots: () => 2 });
    const first = await make(3, queue().reserve('outbound', 3));
    expect([first.direct.length, first.waiting.length]).toEqual([2, 1]);
    expect(work.names()).toEqual(first.direct);
    db().hold(CLAIM);
    // A slot becomes free, and a claim for it is under way. Jobs created now cannot use this slot.
    work.end(first.direct[0] as string);
    await expect.poll(() => db().waiting()).toBe(1);
    const second = await make(1, queue().reserve('outbound', 1));
    expect(second.direct).toEqual([]);
    db().release();
    await expect.poll(() => work.names()).toEqual([...first.direct, ...first.waiting]);
    work.end(first.waiting[0] as string);
    await expect.poll(() => work.names()).toEqual([...first.direct, ...first.waiting, ...second.waiting]);
    work.endAll();
    await expect.poll(() => takesDirectly()).toBe(true);
    expect(await left()).toEqual([]);
  });

  test('A job does not overtake jobs for which a poll found no free slot.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle, slots: () => 1 });
    const { direct } = await make(1, queue().reserve('outbound', 1));
    const { waiting } = await make(1);
    worker.look();
    await nextTurn();
    await nextTurn();
    db().hold(CLAIM);
    work.end(direct[0] as string);
    await expect.poll(() => db().waiting()).toBe(1);
    expect(queue().reserve('outbound', 1).count).toBe(0);
    db().release();
    await expect.poll(() => work.names()).toEqual([...direct, ...waiting]);
    work.endAll();
  });

  test('A job does not overtake jobs that found no slot during a claim that cannot have seen them.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db().hold(CLAIM);
    worker.look();
    await expect.poll(() => db().waiting()).toBe(1);
    const reservation = queue().reserve('outbound', 3);
    expect(reservation.count).toBe(2);
    db().release();
    // The claim returns no job before the three jobs are committed.
    for (let i = 0; i < 20; i += 1) await opened().query('select 1', []);
    const { count, begin } = queue().reserve('outbound', 1);
    begin([]);
    await make(3, reservation);
    db().wake('outbound');
    await expect.poll(() => work.begun.length).toBe(3);
    work.endAll();
    expect(count).toBe(0);
  });

  test.each([
    ['some of the jobs', 1],
    ['none of the jobs', 2],
  ])(
    'A job does not overtake jobs that a claim between reservation and commit has not seen, with slots for %s.',
    async (_, busy) => {
      const work = handledByHand();
      const worker = await startDrained({ handle: work.handle, slots: () => 2 });
      const earlier = await make(busy, queue().reserve('outbound', busy));
      const reservation = queue().reserve('outbound', 3);
      expect(reservation.count).toBe(2 - busy);
      work.end(earlier.direct[0] as string);
      await expect.poll(left).toHaveLength(busy - 1);
      worker.look();
      await expect.poll(() => takesDirectly()).toBe(true);
      const { waiting } = await make(3, reservation);
      expect(takesDirectly()).toBe(false);
      work.endAll();
      await expect.poll(() => work.names()).toContain(waiting[0]);
      work.endAll();
    },
  );

  test('A job starts after a claim under way, which may return an earlier step of the same message.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    const { waiting } = await make(1);
    db().hold(CLAIM);
    worker.look();
    await expect.poll(() => db().waiting()).toBe(1);
    const { direct } = await make(1, queue().reserve('outbound', 1));
    await nextTurn();
    expect(work.names()).toEqual([]);
    db().release();
    await expect.poll(() => work.names()).toEqual([...waiting, ...direct]);
    work.endAll();
  });

  test('A job that a late claim returns does not overtake jobs that started directly during the claim.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    clock().advance(1_000);
    // The claim waits for this statement before it reads the clock.
    db().hold(/set asleep = false/);
    worker.look();
    await expect.poll(() => db().waiting()).toBe(1);
    const { direct } = await make(2, queue().reserve('outbound', 2));
    const { waiting } = await make(1, queue().reserve('outbound', 1));
    expect([direct.length, waiting.length]).toEqual([2, 1]);
    db().release();
    await expect.poll(() => work.names()).toHaveLength(3);
    expect(work.names()).toEqual([...direct, ...waiting]);
    work.endAll();
  });

  test('A job starts together with a later step that a claim returned before the response to the commit.', async () => {
    const runs: string[][] = [];
    const worker = await startDrained({
      name: 'webhooks',
      async handle(claimed) {
        runs.push(claimed.map(({ job }) => nameOf(job)));
        await queue().finish(
          opened(),
          claimed.map(({ job }) => job),
        );
      },
    });
    const { lease, begin } = queue().reserve('webhooks', 1);
    const rows = [
      { ordinal: 2, lease },
      { ordinal: 3, lease: null },
    ];
    const source = `select 'webhooks', 'msg_steps', ordinal, 'client', 'lane', $2::timestamptz, lease
      from json_to_recordset($1::json) as j (ordinal integer, lease integer)`;
    await opened().query(enqueueFrom(source, '$3'), [asJson(rows), new Date(clock().now() - 1), queue().holderId]);
    worker.look();
    // The claim has leased the later step, and the process has no response yet to the commit of the earlier one.
    await expect.poll(async () => (await left()).every(({ leased }) => leased)).toBe(true);
    expect(runs).toEqual([]);
    begin([{ job: newJob('msg_steps', 2, lease), loaded: {} }]);
    await expect.poll(() => runs).toEqual([['msg_steps/2', 'msg_steps/3']]);
  });

  test('A job starts even when the claim under way fails.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    db().hold(CLAIM);
    db().fail(CLAIM, 1, new DatabaseUnavailable('gone'));
    worker.look();
    await expect.poll(() => db().waiting()).toBe(1);
    const { direct } = await make(1, queue().reserve('outbound', 1));
    db().release();
    await expect.poll(() => work.names()).toEqual(direct);
    work.endAll();
  });

  test('A job that was not created returns its slots, after a rejection, a lost response or a known key.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle });
    queue().reserve('outbound', 4).fail(new Error('refused'));
    expect(takesDirectly()).toBe(true);
    queue().reserve('outbound', 4).fail(new DatabaseUnavailable('no answer'));
    expect(takesDirectly()).toBe(true);
    queue().reserve('outbound', 4).begin([]);
    const { direct } = await make(4, queue().reserve('outbound', 4));
    expect(direct).toHaveLength(4);
    work.endAll();
    await expect.poll(left).toEqual([]);
  });

  test('A job that was not created returns its slots to waiting jobs.', async () => {
    const work = handledByHand();
    await startDrained({ handle: work.handle, slots: () => 2 });
    const { fail } = queue().reserve('outbound', 2);
    const { waiting } = await make(2, queue().reserve('outbound', 2));
    fail(new Error('refused'));
    await expect.poll(() => work.names()).toEqual(waiting);
    work.endAll();
  });

  test('A job whose commit response was lost is claimed.', async () => {
    const work = handledByHand();
    const worker = await startDrained({ handle: work.handle });
    const reservation = queue().reserve<unknown>('outbound', 2);
    const { direct } = await make(2, { ...reservation, begin: () => undefined });
    reservation.fail(new DatabaseUnavailable('no answer'));
    worker.look();
    await expect.poll(() => work.names().toSorted()).toEqual(direct);
    expect(work.begun.map(({ job }) => [job.attempt, job.interrupted])).toEqual([
      [1, false],
      [1, false],
    ]);
    work.endAll();
  });
});

/**
 * Random bursts of jobs, by direct dispatch and through the queue. Some commits fail, and each job takes a random
 * number of turns of the event loop.
 */
test('A worker never exceeds its slots and runs each job once, by direct dispatch and by claims.', async () => {
  const burst = fc.record({
    wanted: fc.integer({ min: 1, max: 8 }),
    isDirect: fc.boolean(),
    fails: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    commitTurns: fc.integer({ min: 0, max: 6 }),
    pause: fc.integer({ min: 0, max: 4 }),
  });
  const turns = fc.infiniteStream(fc.integer({ min: 0, max: 5 }));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(burst, { minLength: 1, maxLength: 25 }),
      turns,
      async (slots, bursts, workTurns) => {
        await opened().query('truncate jobs');
        const done: string[] = [];
        const wanted: string[] = [];
        let inHand = 0;
        let reserved = 0;
        const check = () => expect(inHand + reserved).toBeLessThanOrEqual(slots);
        const pass = async (count: number) => {
          for (let i = 0; i < count; i += 1) await nextTurn();
        };
        const worker = start({
          slots: () => slots,
          direct: true,
          async handle(claimed, release) {
            inHand += claimed.length;
            check();
            await allOf(
              claimed.map(async ({ job }) => {
                await pass(workTurns.next().value as number);
                expect(await queue().finish(opened(), [job])).toEqual(new Set([nameOf(job)]));
                done.push(nameOf(job));
                inHand -= 1;
                release(1);
              }),
            );
          },
        });
        await Promise.all(
          bursts.map(async ({ wanted: count, isDirect, fails, commitTurns, pause }, i) => {
            await pass(i * pause);
            if (!isDirect) {
              wanted.push(...(await make(count)).waiting);
              db().wake('outbound');
              return;
            }
            const reservation = queue().reserve<unknown>('outbound', count);
            reserved += reservation.count;
            check();
            await pass(commitTurns);
            if (fails) {
              reserved -= reservation.count;
              reservation.fail(new Error('refused'));
              return;
            }
            const begin: typeof reservation.begin = (claimed) => {
              reserved -= reservation.count;
              reservation.begin(claimed);
            };
            const { direct, waiting } = await make(count, { ...reservation, begin });
            wanted.push(...direct, ...waiting);
            if (waiting.length > 0) db().wake('outbound');
          }),
        );
        await expect.poll(() => done.length).toBe(wanted.length);
        await worker.stop();
        expect(done.toSorted()).toEqual(wanted.toSorted());
        expect(await left()).toEqual([]);
      },
    ),
    { numRuns: sized(40) },
  );
});
