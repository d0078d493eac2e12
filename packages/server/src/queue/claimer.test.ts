import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claimer, jobsOf, laneOf, withLanes } from '../../test/support/lanes.ts';
import { sized } from '../../test/support/thorough.ts';
import { type Job, nameOf } from './job.ts';

const { db, clock, queue, add, claimer } = withLanes();

test('Jobs of a lane are claimed oldest first, regardless of the order of their creation.', async () => {
  const due = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
  const lanes = fc.dictionary(fc.constantFrom('a', 'b', 'c'), due, { minKeys: 1 });
  await fc.assert(
    fc.asyncProperty(lanes, fc.integer({ min: 1, max: 9 }), async (given, limit) => {
      await db().query('truncate jobs');
      const now = clock().now();
      const runAt = new Map<string, number>();
      const jobs = Object.entries(given).flatMap(([lane, ages]) =>
        ages.map((age, i) => {
          const subject = `client/${lane}/${i}`;
          runAt.set(subject, now - age);
          return { subject, ordinal: 0, client: 'client', lane, runAt: new Date(now - age) };
        }),
      );
      await queue().add(db(), 'outbound', jobs);
      const claim = claimer();
      const claimed: Job[] = [];
      while (claimed.length < jobs.length) {
        const turn = jobsOf(await claim(limit));
        expect(turn.length).toBeGreaterThan(0);
        claimed.push(...turn);
      }
      for (const ofLane of Map.groupBy(claimed, laneOf).values()) {
        const times = ofLane.map(({ subject }) => runAt.get(subject) as number);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: sized(40) },
  );
});

describe('Report of further jobs', () => {
  test('A claim reports no further jobs for an empty queue, or without due jobs.', async () => {
    expect(await claimer()(10)).toMatchObject({ claimed: [], more: false });
    await add(
      { client: 'a', lane: 'x', count: 5, dueInMs: 60_000 },
      { client: 'b', lane: 'y', count: 5, dueInMs: 60_000 },
    );
    expect(await claimer()(10)).toMatchObject({ claimed: [], more: false });
  });

  test('A claim reports further jobs as long as a lane got its whole share.', async () => {
    const claim = claimer();
    await add({ client: 'a', lane: 'x', count: 12 }, { client: 'b', lane: 'x', count: 1, dueInMs: 60_000 });
    const turns = [await claim(10), await claim(10), await claim(10)];
    expect(turns.map(({ claimed, more }) => [claimed.length, more])).toEqual([
      [5, true],
      [5, true],
      [2, false],
    ]);
  });

  test('A claim reports further jobs when it reached its limit.', async () => {
    const claim = claimer();
    await add({ client: 'a', lane: 'x', count: 3 });
    expect(await claim(3)).toMatchObject({ more: true });
    expect(await claim(3)).toMatchObject({ claimed: [], more: false });
  });

  test.each([
    ['clients', 40, (i: number) => ({ client: `client_${i}`, lane: 'x' })],
    ['lanes', 100, (i: number) => ({ client: 'client', lane: `lane_${i}` })],
  ])('A claim that finds no due job visits all %s up to a bound before it returns empty.', async (_, count, nth) => {
    const rows = Array.from({ length: count }, (_, i) => ({ ...nth(i), count: 1, dueInMs: 60_000 }));
    await add(...rows);
    expect(await claimer()(10)).toMatchObject({ claimed: [], more: false });
    await add({ ...nth(count), count: 1 });
    expect((await claimer()(10)).claimed).toHaveLength(1);
  });

  test('A claim reports further jobs when there are more lanes than it may visit.', async () => {
    await add(...Array.from({ length: 140 }, (_, i) => ({ client: 'a', lane: `x${i}`, count: 1, dueInMs: 60_000 })));
    expect(await claimer()(10)).toMatchObject({ claimed: [], more: true });
  });
});

describe('Scheduled jobs', () => {
  const waiting = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      client: `client_${i % 50}`,
      lane: `lane_${i}`,
      subject: `msg_${i}`,
      ordinal: 0,
      runAt: new Date(clock().now() + 3_600_000),
    }));

  test('Scheduled jobs of many clients and lanes do not delay a due job.', async () => {
    await queue().add(db(), 'outbound', waiting(5_000));
    await add({ client: 'one', lane: 'x', count: 1 });
    const turn = await claimer()(10);
    expect(jobsOf(turn).map(({ subject }) => subject)).toEqual(['one/x/0']);
    expect(turn.more).toBe(false);
  });

  test('Scheduled and postponed jobs are all claimed when they are due.', async () => {
    await queue().add(db(), 'outbound', waiting(1_500));
    clock().advance(3_600_001);
    const claim = claimer();
    const first = jobsOf(await claim(2_000));
    const later = first.map((job) => ({ ...job, runAt: new Date(clock().now() + 60_000), counts: true }));
    await queue().postpone(db(), later);
    for (let count = first.length; count < 1_500; ) {
      const jobs = jobsOf(await claim(2_000));
      expect(jobs.every(({ attempt }) => attempt === 1)).toBe(true);
      count += jobs.length;
    }
    clock().advance(60_001);
    expect((await claim(2_000)).claimed.length).toBeGreaterThan(0);
  });
});

