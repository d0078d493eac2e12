import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { SmscSimulator, type Taken } from '#smsc/simulator.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const ONE = { id: 'num_abc123', from: '+15551234567' };
/** A number of the same campaign. */
const OTHER = { id: 'num_nomms', from: '+15551234568' };

let directory: string;
let smsc: SmscSimulator;
let processes: TestRedCloud[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-pace-'));
  smsc = await SmscSimulator.start({ behaviour: { pace: 0.1 } });
  processes = [];
});
afterEach(async () => {
  const [first, ...others] = processes;
  for (const other of others) await other.running.stop();
  await first?.stop();
  await smsc.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function begin(settings: object, roles = 'api,outbound,webhooks'): Promise<TestRedCloud> {
  const file = join(directory, 'carriers.json');
  const carrier = { name: 'acme', type: 'smpp', host: '127.0.0.1', port: smsc.port, systemId: 'x', password: 'x' };
  writeFileSync(file, JSON.stringify({ carriers: [{ ...carrier, ...settings }] }));
  const [first] = processes;
  const started = await startRedCloud({
    env: { RC_CARRIERS: file, RC_ROLES: roles },
    overrides: { clock: systemClock },
    ...(first ? { store: first.store } : {}),
  });
  processes.push(started);
  return started;
}

async function send({ id }: { id: string }, count: number, text = 'Hello', first = 0): Promise<void> {
  const to = Array.from({ length: count }, (_, i) => `+1555300${1_000 + first + i}`);
  const answer = await (processes[0] as TestRedCloud).send(`${id} ${Math.random()}`, { sendFrom: id, to, text });
  expect(answer.json.errors).toEqual([]);
}

const taken = (by?: { from: string }) => smsc.taken.filter(({ from }) => !by || from === by.from);
const until = (count: number, by?: { from: string }) =>
  expect.poll(() => taken(by).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
/**
 * Time in milliseconds from the first to the last segment at the carrier, plus a tolerance of 50. Timers and sockets
 * can bring two segments closer together than the pace.
 */
const span = (all: readonly Taken[]) => (all.at(-1)?.at ?? 0) - (all[0]?.at ?? 0) + 50;

describe('Segments of a number', () => {
  test('Segments of a number follow its pace and order, and other numbers do not wait for them.', {
    tags: 'slow',
  }, async () => {
    await begin({ pace: { perNumber: 20 } });
    await send(ONE, 30);
    await until(1);
    await send(OTHER, 1);
    await until(1, OTHER);
    expect(taken(ONE).length).toBeLessThan(30);
    await until(30, ONE);
    expect(span(taken(ONE))).toBeGreaterThanOrEqual(29 * 50);
    expect(taken(ONE).map(({ to }) => to)).toEqual(
      taken(ONE)
        .map(({ to }) => to)
        .toSorted(),
    );
  });

  test('Segments of one message count individually for the pace.', { tags: 'slow' }, async () => {
    await begin({ pace: { perNumber: 20 } });
    await send(ONE, 2, 'x'.repeat(153 * 5));
    await until(10);
    expect(span(taken())).toBeGreaterThanOrEqual(9 * 50);
  });

  test('Segments that wait at a stop are released, and later submitted exactly once in their order.', {
    tags: 'slow',
  }, async () => {
    const first = await begin({ pace: { perNumber: 4 } });
    for (let i = 0; i < 5; i += 1) await send(ONE, 1, 'x'.repeat(200), i);
    await until(1);
    processes = [await first.restart()];
    await until(10);
    const parts = taken().map(({ to, part }) => `${to} ${part?.part}`);
    expect(new Set(parts).size).toBe(10);
    // A message that was partly submitted before the stop continues in parallel with the next one.
    for (const nth of ['1', '2']) {
      const of = parts.filter((part) => part.endsWith(` ${nth}`));
      expect(of).toEqual(of.toSorted());
    }
    for (const part of parts.filter((one) => one.endsWith(' 2')))
      expect(parts.indexOf(part)).toBeGreaterThan(parts.indexOf(part.replace(/2$/, '1')));
  });
});

test('The pace of a campaign applies to all of its numbers together.', { tags: 'slow' }, async () => {
  await begin({ pace: { perCampaign: 20 } });
  await Promise.all([send(ONE, 10), send(OTHER, 10)]);
  await until(20);
  expect(span(taken())).toBeGreaterThanOrEqual(19 * 50);
  // The numbers alternate.
  expect(
    taken()
      .slice(0, 10)
      .filter(({ from }) => from === OTHER.from).length,
  ).toBeGreaterThan(2);
});

const SERVER = process.env['TEST_DATABASE_URL'];
const SKIPPED = 'of one number (skipped: the embedded store has one process, and TEST_DATABASE_URL is not set)';

describe.skipIf(!SERVER)(SERVER ? 'segments of one number' : SKIPPED, () => {
  test('The pace of a number applies across two bound processes, each of which submits some segments.', async () => {
    const settings = { pace: { perNumber: 20 }, processes: 2 };
    await begin(settings);
    await begin(settings, 'outbound');
    await expect.poll(() => smsc.links).toBe(2);
    await send(ONE, 40);
    await until(40);
    expect(span(taken())).toBeGreaterThanOrEqual(38 * 50);
    expect(new Set(taken().map(({ to }) => to)).size).toBe(40);
    const submits = processes.map((one) => one.logged().split('"event":"submit"').length - 1);
    expect(Math.min(...submits)).toBeGreaterThan(5);
  });
});
