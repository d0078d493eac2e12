import { describe, expect, test } from 'vitest';
import { BANDWIDTH } from '../../../test/support/bandwidth.ts';
import { TELNYX } from '../../../test/support/telnyx.ts';
import { TWILIO } from '../../../test/support/twilio.ts';
import { createBandwidthApi } from '../bandwidth/api.ts';
import type { SubmitResult } from '../carrier.ts';
import { createTelnyxApi } from '../telnyx/api.ts';
import { createTwilioApi } from '../twilio/api.ts';
import { NOT_PROCESSED } from './undocumented.ts';

const VENDORS = {
  twilio: createTwilioApi(TWILIO),
  telnyx: createTelnyxApi(TELNYX),
  bandwidth: createBandwidthApi(BANDWIDTH),
};
type Vendor = keyof typeof VENDORS;

/** Bodies of proxies and gateways, none of which is an error of a vendor. */
const FOREIGN = [
  '',
  '<html><h1>Error</h1></html>',
  '{}',
  '[]',
  'null',
  JSON.stringify({ error: { code: 'FORBIDDEN', message: 'No' }, requestId: '1' }),
  // RFC 9457.
  JSON.stringify({ type: 'about:blank', title: 'Content Too Large', status: 413, detail: 'No' }),
  JSON.stringify({ code: 413, message: 'Content Too Large' }),
  JSON.stringify({ code: 99_999 }),
  JSON.stringify({ errors: [{ code: 'TOO_LARGE', title: 'No' }, { code: 413 }, { title: 'No code' }, null] }),
  JSON.stringify({ message: 'no Route matched with those values' }),
];

/** Statuses whose definition proves that the request was not processed. Kept apart from the table in the code. */
const PROVEN: Record<number, string> = {
  ...{ 401: 'misconfigured', 403: 'misconfigured', 404: 'misconfigured', 405: 'misconfigured' },
  ...{ 407: 'misconfigured', 410: 'misconfigured', 411: 'misconfigured', 415: 'misconfigured' },
  ...{ 421: 'misconfigured', 426: 'misconfigured', 451: 'misconfigured' },
  ...{ 413: 'temporary', 414: 'temporary', 431: 'temporary' },
  ...{ 425: 'throttled', 429: 'throttled' },
};

function kindOf(result: SubmitResult): string {
  if (result.outcome !== 'rejected') return result.outcome;
  return result.permanent ? 'permanent' : 'temporary';
}

describe.each(Object.keys(VENDORS) as Vendor[])('Response without an error of %s', (vendor) => {
  const { classify, problem } = VENDORS[vendor];

  test.each(Array.from({ length: 300 }, (_, i) => i + 300))('HTTP %i has its meaning with any body.', (status) => {
    for (const body of FOREIGN) {
      const result = classify({ status, headers: {}, body });
      expect([body, kindOf(result)]).toEqual([body, PROVEN[status] ?? 'unknown']);
      if (result.outcome === 'rejected') expect(result.carrierCode).toBe(`HTTP ${status}`);
    }
  });

  test('The check of the settings reports a proxy that refuses all requests.', () => {
    for (const status of [401, 404, 405, 407, 410, 421, 426, 451]) {
      expect([status, problem({ status, headers: {}, body: '<html>' })]).toEqual([status, expect.any(String)]);
    }
    for (const status of [400, 408, 409, 413, 425, 429, 431, 499, 500, 502, 503]) {
      expect([status, problem({ status, headers: {}, body: '<html>' })]).toEqual([status, undefined]);
    }
  });
});

/** An error of each vendor in its documented form, with a code that is not listed. */
const DOCUMENTED: Record<Vendor, unknown> = {
  twilio: {
    code: 21_999,
    message: 'Something new',
    more_info: 'https://www.twilio.com/docs/errors/21999',
    status: 413,
  },
  telnyx: { errors: [{ code: '40999', title: 'Something new', detail: 'Detail' }] },
  bandwidth: { type: 'something-new', description: 'Something new' },
};

test.each(Object.keys(VENDORS) as Vendor[])(
  'An error of %s refuses the message with any 4xx but 408 and 409.',
  (name) => {
    const body = JSON.stringify(DOCUMENTED[name]);
    const { classify } = VENDORS[name];
    for (const status of [400, 413, 421, 422, 431, 499]) {
      expect([status, kindOf(classify({ status, headers: {}, body }))]).toEqual([status, 'permanent']);
    }
    for (const status of [307, 408, 409, 500, 503]) {
      expect([status, kindOf(classify({ status, headers: {}, body }))]).toEqual([status, 'unknown']);
    }
  },
);

test('The table cites the definition of each status that proves that the request was not processed.', () => {
  expect(Object.keys(NOT_PROCESSED)).toEqual(Object.keys(PROVEN));
  for (const { source } of Object.values(NOT_PROCESSED)) expect(source).toMatch(/^RFC \d+ §|CONTRACT/);
});
