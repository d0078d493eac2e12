import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createIds } from '#platform/ids.ts';
import { submissionOf } from '../../../test/support/submissions.ts';
import type { Report, Submission } from '../carrier.ts';
import { Simulator } from './simulator.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'redcloud-simulator-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ledgerFile = () => join(directory, 'books', 'ledger.ndjson');

function simulator(pace = 0): Simulator {
  return new Simulator({
    name: 'simulator',
    ledgerFile: ledgerFile(),
    clock: systemClock,
    ids: createIds(systemClock),
    pace,
  });
}

const to = (destination: string): Submission =>
  submissionOf({ reference: `msg_TO${destination.slice(1)}/1`, to: destination, text: 'not for the books' });

/** Starts a carrier and submits segments. @returns the reports, when `count` of them have arrived. */
async function reportsOf(carrier: Simulator, submissions: Submission[], count: number): Promise<Report[]> {
  const reports: Report[] = [];
  const enough = Promise.withResolvers<void>();
  await carrier.start({
    onReport: async (_name, report) => {
      reports.push(report);
      if (reports.length === count) enough.resolve();
      return report.carrierRef;
    },
    onInbound: async () => undefined,
  });
  for (const submission of submissions) await carrier.submit(submission);
  await enough.promise;
  return reports;
}

test('A segment is in the ledger, without its text, before the response to its submit.', async () => {
  const carrier = simulator();
  await carrier.start({ onReport: async () => null, onInbound: async () => undefined });
  await carrier.submit(to('+15550000003'));
  const books = readFileSync(ledgerFile(), 'utf8');
  expect(books).toContain('msg_TO15550000003/1');
  expect(books).not.toContain('not for the books');
  await carrier.stop();
});

test('Rejected and throttled segments are not in the ledger.', async () => {
  const carrier = simulator();
  await carrier.start({ onReport: async () => null, onInbound: async () => undefined });
  await carrier.submit(to('+15550000002'));
  await carrier.submit(to('+15550000004'));
  expect(readFileSync(ledgerFile(), 'utf8')).toBe('');
  await carrier.stop();
});

test('A segment that may not leave is not in the ledger.', async () => {
  const carrier = simulator();
  await carrier.start({ onReport: async () => null, onInbound: async () => undefined });
  expect(await carrier.submit(to('+15550000003'), () => false)).toEqual({ outcome: 'unreachable', reason: 'not sent' });
  expect(await carrier.submit(to('+15550000001'), () => true)).toMatchObject({ outcome: 'accepted' });
  expect(readFileSync(ledgerFile(), 'utf8')).not.toContain('msg_TO15550000003/1');
  await carrier.stop();
});

test('The next simulator sends the pending reports of a stopped simulator, and no others.', async () => {
  const first = simulator(1_000);
  await first.start({ onReport: async () => null, onInbound: async () => undefined });
  await first.submit(to('+15550000007'));
  await first.stop();
  // Half a line at the end, as after a crash.
  appendFileSync(ledgerFile(), '{"kind":"taken","carrierRef":"sim-half');

  const second = simulator();
  const reports = await reportsOf(second, [to('+15550000001')], 2);
  await second.stop();
  expect(reports.map(({ reference }) => reference).sort()).toEqual(['msg_TO15550000001/1', 'msg_TO15550000007/1']);

  const third = simulator();
  expect(await reportsOf(third, [to('+15550000005')], 1)).toMatchObject([{ reference: 'msg_TO15550000005/1' }]);
  await third.stop();
});

test('A destination may send the same report twice.', async () => {
  const carrier = simulator();
  const reports = await reportsOf(carrier, [to('+15550000008')], 2);
  await carrier.stop();
  expect(reports[1]).toEqual(reports[0]);
});

test('A simulator that is stopped before its response returns an unknown outcome and does not throw.', async () => {
  const carrier = simulator();
  const refused = Promise.withResolvers<void>();
  await carrier.start({
    onReport: async () => {
      refused.resolve();
      throw new Error('the store is away');
    },
    onInbound: async () => undefined,
  });
  const answer = carrier.submit(to('+15550000005'));
  await refused.promise;
  await carrier.stop();
  expect(await answer).toMatchObject({ outcome: 'unknown' });
});

test('The ledger has the SHA-256 of each file of an MMS, and no text.', async () => {
  const files = ['a'.repeat(64), 'b'.repeat(64)].map((hash, index) => ({
    ...{ hash, mimeType: 'image/jpeg', byteLength: 10, fileName: `${index}.jpg` },
    url: `http://127.0.0.1/media/${index}`,
  }));
  await reportsOf(simulator(), [{ ...to('+15550000001'), messageType: 'MMS', media: files }], 1);
  const [first = ''] = readFileSync(ledgerFile(), 'utf8').split('\n');
  expect(JSON.parse(first)).toMatchObject({ messageType: 'MMS', media: ['a'.repeat(64), 'b'.repeat(64)] });
  expect(first).not.toContain('not for the books');
});
