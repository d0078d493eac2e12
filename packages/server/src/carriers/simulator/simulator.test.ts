import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { createIds } from '#platform/ids.ts';
import { describeCarrier } from '../../../test/support/carrier-conformance.ts';
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

describeCarrier({
  name: 'the simulator',
  create: async () => simulator(0.01),
  destinations: {
    delivered: '+15550000001',
    undeliverable: '+15550000010',
    refused: '+15550000002',
    throttled: '+15550000004',
    unanswered: '+15550000006',
    replying: '+15550000009',
  },
});

const to = (destination: string): Submission => ({
  reference: `msg_TO${destination.slice(1)}/1`,
  from: '+15551234567',
  to: destination,
  messageType: 'SMS',
  text: 'not for the books',
  encoding: 'GSM7',
  latin1: true,
  campaignId: null,
  segments: 1,
  media: null,
  part: 1,
  parts: 1,
});

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
