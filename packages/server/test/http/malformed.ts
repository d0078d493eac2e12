import fc from 'fast-check';
import { afterAll, expect } from 'vitest';
import { ownRedCloud } from '../support/own-redcloud.ts';
import type { Call } from '../support/redcloud.ts';

const SEED = 20_261_123;
export const MIB = 1_048_576;
const CODES: Record<number, string> = { 401: 'UNAUTHORIZED', 404: 'NOT_FOUND' };

export type Json = Record<string, unknown>;

export const MEDIA = { storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182340 };
export const SEND: Json = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'SMS', text: 'Hello' };
export const MMS: Json = { ...SEND, messageType: 'MMS', media: [MEDIA] };
export const SEND_PATH = '/api/core/messages/send';

export const x = (length: number) => 'x'.repeat(length);
export const words = (list: string) => list.split(' ');

/** @returns the same values in each run. */
export const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number) => fc.sample(arbitrary, { seed: SEED, numRuns });

interface Refusal {
  status: number;
  requestId: string | null | undefined;
  json: Json;
}

export function expectRefusal({ status, requestId, json }: Refusal, expected: number, what: string): void {
  const error = {
    code: CODES[expected] ?? 'INVALID_REQUEST',
    message: expect.stringMatching(/./),
    details: expect.any(Object),
  };
  expect({ status, json }, what).toEqual({ status: expected, json: { error, requestId } });
  expect(requestId, what).toMatch(/^[\w.-]{1,64}$/);
  expect((json['error'] as { message: string }).message.isWellFormed(), `${what}: its message`).toBe(true);
}

/**
 * Starts Red Cloud for one test file, and checks after its last test that the malformed requests had no effect.
 * @returns access to Red Cloud, and functions that send requests and expect their rejection.
 */
export function malformedRequests() {
  const { redcloud } = ownRedCloud();
  /** Number of malformed requests so far. */
  let made = 0;
  afterAll(expectNoEffect);

  /** Expects that the log contains no failure, and that a send is 202. */
  async function expectNoEffect(): Promise<void> {
    expect(redcloud().logged()).not.toMatch(/"event":"request_failed"|"status":5\d\d/);
    const { status, json } = await redcloud().send('after all', { to: ['+15551234567'] });
    expect([status, json.results.length]).toEqual([202, 1]);
  }

  async function refused(expected: number, path: string, call: Call = {}): Promise<Headers> {
    made += 1;
    const { status, headers, json } = await redcloud().call(path, call);
    const what = `${call.method ?? 'GET'} ${path} ${String(call.raw ?? JSON.stringify(call.body))} `.slice(0, 300);
    expectRefusal({ status, requestId: headers.get('x-request-id'), json }, expected, what);
    return headers;
  }

  const refusedSend = (raw: string | Uint8Array, expected = 400, headers = {}) =>
    refused(expected, SEND_PATH, { method: 'POST', raw, headers: { 'idempotency-key': 'malformed', ...headers } });

  return {
    ...{ redcloud, refused, refusedSend, expectNoEffect },
    made: () => made,
  };
}