describe('Allowance of a lane', () => {
  const counts = (jobs: Job[]) =>
    Object.fromEntries(
      Map.groupBy(jobs, laneOf)
        .entries()
        .map(([lane, all]) => [lane, all.length]),
    );

  test('A lane gets at most its allowance, and the other lanes get their share.', async () => {
    await add(
      { client: 'a', lane: 'x', count: 50 },
      { client: 'a', lane: 'y', count: 50 },
      { client: 'b', lane: 'z', count: 50 },
    );
    const turn = await claimer()(30, { lanes: { x: 2, y: 0 }, others: null });
    expect(counts(jobsOf(turn))).toEqual({ 'a/x': 2, 'b/z': 10 });
    expect(turn).toMatchObject({ paced: true, more: true });
  });

  test('The general allowance applies to lanes that are not named, oldest jobs first.', async () => {
    await add({ client: 'a', lane: 'x', count: 5 }, { client: 'a', lane: 'y', count: 5 });
    const turn = await claimer()(30, { lanes: { x: 3 }, others: 1 });
    expect(jobsOf(turn).map(({ subject }) => subject)).toEqual(['a/x/0', 'a/x/1', 'a/x/2', 'a/y/0']);
    expect(turn).toMatchObject({ paced: true, more: false });
  });

  test('An allowance above the share of the lane has no effect.', async () => {
    await add({ client: 'a', lane: 'x', count: 50 }, { client: 'a', lane: 'y', count: 50 });
    const turn = await claimer()(10, { lanes: { x: 9 }, others: 8 });
    expect(counts(jobsOf(turn))).toEqual({ 'a/x': 5, 'a/y': 5 });
    expect(turn).toMatchObject({ paced: false, more: true });
  });

  test('With an allowance above the number of due jobs, no further jobs are reported.', async () => {
    await add({ client: 'a', lane: 'x', count: 2 });
    expect(await claimer()(10, { lanes: {}, others: 3 })).toMatchObject({ paced: false, more: false });
  });
});

interface Plan {
  lanes: { client: number; lane: number; due: number; later: number }[];
  limits: number[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  lanes: fc.uniqueArray(
    fc.record({
      client: fc.integer({ min: 0, max: 40 }),
      lane: fc.integer({ min: 0, max: 20 }),
      due: fc.integer({ min: 0, max: 12 }),
      later: fc.integer({ min: 0, max: 2 }),
    }),
    { selector: ({ client, lane }) => `${client}/${lane}`, minLength: 1, maxLength: 80 },
  ),
  limits: fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 5 }),
});

describe('Claims of any backlog with any limits', () => {
  async function given({ lanes }: Plan): Promise<{ due: Set<string>; dueIn: Map<string, number> }> {
    await db().query('truncate jobs');
    await add(
      ...lanes.map(({ client, lane, due }) => ({ client: `c${client}`, lane: `l${lane}`, count: due })),
      ...lanes.map(({ client, lane, later }) => ({
        client: `c${client}`,
        lane: `l${lane}/later`,
        count: later,
        dueInMs: 60_000,
      })),
    );
    const due = lanes.flatMap(({ client, lane, due: count }) =>
      Array.from({ length: count }, (_, i) => `c${client}/l${lane}/${i}/0`),
    );
    return { due: new Set(due), dueIn: new Map(lanes.map(({ client, lane, due }) => [`c${client}/l${lane}`, due])) };
  }

  test('All due jobs are claimed once, and no others.', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 3 }), async (given_, claimers) => {
        const { due } = await given(given_);
        const claims = Array.from({ length: claimers }, claimer);
        const claimed: string[] = [];
        for (let n = 0, idle = 0; idle < 100; n += 1) {
          const limit = given_.limits[n % given_.limits.length] as number;
          const turn = await (claims[n % claims.length] as Claimer)(limit);
          expect(turn.claimed.length).toBeLessThanOrEqual(limit);
          claimed.push(...jobsOf(turn).map(nameOf));
          if (claimed.length === due.size && !turn.more) break;
          idle = turn.claimed.length > 0 ? 0 : idle + 1;
          // A claim that reports no further jobs is right at once.
          if (!turn.more) expect(claimed.length).toBe(due.size);
          if (claimed.length === due.size && idle > 3) break;
        }
        expect(claimed.length).toBe(due.size);
        expect(new Set(claimed)).toEqual(due);
      }),
      { numRuns: sized(60) },
    );
  });

  test('A claim takes the oldest due jobs of each lane, and all due jobs unless it reports further ones.', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (given_) => {
        const { dueIn } = await given(given_);
        const limit = given_.limits[0] as number;
        const turn = await claimer()(limit);
        for (const [lane, jobs] of Map.groupBy(jobsOf(turn), laneOf)) {
          const places = jobs.map(({ subject }) => Number(subject.split('/')[2]));
          expect(places).toEqual(Array.from({ length: jobs.length }, (_, i) => i));
          expect(jobs.length).toBeLessThanOrEqual(dueIn.get(lane) as number);
        }
        if (!turn.more) expect(turn.claimed.length).toBe([...dueIn.values()].reduce((sum, due) => sum + due, 0));
      }),
      { numRuns: sized(60) },
    );
  });
});
