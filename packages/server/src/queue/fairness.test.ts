import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '../../test/support/clock.ts';
import { loadNothing, testHolder } from '../../test/support/holder.ts';
import { type TestStore, testStore } from '../../test/support/store.ts';
import { sized } from '../../test/support/thorough.ts';
import { asJson, type Db } from '../db/db.ts';
import type { Claim } from './claimer.ts';
import { type Job, type Lane, nameOf } from './job.ts';
import { Queue } from './queue.ts';

let store: TestStore;
let db: Db;
let clock: TestClock;
let queue: Queue;

beforeAll(async () => {
  store = await testStore();
  db = await store.open();
});
beforeEach(async () => {
  await db.query('truncate jobs');
  clock = new TestClock();
  queue = new Queue({ db, clock, holder: testHolder });
});
afterAll(async () => {
  await db.close();
  await store.drop();
});

interface Waiting extends Lane {
  count: number;
  /** Due time of the first job, relative to now. Each following job is due a millisecond later. */
  dueInMs?: number;
}

const ADD = `
  insert into jobs (queue, subject, ordinal, client, lane, run_at)
  select 'outbound', client || '/' || lane || '/' || n, 0, client, lane, "runAt" + n * interval '1 ms'
  from json_to_recordset($1::json) as l (client text, lane text, count integer, "runAt" timestamptz)
    cross join lateral generate_series(0, count - 1) as n`;

/** Adds jobs named by client, lane and index. By default, the first job of a lane has been due for a minute. */
async function add(...lanes: Waiting[]): Promise<void> {
  const now = clock.now();
  const rows = lanes.map(({ dueInMs = -60_000, ...lane }) => ({ ...lane, runAt: new Date(now + dueInMs) }));
  await db.query(ADD, [asJson(rows)]);
}

type Claimer = ReturnType<typeof claimer>;

/** Claimer with its own cursor. */
function claimer() {
  return queue.claimer('outbound', loadNothing);
}

const laneOf = ({ subject }: Job) => subject.split('/').slice(0, 2).join('/');
const clientOf = ({ subject }: Job) => subject.split('/')[0] as string;
const jobsOf = ({ claimed }: Claim<undefined>) => claimed.map(({ job }) => job);

