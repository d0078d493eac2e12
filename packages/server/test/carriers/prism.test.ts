// @module-tag slow
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBandwidthApi } from '#carriers/bandwidth/api.ts';
import type { Submission, SubmitResult } from '#carriers/carrier.ts';
import type { VendorRequest, VendorResponse } from '#carriers/http/exchange.ts';
import { HttpCarrier } from '#carriers/http/http-carrier.ts';
import { References } from '#carriers/http/references.ts';
import type { VendorApi } from '#carriers/http/vendor.ts';
import { createTwilioApi } from '#carriers/twilio/api.ts';
import { submissionOf } from '../support/submissions.ts';
import { bandwidthDescription, startPrism, twilioDescription, withoutPrism } from './prism.ts';

if (withoutPrism) process.stdout.write(`prism.test.ts: skipped: ${withoutPrism}\n`);

const COMMON = { insecure: false, window: 4, mediaBytes: 600_000 };
const twilio = (more = {}) =>
  createTwilioApi({
    ...COMMON,
    ...{ name: 'twilio', type: 'twilio', accountSid: `AC${'1'.repeat(32)}`, authToken: 'token' },
    apiKeySecret: undefined,
    ...more,
  });
const bandwidth = (more = {}) =>
  createBandwidthApi({
    ...COMMON,
    ...{
      name: 'bandwidth',
      type: 'bandwidth',
      accountId: '9900000',
      applicationId: '93de2206-9669-4e07-948d-329f4b722ee2',
    },
    ...{ username: 'user', password: 'password', clientSecret: undefined },
    ...{ callbackUsername: 'redcloud', callbackPassword: 'callback' },
    ...more,
  });

const references = new References(Buffer.alloc(32, 1));
function context(submit: Submission) {
  const tag = references.sign('vendor', submit);
  const url = new URL('https://sms.example.com/carriers/vendor/callback');
  url.searchParams.set('ref', tag);
  return { callbackUrl: url.href, tag };
}

const SMS = submissionOf({ reference: 'msg_01M8N8Y753KTAM9NBEGJJB9X7A/1' });
const file = (n: number) => ({
  ...{ hash: 'ab'.repeat(32), mimeType: 'image/jpeg', byteLength: 1_000, fileName: null },
  url: `https://sms.example.com/media/${'ab'.repeat(32)}/t9k0/rs-696d6167652f6a706567/${'cd'.repeat(32)}/abababab${n}.jpg`,
});
const mms = (count: number, text: string | null = null): Partial<Submission> => ({
  messageType: 'MMS',
  text,
  encoding: text === null ? null : 'GSM7',
  media: Array.from({ length: count }, (_, i) => file(i)),
});

/** Submits of each kind that Red Cloud makes. */
const SUBMITS: [string, Partial<Submission>][] = [
  ['an SMS', {}],
  ['an SMS in UCS-2', { text: 'Grüße 漢字 😀 & 100%+\n', encoding: 'UCS2', latin1: false }],
  ['a long SMS', { text: 'x'.repeat(1_600), segments: 11 }],
  ['an SMS of an alphanumeric sender', { from: 'RedCloud' }],
  ['an SMS of a short code', { from: '54321' }],
  ['an MMS with one file', mms(1)],
  ['an MMS with ten files and a text', mms(10, 'Look & see')],
];

/** Submits through the whole carrier, with an API that a test may change. */
async function submit(api: VendorApi, baseUrl: string, changes: Partial<Submission> = {}): Promise<SubmitResult> {
  const states: (string | undefined)[] = [];
  const carrier = new HttpCarrier({ name: 'vendor', api, baseUrl, window: 4, context });
  await carrier.start({
    onReport: async () => undefined,
    onInbound: async () => undefined,
    onState: (_name, _state, reason) => states.push(reason),
  });
  try {
    expect(states).toEqual([undefined]);
    return await carrier.submit({ ...SMS, ...changes });
  } finally {
    await carrier.stop();
  }
}

/** The API with a changed request of each submit. */
const changed = (api: VendorApi, change: (request: VendorRequest) => VendorRequest): VendorApi => ({
  ...api,
  submit: (...args) => change(api.submit(...args)),
});
const withHeader = (api: VendorApi, headers: Record<string, string>) =>
  changed(api, (request) => ({ ...request, headers: { ...request.headers, ...headers } }));

