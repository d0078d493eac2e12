import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createIds } from '#platform/ids.ts';
import { NO_SMALL_DISK, SmallDisk } from '../../../test/support/small-disk.ts';
import { submissionOf } from '../../../test/support/submissions.ts';
import { Ledger, type Taken } from './ledger.ts';
import { Simulator } from './simulator.ts';

const taken = (nth: number): Taken => ({
  carrierRef: `sim-${nth}`,
  reference: `msg_${nth}/1`,
  from: '+15551234567',
  to: '+15550000001',
  messageType: 'SMS',
  at: '2026-11-23T12:00:00.000Z',
});

describe.skipIf(NO_SMALL_DISK)(`Ledger on a full disk${NO_SMALL_DISK ? ` (${NO_SMALL_DISK})` : ''}`, () => {
  let disk: SmallDisk;
  let file: string;
  beforeEach(() => {
    disk = new SmallDisk(1);
    file = join(disk.directory, 'simulator', 'ledger.ndjson');
  });
  afterEach(() => disk.remove());

  test('The ledger has a whole line for each accepted segment, and nothing of rejected segments.', () => {
    const ledger = new Ledger(file);
    ledger.open();
    ledger.taken(taken(0));
    disk.fill();
    let refused = 1;
    // The last page of the file still has some room.
    for (; ; refused += 1) {
      try {
        ledger.taken(taken(refused));
      } catch (error) {
        expect((error as Error).message).toMatch(/no (room|space)/i);
        break;
      }
    }
    for (let i = 0; i < 10; i += 1) expect(() => ledger.done('sim-of-another')).not.toThrow();
    disk.clear();
    ledger.taken(taken(refused + 1));
    ledger.close();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const entries = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'taken');
    const nths = entries.map(({ carrierRef }) => Number(carrierRef.slice('sim-'.length)));
    expect(nths).toEqual([...Array.from({ length: refused }, (_, nth) => nth), refused + 1]);
    expect(new Ledger(file).open()).toHaveLength(refused + 1);
  });

  test('The simulator throttles submits, with a time for the retry, until the disk has space.', async () => {
    const simulator = new Simulator({
      name: 'sim',
      ledgerFile: file,
      clock: systemClock,
      ids: createIds(systemClock),
      pace: 0,
    });
    await simulator.start({ onReport: async () => null, onInbound: async () => undefined });
    disk.fill();
    const submission = submissionOf({ to: '+15550000003', text: 'x' });
    const results = [];
    for (let nth = 0; nth < 60; nth += 1) results.push(await simulator.submit(submission));
    expect(results.at(-1)).toEqual({ outcome: 'throttled', retryAfterMs: 1_000 });
    disk.clear();
    expect(await simulator.submit(submission)).toMatchObject({ outcome: 'accepted' });
    await simulator.stop();
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"taken"'));
    expect(lines).toHaveLength(results.filter(({ outcome }) => outcome === 'accepted').length + 1);
  });
});
