import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createShedding, type Shedding } from './shedding.ts';

let late: { client: string; lane: string; seconds: number }[];
let busy: number;
let shedding: Shedding;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  late = [];
  busy = 1;
  shedding = createShedding({ late: () => late, busy: () => busy });
});
afterEach(() => {
  shedding.stop();
  vi.useRealTimers();
});

const is = (client: string, seconds: number, lane = 'lane') => ({ client, lane, seconds });

/** What becomes of a send: served at once, or refused after a while. */
const send = (client: string, lane = 'lane') => shedding.check({ client, lane }) ?? 'served';

const look = () => vi.advanceTimersByTime(500);

test('whoever’s work is late in a busy process is refused; whoever has no backlog is served, also by another number', async () => {
  late = [is('million', 60), is('few', 3)];
  look();
  const refused = send('million');
  expect(send('few')).toBe('served');
  expect(send('new')).toBe('served');
  expect(send('million', 'another number')).toBe('served');
  vi.advanceTimersByTime(250);
  expect(await refused).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
});

test('lateness without the process being busy is a slow carrier’s, and refuses nobody', () => {
  busy = 0.5;
  late = [is('million', 3_600)];
  look();
  expect(send('million')).toBe('served');
});

test('a refusal ends when the work is hardly late any more, not as soon as the process has a moment', () => {
  late = [is('million', 6)];
  look();
  busy = 0;
  late = [is('million', 3)];
  look();
  expect(send('million')).not.toBe('served');
  late = [is('million', 1)];
  look();
  expect(send('million')).toBe('served');
});

test('a refusal waits a little, so that whoever repeats at once costs next to nothing; but only so many wait', async () => {
  late = [is('million', 6)];
  look();
  const refusals: unknown[] = [];
  const sent = Array.from({ length: 2_100 }, () =>
    (send('million') as Promise<unknown>).then((one) => refusals.push(one)),
  );
  await Promise.all(sent.slice(2_000));
  expect(refusals).toHaveLength(100);
  vi.advanceTimersByTime(250);
  await Promise.all(sent);
  expect(refusals).toHaveLength(2_100);
});
