// @module-tag sized

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BANDWIDTH, BANDWIDTH_OAUTH } from '../../../test/support/bandwidth.ts';
import { submissionOf } from '../../../test/support/submissions.ts';
import { sized } from '../../../test/support/thorough.ts';
import type { Submission } from '../carrier.ts';
import type { VendorResponse } from '../http/exchange.ts';
import { createBandwidthApi, STATUSES, TYPES } from './api.ts';

const SMS = submissionOf({ from: '+15551113333', to: '+15554443333', text: 'Hello world' });
const CONTEXT = { callbackUrl: 'https://sms.example/carriers/band/callback?ref=x', tag: 'msg_A/1.0123456789abcdef' };

const file = (name: string) => ({ hash: name, mimeType: 'image/png', byteLength: 1_000, fileName: null });
const FILES = [
  { ...file('a'), url: 'https://sms.example/media/a?expires=1&mac=%2B' },
  { ...file('b'), url: 'https://sms.example/media/b' },
];

const response = (status: number, body: unknown, headers: Record<string, string> = {}): VendorResponse => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const classify = (...given: Parameters<typeof response>) => createBandwidthApi(BANDWIDTH).classify(response(...given));

/** Bandwidth's own description of its API. */
const spec = parse(
  readFileSync(createRequire(import.meta.url).resolve('bandwidth-sdk/bandwidth.yml'), 'utf8'),
) as Specification;
interface Specification {
  paths: Record<string, { servers: { url: string }[]; post?: { responses: Record<string, unknown> } }>;
  components: {
    schemas: Record<string, { properties?: Record<string, unknown> }>;
    parameters: Record<string, { in: string; name: string; schema: object }>;
    securitySchemes: { OAuth2: { flows: { clientCredentials: { tokenUrl: string } } } };
  };
}

const ajv = new Ajv({ strict: false, validateSchema: false, logger: false });
addFormats.default(ajv);
ajv.addSchema(spec, 'bandwidth');
const isMessageRequest = ajv.compile({ $ref: 'bandwidth#/components/schemas/messageRequest' });

describe('submit', () => {
  const submitted = (submission: Partial<Submission>, settings = BANDWIDTH) =>
    createBandwidthApi(settings).submit({ ...SMS, ...submission }, CONTEXT);

  test('A submit is a POST of the message with the signed reference as its tag.', () => {
    const { body, ...request } = submitted({});
    expect(request).toEqual({
      method: 'POST',
      path: '/api/v2/users/9900000/messages',
      headers: {
        accept: 'application/json',
        authorization: 'Basic dXNlcjpwYXNz',
        'content-type': 'application/json; charset=utf-8',
      },
    });
    expect(JSON.parse(body ?? '')).toEqual({
      applicationId: '93de2206-9669-4e07-948d-329f4b722ee2',
      to: ['+15554443333'],
      from: '+15551113333',
      text: 'Hello world',
      tag: 'msg_A/1.0123456789abcdef',
    });
  });

  test('A submit of an MMS has the URLs of its files in their order.', () => {
    const { body } = submitted({ messageType: 'MMS', media: FILES, text: 'Look' });
    expect(JSON.parse(body ?? '')).toMatchObject({ text: 'Look', media: FILES.map(({ url }) => url) });
  });

  test('A submit of an MMS without a text has no text field.', () => {
    const { body } = submitted({ messageType: 'MMS', media: FILES, text: null, encoding: null });
    expect(JSON.parse(body ?? '')).not.toHaveProperty('text');
  });

  test('A submit has no Authorization header with OAuth 2, because the token is added later.', () => {
    expect(submitted({}, BANDWIDTH_OAUTH).headers).not.toHaveProperty('authorization');
    expect(createBandwidthApi(BANDWIDTH).tokens).toBeUndefined();
    const { tokens } = createBandwidthApi(BANDWIDTH_OAUTH);
    const { tokenUrl } = spec.components.securitySchemes.OAuth2.flows.clientCredentials;
    expect(`${tokens?.baseUrl}${tokens?.request().path}`).toBe(tokenUrl);
  });

  test('A submit conforms to the schema of Bandwidth for all texts, files and tags.', () => {
    const known = Object.keys(spec.components.schemas['messageRequest']?.properties ?? {});
    fc.assert(
      fc.property(
        fc.option(fc.string({ unit: 'grapheme', maxLength: 1_600 }).filter((text) => text.length <= 2_048)),
        fc.option(fc.subarray(FILES)),
        (text, media) => {
          const body = JSON.parse(submitted({ text, media }).body ?? '');
          expect(isMessageRequest(body), JSON.stringify(isMessageRequest.errors)).toBe(true);
          expect(known).toEqual(expect.arrayContaining(Object.keys(body)));
        },
      ),
      { numRuns: sized(200) },
    );
  });

  test('A submit that lacks a required field does not conform to the schema of Bandwidth.', () => {
    expect(isMessageRequest({ to: ['+15554443333'], from: '+15551113333' })).toBe(false);
  });

  test('A submit goes to the server and the path that Bandwidth describes.', () => {
    const { baseUrl, submit } = createBandwidthApi(BANDWIDTH);
    const server = spec.paths['/users/{accountId}/messages']?.servers[0]?.url;
    expect(baseUrl + submit(SMS, CONTEXT).path).toBe(`${server}/users/9900000/messages`);
  });
});

