import { describe, expect, test } from 'vitest';
import { loadNothing } from '../../test/support/holder.ts';
import { names, OF_ONE, subjects, withQueues } from '../../test/support/queue.ts';
import { asJson } from '../db/db.ts';
import { type Job, nameOf, OUTBOUND, OUTCOME } from './job.ts';
import { finishing, postponing } from './sql.ts';

const { db, otherDb, clock, queue, other, add, claim, claimOne, later, make } = withQueues();

describe('Lease', () => {
  test('A lease lasts as long as its process, regardless of the duration of the job.', async () => {
    await add(-1);
    const job = await claimOne();
    clock().advance(7 * 86_400_000);
    expect(await claim(10, other())).toEqual([]);
    expect(await claim(10)).toEqual([]);
    expect(await queue().finish(db(), [job])).toEqual(names([job]));
  });

  test('A lease is void for another process, even with the same number.', async () => {
    await add(-1);
    const job = await claimOne();
    expect(await other().finish(otherDb(), [job])).toEqual(new Set());
    expect(await other().postpone(otherDb(), later([job], 0, true))).toEqual(new Set());
    await other().interrupt([job]);
    expect(await claim(1, other())).toEqual([]);
    expect(await queue().finish(db(), [job])).toEqual(names([job]));
  });

  test('A lease is void after a later lease of the same process on the same job.', async () => {
    await add(-1);
    const first = await claimOne();
    await queue().interrupt([first]);
    const second = await claimOne();
    expect(nameOf(second)).toBe(nameOf(first));
    expect(second.lease).not.toBe(first.lease);
    expect(await queue().finish(db(), [first])).toEqual(new Set());
    expect(await queue().postpone(db(), later([first], 0, true))).toEqual(new Set());
    await queue().interrupt([first]);
    expect(await queue().finish(db(), [second])).toEqual(names([second]));
  });

  test('A lease on one step of a message does not cover its other steps.', async () => {
    const runAt = new Date(clock().now() - 1);
    await queue().add(db(), 'webhooks', [
      { ...OF_ONE, subject: 'msg_0', ordinal: 1, runAt },
      { ...OF_ONE, subject: 'msg_0', ordinal: 2, runAt },
    ]);
    const [first] = (await claim(1, queue(), 'webhooks')) as [Job];
    expect(first.ordinal).toBe(1);
    expect(await queue().finish(db(), [{ ...first, ordinal: 2 }])).toEqual(new Set());
    expect(await queue().finish(db(), [first])).toEqual(new Set(['msg_0/1']));
    expect(await claim(10, queue(), 'webhooks')).toMatchObject([{ subject: 'msg_0', ordinal: 2 }]);
  });
});

