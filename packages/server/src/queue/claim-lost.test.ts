import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadNothing } from '../../test/support/holder.ts';
import { holder, names, OF_ONE, slots, subjects, withQueues } from '../../test/support/queue.ts';
import { sized } from '../../test/support/thorough.ts';
import { DatabaseUnavailable, type Db } from '../db/db.ts';
import { type Job, nameOf, OUTBOUND } from './job.ts';
import { Queue } from './queue.ts';

const { db, otherDb, clock, queue, other, add, claim, claimOne, later, make } = withQueues();

/** Store that executes statements, but loses the configured number of responses. */
function losing(store: Db) {
  const losing = {
    /** Pattern of the affected statements, and the number of responses to lose. */
    lose: { pattern: /with recursive/, times: 0 },
    db: {
      kind: store.kind,
      async query(sql: string, params?: readonly unknown[]) {
        const rows = await store.query(sql, params);
        if (losing.lose.times === 0 || !losing.lose.pattern.test(sql)) return rows;
        losing.lose.times -= 1;
        throw new DatabaseUnavailable('the answer was lost');
      },
    } as unknown as Db,
    loseAnswers: (times: number, pattern = /with recursive/) => {
      losing.lose = { pattern, times };
    },
  };
  return losing;
}

describe('Claim with a lost response', () => {
  const LOST = 'the answer was lost';

  test('A claim with a lost response changes no attempt number and interrupts no job.', async () => {
    await add(-2, -1);
    const { db: lossy, loseAnswers } = losing(db());
    const claimer = new Queue({ db: lossy, clock: clock(), holder: holder('prc_one') }).claimer(
      'outbound',
      loadNothing,
    );
    loseAnswers(1);
    await expect(claimer(10)).rejects.toThrow(LOST);
    expect(await claim(10, other())).toEqual([]);
    const { claimed } = await claimer(1);
    expect(claimed.map(({ job }) => job)).toMatchObject([{ subject: 'msg_0', attempt: 1, interrupted: false }]);
    expect(await claim(10, other())).toMatchObject([{ subject: 'msg_1', attempt: 1, interrupted: false }]);
  });

  test('A claim with a lost response leaves an interrupted job interrupted.', async () => {
    await add(-1);
    await queue().interrupt([await claimOne()]);
    const { db: lossy, loseAnswers } = losing(db());
    const claimer = new Queue({ db: lossy, clock: clock(), holder: holder('prc_one') }).claimer(
      'outbound',
      loadNothing,
    );
    loseAnswers(1);
    await expect(claimer(10)).rejects.toThrow(LOST);
    expect((await claimer(10)).claimed).toMatchObject([{ job: { attempt: 1, interrupted: true } }]);
  });

  test('A claim with a lost response is undone without effect on other leases, processes and queues.', async () => {
    await add(-4, -3, -2, -1);
    await queue().add(db(), 'webhooks', [
      { ...OF_ONE, subject: 'msg_w', ordinal: 1, runAt: new Date(clock().now() - 1) },
    ]);
    const { db: lossy, loseAnswers } = losing(db());
    const one = new Queue({ db: lossy, clock: clock(), holder: holder('prc_one') });
    const mine = await claim(1, one);
    const theirs = await claim(1, other());
    const webhook = await claim(1, one, 'webhooks');
    loseAnswers(1);
    await expect(claim(1, one)).rejects.toThrow(LOST);
    expect(subjects(await claim(10, one))).toEqual(['msg_2', 'msg_3']);
    expect(await one.finish(db(), [...mine, ...webhook])).toEqual(names([...mine, ...webhook]));
    expect(await other().finish(otherDb(), theirs)).toEqual(names(theirs));
  });

  test('Claims with lost responses are undone when the store is back, even after a lost undo.', async () => {
    await add(-3, -2, -1);
    const { db: lossy, loseAnswers } = losing(db());
    const claimer = new Queue({ db: lossy, clock: clock(), holder: holder('prc_one') }).claimer(
      'outbound',
      loadNothing,
    );
    loseAnswers(1);
    await expect(claimer(1)).rejects.toThrow(LOST);
    loseAnswers(2, /attempt = attempt - case|with recursive/);
    await expect(claimer(1)).rejects.toThrow(LOST);
    await expect(claimer(1)).rejects.toThrow(LOST);
    loseAnswers(1);
    await expect(claimer(2)).rejects.toThrow(LOST);
    const { claimed } = await claimer(10);
    expect(claimed.map(({ job }) => [job.subject, job.attempt, job.interrupted])).toEqual([
      ['msg_0', 1, false],
      ['msg_1', 1, false],
      ['msg_2', 1, false],
    ]);
  });
});