describe('response', () => {
  const error = (type: string, description = 'Because', fieldErrors?: unknown) => ({ type, description, fieldErrors });
  const SENT = { id: '1589228074636lm4k2je7j7jklbn2', segmentCount: 1 };
  const rejected = (carrierCode: string, code: string, reason: string | RegExp = /Because/): object => ({
    outcome: 'rejected',
    permanent: true,
    carrierCode,
    code,
    reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  });
  const misconfigured = (reason: RegExp) => ({ outcome: 'misconfigured', reason: expect.stringMatching(reason) });
  const unknown = (reason: RegExp) => ({ outcome: 'unknown', reason: expect.stringMatching(reason) });

  test.each<[string, Parameters<typeof response>, object]>([
    ['202 with an id', [202, SENT], { outcome: 'accepted', carrierRef: SENT.id }],
    ['200 with an id', [200, SENT], { outcome: 'accepted', carrierRef: SENT.id }],
    ['202 without an id', [202, {}], unknown(/202/)],
    ['202 with an empty id', [202, { id: '' }], unknown(/202/)],
    ['202 with an id of another type', [202, { id: 7 }], unknown(/202/)],
    ['202 with a truncated body', [202, '{"id":"15892'], unknown(/202/)],
    ['202 with an array', [202, [SENT]], unknown(/202/)],
    ['204', [204, ''], unknown(/204/)],
    ['302', [302, ''], unknown(/302/)],
    [
      '400',
      [400, error('request-validation')],
      rejected('request-validation', 'CARRIER_REJECTED', 'request-validation: Because'),
    ],
    ['400 without a body', [400, ''], unknown(/400 400: no description/)],
    ['401', [401, error('unauthorized', 'Authentication Failed')], misconfigured(/401 unauthorized: Auth/)],
    ['403', [403, error('forbidden', 'Access Denied')], misconfigured(/403 forbidden: Access Denied/)],
    ['404', [404, { status: 404, error: 'Not Found', message: 'Not Found' }], misconfigured(/404 404: Not Found/)],
    ['405', [405, error('method')], rejected('method', 'CARRIER_REJECTED')],
    ['406', [406, error('accept')], rejected('accept', 'CARRIER_REJECTED')],
    ['408', [408, error('timeout')], unknown(/408/)],
    ['409', [409, error('conflict')], unknown(/409/)],
    ['415', [415, error('unsupported-content-type')], rejected('unsupported-content-type', 'CARRIER_REJECTED')],
    ['422, which is not listed', [422, error('new')], rejected('new', 'CARRIER_REJECTED')],
    ['429', [429, error('max-message-queue-size-exceeded')], { outcome: 'throttled', retryAfterMs: 0 }],
    ['429 of another type', [429, ''], { outcome: 'throttled', retryAfterMs: 0 }],
    ['429 with Retry-After', [429, '', { 'retry-after': '300' }], { outcome: 'throttled', retryAfterMs: 300_000 }],
    ['429 with a long pause', [429, '', { 'retry-after': '86400' }], { outcome: 'throttled', retryAfterMs: 900_000 }],
    ['429 with a date', [429, '', { 'retry-after': 'soon' }], { outcome: 'throttled', retryAfterMs: 0 }],
    ['a full queue', [400, error('max-message-queue-size-exceeded')], { outcome: 'throttled', retryAfterMs: 0 }],
    ['408 of a full queue', [408, error('max-message-queue-size-exceeded')], unknown(/408/)],
    ['500', [500, error('internal')], unknown(/500 internal/)],
    ['502 of a proxy', [502, '<html>'], unknown(/502/)],
    ['503 of a full queue', [503, error('max-message-queue-size-exceeded')], unknown(/503/)],
    ['504', [504, ''], unknown(/504/)],
  ])('A response %s has its meaning.', (_name, given, result) => {
    expect(classify(...given)).toEqual(result);
  });

  test.each([
    ['to', 'INVALID_NUMBER'],
    ['to[0]', 'INVALID_NUMBER'],
    ['from', 'SENDER_REJECTED'],
    ['media', 'MEDIA_UNSUPPORTED'],
    ['media[1]', 'MEDIA_UNSUPPORTED'],
    ['text', 'CARRIER_REJECTED'],
    ['applicationId', 'CARRIER_REJECTED'],
    ['toString', 'CARRIER_REJECTED'],
    ['', 'CARRIER_REJECTED'],
  ])('A response 400 that objects to the field "%s" is %s.', (fieldName, code) => {
    const body = error('request-validation', 'Bad', [null, { fieldName: 'tag' }, { fieldName, description: 'Wrong' }]);
    expect(classify(400, body)).toEqual({
      ...rejected('request-validation', code, /^request-validation: Bad; .*: Wrong$/),
      ...(code === 'SENDER_REJECTED' ? { isRouteSpecific: true } : {}),
    });
  });

  test('A response of any form has a meaning, and only 2xx is an acceptance.', () => {
    const body = fc.oneof(fc.string(), fc.json(), fc.record({ id: fc.string({ minLength: 1 }) }));
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), body, (status, given) => {
        const { outcome } = classify(status, given);
        if (outcome === 'accepted') expect(status).toBeLessThan(300);
        if (status >= 500 || status === 408 || status === 409) expect(outcome).toBe('unknown');
      }),
      { numRuns: sized(400) },
    );
  });

  test('The table of statuses has an entry with a source for each 4xx status that Bandwidth declares.', () => {
    const declared = Object.keys(spec.paths['/users/{accountId}/messages']?.post?.responses ?? {});
    const refused = declared.filter((status) => status.startsWith('4'));
    expect(refused.length).toBeGreaterThan(5);
    for (const status of refused) expect(STATUSES[Number(status)]?.source).toBeTruthy();
    for (const { source } of [...Object.values(STATUSES), ...Object.values(TYPES)]) expect(source).not.toBe('');
  });
});

describe('check', () => {
  const api = createBandwidthApi(BANDWIDTH);

  test('The check is a search with parameters that Bandwidth documents.', () => {
    const { method, path, headers, body } = api.check();
    const url = new URL(path, api.baseUrl);
    expect([method, url.pathname, body]).toEqual(['GET', '/api/v2/users/9900000/messages', undefined]);
    expect(headers).toMatchObject({ authorization: 'Basic dXNlcjpwYXNz' });
    expect(url.searchParams.get('sourceTn')).toBe('+12025550100');
    for (const name of url.searchParams.keys()) expect(spec.components.parameters[name]).toMatchObject({ in: 'query' });
  });

  test('The check finds wrong credentials and a wrong path, and nothing else.', () => {
    const problem = (status: number) => api.problem(response(status, { type: 'type', description: 'Because' }));
    expect(problem(401)).toBe('401 type: Because');
    expect(problem(403)).toBe('403 type: Because');
    expect(problem(404)).toBe('404 type: Because');
    for (const status of [200, 202, 400, 408, 409, 415, 429, 500, 503]) expect(problem(status)).toBeUndefined();
  });
});