const named = (kind: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${kind}_${String(i).padStart(4, '0')}`);

/** Claims until `enough` accepts all claimed jobs. @returns number of claims. */
async function claimsUntil(
  claim: Claimer,
  limit: number,
  most: number,
  enough: (jobs: Job[]) => boolean,
): Promise<number> {
  const jobs: Job[] = [];
  for (let claims = 1; claims <= most; claims += 1) {
    jobs.push(...jobsOf(await claim(limit)));
    if (enough(jobs)) return claims;
  }
  throw new Error(`not within ${most} claims, which brought ${jobs.length} jobs`);
}

describe('Fair scheduling of clients', () => {
  test.each([
    [1, 2],
    [2, 1],
    [10, 1],
    [256, 1],
  ])('With limit %i, one job beside 5,000 of another client is claimed within %i claims.', async (limit, most) => {
    await add({ client: 'a', lane: 'x', count: 5_000, dueInMs: -3_600_000 }, { client: 'b', lane: 'x', count: 1 });
    await claimsUntil(claimer(), limit, most, (jobs) => jobs.some((job) => clientOf(job) === 'b'));
  });

  test('A new client is served next, although other clients have waited for longer.', async () => {
    const claim = claimer();
    await add({ client: 'm', lane: 'x', count: 1_000, dueInMs: -3_600_000 });
    for (let i = 0; i < 3; i += 1) await claim(10);
    for (const client of ['a', 'n']) {
      await add({ client, lane: 'x', count: 1 });
      await claimsUntil(claim, 10, 1, (jobs) => jobs.some((job) => clientOf(job) === client));
    }
  });

  test('Clients with enough jobs get equal shares of each claim.', async () => {
    const claim = claimer();
    await add(...named('client', 4).map((client) => ({ client, lane: 'x', count: 40 })));
    for (let i = 0; i < 4; i += 1) {
      const shares = Map.groupBy(jobsOf(await claim(20)), clientOf);
      expect([...shares.values()].map(({ length }) => length)).toEqual([5, 5, 5, 5]);
    }
  });

  test('With a limit of one job, each client is served once before any client is served twice.', async () => {
    const claim = claimer();
    const clients = named('client', 10);
    await add(...clients.map((client) => ({ client, lane: 'x', count: 3 })));
    for (let round = 0; round < 3; round += 1) {
      const served: string[] = [];
      for (const _ of clients) served.push(...jobsOf(await claim(1)).map(clientOf));
      expect(served.toSorted()).toEqual(clients);
    }
    expect(await claim(1)).toMatchObject({ claimed: [], more: false });
  });
});

describe('Fair scheduling of the lanes of a client', () => {
  test.each([
    [1, 2],
    [2, 1],
    [10, 1],
    [256, 1],
  ])('With limit %i, one job beside 5,000 of another lane is claimed within %i claims.', async (limit, most) => {
    await add({ client: 'a', lane: 'x', count: 5_000, dueInMs: -3_600_000 }, { client: 'a', lane: 'y', count: 1 });
    await claimsUntil(claimer(), limit, most, (jobs) => jobs.some((job) => laneOf(job) === 'a/y'));
  });

  test('Many lanes of a client together get the share of one client, even with a limit of one job.', async () => {
    const claim = claimer();
    const lanes = named('lane', 12);
    await add(...lanes.map((lane) => ({ client: 'a', lane, count: 9 })), { client: 'b', lane: 'x', count: 20 });
    const jobs: Job[] = [];
    for (let i = 0; i < 40; i += 1) jobs.push(...jobsOf(await claim(1)));
    expect(jobs.filter((job) => clientOf(job) === 'b')).toHaveLength(20);
    const shares = Map.groupBy(
      jobs.filter((job) => clientOf(job) === 'a'),
      laneOf,
    );
    expect(shares.size).toBe(12);
    expect([...shares.values()].every(({ length }) => length <= 2)).toBe(true);
  });

  test('All lanes are served, even when a client has more than one claim visits.', async () => {
    const claim = claimer();
    const lanes = named('lane', 100);
    await add(...lanes.map((lane) => ({ client: 'a', lane, count: 20 })));
    const claims = await claimsUntil(claim, 8, 20, (jobs) => new Set(jobs.map(laneOf)).size === 100);
    expect(claims).toBe(Math.ceil(100 / 8));
  });
});

test('Jobs of a lane are claimed oldest first, regardless of the order of their creation.', async () => {
  const due = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });
  const lanes = fc.dictionary(fc.constantFrom('a', 'b', 'c'), due, { minKeys: 1 });
  await fc.assert(
    fc.asyncProperty(lanes, fc.integer({ min: 1, max: 9 }), async (given, limit) => {
      await db.query('truncate jobs');
      const now = clock.now();
      const runAt = new Map<string, number>();
      const jobs = Object.entries(given).flatMap(([lane, ages]) =>
        ages.map((age, i) => {
          const subject = `client/${lane}/${i}`;
          runAt.set(subject, now - age);
          return { subject, ordinal: 0, client: 'client', lane, runAt: new Date(now - age) };
        }),
      );
      await queue.add(db, 'outbound', jobs);
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

describe('100 clients with 3 lanes each and a long backlog', { tags: 'slow' }, () => {
  const clients = named('client', 100);
  const lanes = clients.flatMap((client) => named('lane', 3).map((lane) => ({ client, lane })));
  const allClients = (jobs: Job[]) => new Set(jobs.map(clientOf)).size === clients.length;
  const allLanes = (jobs: Job[]) => new Set(jobs.map(laneOf)).size === lanes.length;

  beforeEach(() => add(...lanes.map((lane) => ({ ...lane, count: 60 }))));

  test.each([1, 7, 16, 32])('With limit %i, no client is served twice before all are served.', async (limit) => {
    await claimsUntil(claimer(), limit, Math.ceil(clients.length / limit), allClients);
  });

  test.each([1, 7, 16, 32])('With limit %i, no lane is served twice before all are served.', async (limit) => {
    await claimsUntil(claimer(), limit, Math.ceil(lanes.length / limit), allLanes);
  });

  test.each([64, 96, 200, 256])('With limit %i, a bounded number of claims serves all lanes.', async (limit) => {
    await claimsUntil(claimer(), limit, lanes.length, allLanes);
  });

  test('Concurrent claimers with their own cursors together serve all lanes in fewer claims each.', async () => {
    const claims = [claimer(), claimer(), claimer()];
    const jobs: Job[] = [];
    for (let round = 0; round < Math.ceil(lanes.length / 16); round += 1) {
      const turns = await Promise.all(claims.map((claim) => claim(16)));
      jobs.push(...turns.flatMap(jobsOf));
    }
    expect(new Set(jobs.map(nameOf)).size).toBe(jobs.length);
    expect(allLanes(jobs)).toBe(true);
  });
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

  test('A claim reports further jobs when there are more lanes than that bound.', async () => {
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
      runAt: new Date(clock.now() + 3_600_000),
    }));

  test('Scheduled jobs of many clients and lanes do not delay a due job.', async () => {
    await queue.add(db, 'outbound', waiting(5_000));
    await add({ client: 'one', lane: 'x', count: 1 });
    const turn = await claimer()(10);
    expect(jobsOf(turn).map(({ subject }) => subject)).toEqual(['one/x/0']);
    expect(turn.more).toBe(false);
  });

  test('Scheduled and postponed jobs are all claimed when they are due.', async () => {
    await queue.add(db, 'outbound', waiting(1_500));
    clock.advance(3_600_001);
    const claim = claimer();
    const first = jobsOf(await claim(2_000));
    const later = first.map((job) => ({ ...job, runAt: new Date(clock.now() + 60_000), counts: true }));
    await queue.postpone(db, later);
    for (let count = first.length; count < 1_500; ) {
      const jobs = jobsOf(await claim(2_000));
      expect(jobs.every(({ attempt }) => attempt === 1)).toBe(true);
      count += jobs.length;
    }
    clock.advance(60_001);
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
    await db.query('truncate jobs');
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
