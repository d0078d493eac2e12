import { describe, expect, test } from 'vitest';
import type { SubmitResult } from '../carriers/carrier.ts';
import type { AttemptResult } from '../messages/attempts/attempts.ts';
import type { DeliveryGuarantee } from '../messages/request/send-request.ts';
import { backoffMs, type Decision, decide, MAX_REFUSALS, MAX_UNANSWERED } from './decide.ts';

const GUARANTEES: readonly DeliveryGuarantee[] = ['AT_MOST_ONCE', 'AT_LEAST_ONCE'];

const ACCEPTED: SubmitResult = { outcome: 'accepted', carrierRef: 'ref-1' };
const REFUSED: SubmitResult = { outcome: 'rejected', permanent: true, carrierCode: '11', reason: 'bad number' };
const NOT_NOW: SubmitResult = { outcome: 'rejected', permanent: false, carrierCode: '88', reason: 'queue full' };
const THROTTLED: SubmitResult = { outcome: 'throttled', retryAfterMs: 1234 };
const UNREACHABLE: SubmitResult = { outcome: 'unreachable', reason: 'no link' };
const UNKNOWN: SubmitResult = { outcome: 'unknown', reason: 'no answer' };
const MISCONFIGURED: SubmitResult = { outcome: 'misconfigured', reason: 'wrong password' };

const sent: Decision = { kind: 'record', report: { state: 'SENT', carrierRef: 'ref-1', error: null } };
const unknown: Decision = { kind: 'record', report: { state: 'UNKNOWN', carrierRef: null, error: null } };
const failed = (carrierCode: string, reason: string): Decision => ({
  kind: 'record',
  report: {
    state: 'FAILED',
    carrierRef: null,
    error: {
      code: 'CARRIER_REJECTED',
      message: 'The carrier refused the message',
      details: { carrierCode, reason },
    },
  },
});
const again = (afterMs: number, isExcused: boolean, ended?: AttemptResult): Decision => ({
  ...{ kind: 'retry', afterMs, isExcused },
  ...(ended ? { ended } : {}),
});
const busy: AttemptResult = { outcome: 'REJECTED', proof: 'REFUSED', carrierCode: '88', reason: 'queue full' };
const notSent: AttemptResult = { outcome: 'UNREACHABLE', proof: 'NOT_SENT', carrierCode: null, reason: 'no link' };
const tooFast: AttemptResult = { outcome: 'THROTTLED', proof: 'REFUSED', carrierCode: 'HTTP 429', reason: null };
const noRights: AttemptResult = {
  ...{ outcome: 'MISCONFIGURED', proof: 'REFUSED', carrierCode: 'HTTP 401', reason: 'wrong password' },
};

/** UNKNOWN is recorded before the next attempt, because a receipt may make that attempt unnecessary. */
const inDoubt = (afterMs: number): Decision => ({
  kind: 'retry',
  afterMs,
  isExcused: false,
  report: { state: 'UNKNOWN', carrierRef: null, error: null },
  ended: { outcome: 'UNKNOWN', proof: null, carrierCode: null, reason: 'no answer' },
});

const TABLE: [name: string, result: SubmitResult, attempt: number, Record<DeliveryGuarantee, Decision>][] = [
  ['accepted', ACCEPTED, 1, both(sent)],
  ['accepted, late', ACCEPTED, 50, both(sent)],
  ['rejected for good', REFUSED, 1, both(failed('11', 'bad number'))],
  ['rejected for now', NOT_NOW, 1, both(again(1_000, false, busy))],
  ['rejected for now, once more than last', NOT_NOW, MAX_REFUSALS - 1, both(again(60_000, false, busy))],
  ['rejected for now, too often', NOT_NOW, MAX_REFUSALS, both(failed('88', 'queue full'))],
  ['throttled', THROTTLED, 1, both(again(1234, true))],
  ['throttled, often', THROTTLED, 1000, both(again(1234, true))],
  ['throttled by a response', { ...THROTTLED, carrierCode: 'HTTP 429' }, 1, both(again(1234, true, tooFast))],
  ['unreachable', UNREACHABLE, 1, both(again(1_000, false, notSent))],
  ['unreachable, often', UNREACHABLE, 1000, both(again(60_000, false, notSent))],
  ['misconfigured', MISCONFIGURED, 1, both(again(30_000, true))],
  [
    'misconfigured by a response',
    { ...MISCONFIGURED, carrierCode: 'HTTP 401' },
    1,
    both(again(30_000, true, noRights)),
  ],
  ['unknown', UNKNOWN, 1, { AT_MOST_ONCE: unknown, AT_LEAST_ONCE: inDoubt(1_000) }],
  ['unknown, again', UNKNOWN, 3, { AT_MOST_ONCE: unknown, AT_LEAST_ONCE: inDoubt(4_000) }],
  ['unknown, too often', UNKNOWN, MAX_UNANSWERED, both(unknown)],
];

function both(decision: Decision): Record<DeliveryGuarantee, Decision> {
  return { AT_MOST_ONCE: decision, AT_LEAST_ONCE: decision };
}

describe.each(GUARANTEES)('Decision under %s', (guarantee) => {
  test.each(TABLE)('The decision is as specified for the result: %s.', (_, result, attempt, expected) => {
    expect(decide(result, attempt, guarantee)).toEqual(expected[guarantee]);
  });
});

test('AT_MOST_ONCE never submits a segment again that may have reached the carrier, at any attempt.', () => {
  for (let attempt = 1; attempt <= 100; attempt += 1) {
    for (const result of [ACCEPTED, UNKNOWN]) expect(decide(result, attempt, 'AT_MOST_ONCE').kind).toBe('record');
  }
});

test('A segment that was never sent out is retried without limit and never recorded as failed.', () => {
  for (let attempt = 1; attempt <= 100; attempt += 1) {
    for (const result of [UNREACHABLE, THROTTLED, MISCONFIGURED]) {
      for (const guarantee of GUARANTEES) expect(decide(result, attempt, guarantee).kind).toBe('retry');
    }
  }
});

test('The wait doubles from one second up to one minute.', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 1e6].map(backoffMs)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
  ]);
});

test("Characters that the store does not accept are replaced in the carrier's response.", () => {
  expect(decide({ outcome: 'accepted', carrierRef: 'a\0b' }, 1, 'AT_MOST_ONCE')).toMatchObject({
    report: { carrierRef: 'a\ufffdb' },
  });
  const refused = { outcome: 'rejected', permanent: true, carrierCode: '\0', reason: '\ud800' } as const;
  expect(decide(refused, 1, 'AT_MOST_ONCE')).toMatchObject({
    report: { error: { details: { carrierCode: '\ufffd', reason: '\ufffd' } } },
  });
});