async function exchange(baseUrl: string, { method, path, headers, body }: VendorRequest): Promise<VendorResponse> {
  const response = await fetch(baseUrl + path, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

async function expectList({ list }: VendorApi, baseUrl: string): Promise<void> {
  const search = { from: SMS.from, to: SMS.to, since: new Date('2026-11-30T10:00:00Z'), until: new Date() };
  const response = await exchange(baseUrl, list?.request(search) as VendorRequest);
  expect(response.status).toBe(200);
  expect(() => list?.read(response.body)).not.toThrow();
}

const title = (vendor: string) => `Server from the description of ${vendor}${withoutPrism ? ' (skipped)' : ''}`;

describe.skipIf(withoutPrism)(title('Twilio'), () => {
  let prism: Awaited<ReturnType<typeof startPrism>>;
  beforeAll(async () => {
    prism = await startPrism(twilioDescription());
  });
  afterAll(() => prism?.stop());

  test.each(SUBMITS)('A submit of %s is valid and accepted.', async (_name, changes) => {
    expect(await submit(twilio(), prism.url, changes)).toMatchObject({
      outcome: 'accepted',
      carrierRef: expect.stringMatching(/^[SM]M/),
    });
  });

  test('A submit through a Messaging Service is valid.', async () => {
    const api = twilio({ messagingServiceSid: `MG${'a'.repeat(32)}` });
    expect(await submit(api, prism.url)).toMatchObject({ outcome: 'accepted' });
  });

  test.each([
    ['without a recipient', (form: URLSearchParams) => form.delete('To')],
    ['with a wrong Messaging Service', (form: URLSearchParams) => form.set('MessagingServiceSid', 'MG1')],
    ['with a callback that is no URL', (form: URLSearchParams) => form.set('StatusCallback', 'no url')],
    ['with media that are no URL', (form: URLSearchParams) => form.append('MediaUrl', 'no url')],
  ])('A submit %s is rejected, so that these tests can fail.', async (_name, spoil) => {
    const api = changed(twilio(), (request) => {
      const form = new URLSearchParams(request.body);
      spoil(form);
      return { ...request, body: form.toString() };
    });
    const request = api.submit(SMS, context(SMS));
    expect((await exchange(prism.url, request)).status).toBe(422);
    // The description of Twilio has no errors, so that the body is one of Prism. Such a response proves nothing.
    expect(await submit(api, prism.url)).toMatchObject({ outcome: 'unknown' });
  });

  test('A submit without credentials shows wrong settings.', async () => {
    const api = changed(twilio(), ({ headers: { authorization: _, ...headers }, ...rest }) => ({ ...rest, headers }));
    expect(await submit(api, prism.url)).toMatchObject({ outcome: 'misconfigured' });
  });

  test.each([
    ['the account', {}],
    ['a message', { apiKeySid: 'SK1', apiKeySecret: 'key' }],
  ])('The check reads %s with a valid request, and finds no problem.', async (_name, more) => {
    const api = twilio(more);
    const response = await exchange(prism.url, api.check());
    expect([response.status, api.problem(response)]).toEqual([200, undefined]);
  });

  test('The look-up of an unknown message is a valid request, and its response is readable.', () =>
    expectList(twilio(), prism.url));
});

describe.skipIf(withoutPrism)(title('Bandwidth'), () => {
  let prism: Awaited<ReturnType<typeof startPrism>>;
  beforeAll(async () => {
    prism = await startPrism(bandwidthDescription());
  });
  afterAll(() => prism?.stop());

  test.each(SUBMITS)('A submit of %s is valid and accepted.', async (_name, changes) => {
    expect(await submit(bandwidth(), prism.url, changes)).toMatchObject({ outcome: 'accepted' });
  });

  test.each([
    ['without a recipient', { to: undefined }],
    ['with a recipient that is no list', { to: '+15557654321' }],
    ['without an application', { applicationId: undefined }],
    ['with a text that is too long', { text: 'x'.repeat(2_049) }],
    ['with media that are no URL', { media: ['no url'] }],
  ])('A submit %s is rejected, so that these tests can fail.', async (_name, fields) => {
    const api = changed(bandwidth(), (request) => ({
      ...request,
      body: JSON.stringify({ ...JSON.parse(request.body ?? ''), ...fields }),
    }));
    expect(await submit(api, prism.url)).toMatchObject({ outcome: 'rejected', permanent: true });
  });

  test.each<[number, Partial<SubmitResult>]>([
    [400, { outcome: 'rejected', permanent: true }],
    [401, { outcome: 'misconfigured' }],
    [403, { outcome: 'misconfigured' }],
    [404, { outcome: 'misconfigured' }],
    [405, { outcome: 'rejected', permanent: true }],
    [406, { outcome: 'rejected', permanent: true }],
    [415, { outcome: 'rejected', permanent: true }],
    [429, { outcome: 'throttled' }],
    [500, { outcome: 'unknown' }],
  ])('The declared response %i has its meaning.', async (status, expected) => {
    const api = withHeader(bandwidth(), { prefer: `code=${status}` });
    const response = await exchange(prism.url, api.submit(SMS, context(SMS)));
    expect(response.status).toBe(status);
    const result = await submit(api, prism.url);
    expect(result).toMatchObject(expected);
    // The error of the description, instead of a substitute for an unreadable one.
    if ('reason' in result) expect(result.reason).not.toContain('no description');
  });

  test('The tests cover each declared response of a submit.', () => {
    const responses = bandwidthDescription().paths['/api/v2/users/{accountId}/messages']?.['post']?.responses ?? {};
    expect(Object.keys(responses)).toEqual(['202', '400', '401', '403', '404', '405', '406', '415', '429', '500']);
  });

  test('The look-up of an unknown message is a valid request, and its response is readable.', () =>
    expectList(bandwidth(), prism.url));

  test('The check is a valid search for messages, and finds no problem.', async () => {
    const api = bandwidth();
    const response = await exchange(prism.url, api.check());
    expect([response.status, api.problem(response)]).toEqual([200, undefined]);
    const refused = await exchange(prism.url, {
      ...api.check(),
      headers: { ...api.check().headers, prefer: 'code=401' },
    });
    expect(api.problem(refused)).toMatch(/^401 /);
  });
});
