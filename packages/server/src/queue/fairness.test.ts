import { beforeEach, describe, expect, test } from 'vitest';
import { type Claimer, clientOf, jobsOf, laneOf, withLanes } from '../../test/support/lanes.ts';
import { type Job, nameOf } from './job.ts';

const { add, claimer } = withLanes();

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