describe('Finished job', () => {
  test('A finished job is deleted, and only the names of jobs still held are returned.', async () => {
    await add(-3, -2, -1);
    const [a, b, c] = (await claim()) as [Job, Job, Job];
    expect(await queue().finish(db(), [a, { ...b, lease: b.lease + 1 }, c])).toEqual(names([a, c]));
    expect(await queue().finish(db(), [b])).toEqual(names([b]));
    expect(await db().query('select 1 from jobs', [])).toEqual([]);
  });

  test('A finished job stays finished when its holder repeats the call.', async () => {
    await add(-1);
    const job = await claimOne();
    await queue().finish(db(), [job]);
    expect(await queue().finish(db(), [job])).toEqual(new Set());
    expect(await queue().postpone(db(), later([job], 0, true))).toEqual(new Set());
    await queue().interrupt([job]);
    expect(await queue().finish(db(), [])).toEqual(new Set());
    expect(await claim()).toEqual([]);
  });

  test('A job is finished only if the transaction commits.', async () => {
    await add(-1);
    const job = await claimOne();
    const undone = db().transaction(async (tx) => {
      await queue().finish(tx, [job]);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    expect(await queue().finish(db(), [job])).toEqual(names([job]));
  });

  test('Finishing and postponing return further columns, for other writes in the same statement.', async () => {
    await add(-2, -1);
    const [a, b] = (await claim()) as [Job, Job];
    const columns = ', note text';
    const rows = await db().query(
      `with finished as (${finishing('$1', '$3', columns)}), postponed as (${postponing('$2', '$3', columns)})
       select subject, note from finished union all select subject, note from postponed order by subject`,
      [
        asJson([
          { ...a, note: 'done' },
          { ...a, lease: 0, note: 'not held' },
        ]),
        asJson(later([b], 0, true).map((row) => ({ ...row, note: 'later' }))),
        queue().holderId,
      ],
    );
    expect(rows).toEqual([
      { subject: 'msg_0', note: 'done' },
      { subject: 'msg_1', note: 'later' },
    ]);
    expect(await claim()).toMatchObject([{ subject: 'msg_1', attempt: 2 }]);
  });
});

describe('Postponed job', () => {
  test('A postponed job is due at its new time, no longer held, and not interrupted.', async () => {
    await add(-1);
    const job = await claimOne();
    expect(await queue().postpone(db(), later([job], 10_000, true))).toEqual(names([job]));
    expect(await queue().finish(db(), [job])).toEqual(new Set());
    expect(await claim()).toEqual([]);
    clock().advance(10_001);
    expect(await claimOne(other())).toMatchObject({ subject: job.subject, attempt: 2, interrupted: false });
  });

  test('A postponed job does not use up an attempt that does not count.', async () => {
    await add(-2, -1);
    const [counted, uncounted] = (await claim()) as [Job, Job];
    await queue().postpone(db(), [...later([counted], 0, true), ...later([uncounted], 1, false)]);
    clock().advance(2);
    expect((await claim()).map(({ subject, attempt }) => [subject, attempt])).toEqual([
      ['msg_0', 2],
      ['msg_1', 1],
    ]);
  });
});

describe('Interrupted job', () => {
  test('An interrupted job is due at once, is marked as interrupted, and has used up no attempt.', async () => {
    await add(-2, -1);
    const held = await claim();
    await queue().interrupt(held);
    expect(await queue().finish(db(), held)).toEqual(new Set());
    expect(
      (await claim(10, other())).map(({ subject, attempt, interrupted }) => [subject, attempt, interrupted]),
    ).toEqual([
      ['msg_0', 1, true],
      ['msg_1', 1, true],
    ]);
  });

  test('Only a job that is still held becomes interrupted, and recorded results stay unchanged.', async () => {
    await add(-3, -2, -1);
    const [finished, postponed, held] = (await claim()) as [Job, Job, Job];
    await queue().finish(db(), [finished]);
    await queue().postpone(db(), later([postponed], 0, true));
    await queue().interrupt([finished, postponed, held]);
    clock().advance(1);
    expect((await claim()).map(({ subject, attempt, interrupted }) => [subject, attempt, interrupted])).toEqual([
      ['msg_2', 1, true],
      ['msg_1', 2, false],
    ]);
  });
});

test('A lease number may exceed 32 bits.', async () => {
  await add(-1);
  const job = await claimOne();
  const high = 2 ** 40;
  await db().query('update jobs set lease = $1', [high]);
  expect(await queue().finish(db(), [{ ...job, lease: high }])).toEqual(names([job]));
});

describe('Leased jobs without running work', () => {
  test('Leased jobs are reclaimed only after all jobs of their claim are settled.', async () => {
    await add(-3, -2, -1);
    const { claimed } = await queue().claimer('outbound', loadNothing)(2);
    const [first] = claimed.map(({ job }) => job) as [Job, Job];
    await queue().finish(db(), [first]);
    expect(await queue().reclaim()).toBe(0);
    queue().settled(claimed);
    expect(await queue().reclaim()).toBe(1);
    expect(subjects(await claim(10, other()))).toEqual(['msg_1', 'msg_2']);
  });

  test('A process without leases reclaims nothing, and no process reclaims jobs of another one.', async () => {
    await add(-1);
    await claimOne(other());
    expect(await queue().reclaim()).toBe(0);
    await claim();
    expect(await queue().reclaim()).toBe(0);
    expect(await claim()).toEqual([]);
  });
});

describe('Job name', () => {
  test('A message may have one job per step, and any number of steps.', async () => {
    const runAt = new Date(clock().now() - 1);
    await queue().add(db(), 'outbound', [{ ...OF_ONE, subject: 'msg_0', ordinal: OUTBOUND, runAt }]);
    await queue().add(db(), 'outcomes', [{ ...OF_ONE, subject: 'msg_0', ordinal: OUTCOME, runAt }]);
    await queue().add(db(), 'webhooks', [
      { ...OF_ONE, subject: 'msg_0', ordinal: 1, runAt },
      { ...OF_ONE, subject: 'msg_0', ordinal: 2, runAt },
    ]);
    expect((await claim()).map(nameOf)).toEqual(['msg_0/0']);
    expect((await claim(10, queue(), 'outcomes')).map(nameOf)).toEqual(['msg_0/-1']);
    expect((await claim(10, queue(), 'webhooks')).map(nameOf)).toEqual(['msg_0/1', 'msg_0/2']);
  });

  test('A job that is added again stays unchanged, whether it waits or is held.', async () => {
    const job = { ...OF_ONE, subject: 'msg_0', ordinal: OUTCOME };
    await queue().add(db(), 'outcomes', [{ ...job, runAt: new Date(clock().now() - 1_000) }]);
    await queue().add(db(), 'outcomes', [{ ...job, runAt: new Date(clock().now() + 60_000) }]);
    const [held] = (await claim(10, queue(), 'outcomes')) as [Job];
    await queue().add(db(), 'outcomes', [{ ...job, runAt: new Date(clock().now() - 1_000) }]);
    expect(await claim(10, queue(), 'outcomes')).toEqual([]);
    expect(await queue().finish(db(), [held])).toEqual(names([held]));
    await queue().add(db(), 'outcomes', [{ ...job, runAt: new Date(clock().now() - 1_000) }]);
    expect(await claim(10, queue(), 'outcomes')).toHaveLength(1);
  });

  test('A job with an existing name is rejected together with the reason for it.', async () => {
    await make(db(), [{ subject: 'msg_0', lease: null }], queue().holderId);
    const twice = make(
      db(),
      [
        { subject: 'msg_1', lease: null },
        { subject: 'msg_0', lease: null },
      ],
      queue().holderId,
    );
    await expect(twice).rejects.toMatchObject({ code: '23505' });
    expect(subjects(await claim())).toEqual(['msg_0']);
  });
});