test('The attempt of a job is one more than its counted attempts, for any sequence of claims.', async () => {
  const step = fc.constantFrom('counts', 'uncounted', 'interrupted', 'unanswered', 'failed commit');
  let n = 0;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 8 }), async (direct, steps) => {
      n += 1;
      const subject = `msg_of_${n}`;
      const { db: lossy, loseAnswers } = losing(db());
      const one = new Queue({ db: lossy, clock: clock(), holder: holder('prc_one') });
      const claimer = one.claimer('outbound', loadNothing);
      if (direct) {
        one.offer('outbound', slots(1));
        const { lease, fail } = one.reserve('outbound', 1);
        await make(db(), [{ subject, lease }], one.holderId);
        fail(new DatabaseUnavailable(''));
      } else {
        await one.add(db(), 'outbound', [
          { ...OF_ONE, subject, ordinal: OUTBOUND, runAt: new Date(clock().now() - 1) },
        ]);
      }
      let counted = 0;
      let interrupted = false;
      for (const kind of [...steps, 'end']) {
        if (kind === 'unanswered') {
          loseAnswers(1);
          await expect(claimer(1)).rejects.toThrow();
          continue;
        }
        const [job] = (await claimer(1)).claimed.map((claimed) => claimed.job);
        expect(job).toMatchObject({ subject, attempt: counted + 1, interrupted });
        const held = job as Job;
        if (kind === 'interrupted') {
          await one.interrupt([held]);
          interrupted = true;
        } else if (kind === 'end') {
          expect(await one.finish(db(), [held])).toEqual(new Set([nameOf(held)]));
        } else {
          await one.postpone(db(), later([held], -1, kind === 'counts'));
          if (kind === 'counts') counted += 1;
          interrupted = false;
        }
      }
    }),
    { numRuns: sized(60) },
  );
});

const onServer = test.skipIf(!process.env['TEST_DATABASE_URL']);

describe('Late commit of PostgreSQL after its connection broke [needs TEST_DATABASE_URL]', () => {
  /** Store whose claims lose their responses after `break_`, and commit on `commitNow`. */
  function committingLate() {
    const commit = Promise.withResolvers<void>();
    let breaking = false;
    let committed: Promise<unknown> = Promise.resolve();
    const query: Db['query'] = async (sql, params) => {
      if (!breaking || !/with recursive/.test(sql)) return db().query(sql, params);
      const begun = Promise.withResolvers<void>();
      committed = otherDb().transaction(async (tx) => {
        await tx.query(sql, params);
        begun.resolve();
        await commit.promise;
      });
      await begun.promise;
      throw new DatabaseUnavailable('the connection broke');
    };
    return {
      late: { kind: db().kind, query, wake: () => undefined } as unknown as Db,
      break_: () => {
        breaking = true;
      },
      async commitNow() {
        breaking = false;
        commit.resolve();
        await committed;
      },
    };
  }

  onServer('is taken back when it has appeared, as it was, and what the process works at stays its own', async () => {
    await add(-3, -2, -1);
    const { late, break_, commitNow } = committingLate();
    const one = new Queue({ db: late, clock: clock(), holder: holder('prc_one') });
    const mine = await claim(1, one);
    break_();
    await expect(claim(2, one)).rejects.toThrow('the connection broke');
    const before = await one.reclaim();
    await commitNow();
    expect(before).toBe(0);
    expect(await claim(10, other())).toEqual([]);
    expect(await one.reclaim()).toBe(2);
    expect(await claim(10, other())).toMatchObject([
      { subject: 'msg_1', attempt: 1, interrupted: false },
      { subject: 'msg_2', attempt: 1, interrupted: false },
    ]);
    expect(await one.finish(db(), mine)).toEqual(names(mine));
  });
});
