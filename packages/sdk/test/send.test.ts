import { expect, onTestFinished, test, vi } from 'vitest';
import {
  AbortError,
  ApiError,
  ConnectionError,
  RecipientsRejectedError,
  type RedCloudError,
  TimeoutError,
} from '../src/index.ts';
import { platform } from '../src/transport/runtime.ts';
import { accepted, json, refused, Scripted, SEND, type Step, silent, unreachable } from './scripted.ts';

const failure = (promise: Promise<unknown>): Promise<RedCloudError> =>
  promise.then(
    () => {
      throw new Error('It did not fail');
    },
    (error) => error,
  );

const cutOff: Step = () => new Response('{"results":[{"to":"+1555', { status: 202 });
const page: Step = () => new Response('<html>Sign in to the hotel’s network</html>', { status: 200 });
const brokenOff: Step = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"results":'));
        controller.error(new TypeError('terminated'));
      },
    }),
    { status: 202 },
  );

const OK = { to: '+15551234567', messageId: 'msg_1', status: 'QUEUED' };

test.each([
  ['no connection', unreachable],
  ['an answer that breaks off', brokenOff],
  ['an answer that was cut off and looks whole', cutOff],
  ["somebody else's page", page],
  ['an answer of another shape', () => json(202, {})],
  ['an answer without a body', () => new Response(null, { status: 204 })],
  ['an answer that passes over a recipient', () => json(202, { results: [{ ...OK, to: '+15550000000' }], errors: [] })],
  ['an answer with holes', () => json(202, { results: [null], errors: [] })],
  ['an answer that names no message', () => json(202, { results: [{ to: OK.to }], errors: [] })],
  ['429', refused(429, 'RATE_LIMITED')],
  ['502', refused(502, 'UPSTREAM_ERROR')],
  ['503', () => new Response('busy', { status: 503 })],
  ['504', () => new Response('', { status: 504 })],
] satisfies [string, Step][])('after %s the very same request is sent again', async (_name, step) => {
  const server = new Scripted();
  server.steps = [step, step, accepted];
  const result = await server.client().messages.send(SEND);
  expect(result.outcome).toBe('ALL_ACCEPTED');
  expect(server.seen).toHaveLength(3);
  expect(server.seen[1]).toEqual(server.seen[0]);
  expect(server.seen[2]).toEqual(server.seen[0]);
  expect(server.seen[0]?.headers['idempotency-key']).toBe('key-1');
});

test.each([
  [400, 'INVALID_REQUEST'],
  [403, 'FORBIDDEN'],
  [409, 'CONFLICT'],
  [500, 'SERVER_ERROR'],
])('%i is never repeated, and says what the server said', async (status, code) => {
  const server = new Scripted();
  server.steps = [refused(status, code), accepted];
  const error = await failure(server.client().messages.send(SEND, { idempotencyKey: 'order-789' }));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    name: 'ApiError',
    status,
    code,
    message: `It is ${code}`,
    details: { field: 'to' },
    requestId: 'req_1',
    retryAfter: undefined,
    idempotencyKey: 'order-789',
  });
  expect(server.seen).toHaveLength(1);
});

test('a redirect is not followed: a POST would become a GET', async () => {
  const server = new Scripted();
  server.steps = [() => new Response(null, { status: 302, headers: { location: 'https://elsewhere.test' } })];
  expect(await failure(server.client().messages.send(SEND))).toMatchObject({ status: 302, code: 'HTTP_302' });
});

test('what the caller changes during the call is not sent', async () => {
  const server = new Scripted();
  const params = { ...SEND, to: [...SEND.to] };
  server.steps = [
    () => {
      params.to.push('+15550000001');
      params.text = 'changed';
      throw new TypeError('fetch failed');
    },
    accepted,
  ];
  await server.client().messages.send(params);
  expect(server.seen[1]?.body).toBe(JSON.stringify(SEND));
});

test('each call has a key of its own, unless it is given one', async () => {
  const server = new Scripted();
  const rc = server.client();
  const first = await rc.messages.send(SEND);
  const second = await rc.messages.send(SEND);
  const third = await rc.messages.send(SEND, { idempotencyKey: 'order-789' });
  expect([first, second, third].map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-2', 'order-789']);
  expect(server.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-2', 'order-789']);
});

test('Retry-After is waited for, with something added by chance', async () => {
  const server = new Scripted();
  server.steps = [refused(429, 'RATE_LIMITED', { 'retry-after': '7' }), accepted];
  await server.client().messages.send(SEND);
  expect(server.waits).toEqual([7125]);
});

test('whoever would wait past the end of the call is told at once, and how long it would be', async () => {
  const server = new Scripted();
  server.steps = [refused(429, 'RATE_LIMITED', { 'retry-after': '120' })];
  const error = await failure(server.client().messages.send(SEND));
  expect(error).toMatchObject({ status: 429, retryAfter: 120, idempotencyKey: 'key-1' });
  expect(server.waits).toEqual([]);
});

test('a server that stays away ends in ConnectionError, with its cause and the key', async () => {
  const server = new Scripted();
  server.steps = [unreachable];
  const error = await failure(server.client({ maxRetries: 3 }).messages.send(SEND));
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(error.idempotencyKey).toBe('key-1');
  expect(server.waits).toEqual([187.5, 375, 750]);
});

test('whoever wants to is told of each repetition, and changes nothing by failing at it', async () => {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => spy.mockRestore());
  const server = new Scripted();
  server.steps = [unreachable, refused(503, 'SERVER_ERROR'), accepted];
  const told: [RedCloudError, number][] = [];
  const onRetry = (error: RedCloudError, waitMs: number) => {
    told.push([error, waitMs]);
    throw new Error('my log is full');
  };
  expect(await server.client({ onRetry }).messages.send(SEND)).toMatchObject({ outcome: 'ALL_ACCEPTED', attempts: 3 });
  expect(told).toMatchObject([
    [{ name: 'ConnectionError' }, 187.5],
    [{ name: 'ApiError', status: 503 }, 375],
  ]);
  expect(server.waits).toEqual([187.5, 375]);
  expect(spy).toHaveBeenCalledTimes(2);
});

test('an attempt without an answer is given up and repeated', async () => {
  const server = new Scripted();
  server.steps = [silent, accepted];
  const result = await server.client({ attemptTimeoutMs: 5 }).messages.send(SEND);
  expect(result.outcome).toBe('ALL_ACCEPTED');
});

test('a call ends when its time is over, with the key in the error', async () => {
  const server = new Scripted();
  server.steps = [silent];
  const error = await failure(server.client({ maxRetries: 0 }).messages.send(SEND, { timeoutMs: 5 }));
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ name: 'TimeoutError', idempotencyKey: 'key-1' });
});

test.each([
  ['before it began', undefined],
  ['during an attempt', silent],
  ['where fetch does not listen to its signal', () => new Promise<Response>(() => undefined)],
] satisfies [string, Step | undefined][])('the signal ends a call: %s', async (_name, step) => {
  const server = new Scripted();
  const controller = new AbortController();
  const reason = new Error('the user went away');
  if (step === undefined) controller.abort(reason);
  server.steps = [
    (seen, signal) => {
      queueMicrotask(() => controller.abort(reason));
      return (step as Step)(seen, signal);
    },
  ];
  const error = await failure(server.client().messages.send(SEND, { signal: controller.signal }));
  expect(error).toBeInstanceOf(AbortError);
  expect(error).toMatchObject({ name: 'AbortError', cause: reason, idempotencyKey: 'key-1' });
});

test('the signal ends a wait between attempts', async () => {
  const server = new Scripted();
  const controller = new AbortController();
  server.steps = [unreachable];
  const sleep = () => {
    queueMicrotask(() => controller.abort());
    return new Promise<void>(() => undefined);
  };
  const sending = server.client({ runtime: { sleep } }).messages.send(SEND, { signal: controller.signal });
  expect(await failure(sending)).toBeInstanceOf(AbortError);
});

test('a call that is over leaves no timer behind, whatever ended it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const server = new Scripted();
  await server.client().messages.send(SEND);
  expect(vi.getTimerCount()).toBe(0);
  const controller = new AbortController();
  server.steps = [unreachable];
  const { sleep } = platform;
  const sending = failure(server.client({ runtime: { sleep } }).messages.send(SEND, { signal: controller.signal }));
  await vi.waitUntil(() => server.seen.length === 2 && vi.getTimerCount() === 2);
  controller.abort();
  expect(await sending).toBeInstanceOf(AbortError);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['empty', ''],
  ['with a line break', 'order\n789'],
  ['of more than 255 characters', 'x'.repeat(256)],
  ['of other letters', 'bestellung-ä'],
  ['with a space that a header loses', ' order'],
  ['that is a number', 789 as unknown as string],
])('a key %s is the mistake of the caller: nothing goes out', async (_name, idempotencyKey) => {
  const server = new Scripted();
  const sent = server.client().messages.send(SEND, { idempotencyKey });
  await expect(sent).rejects.toThrow(/idempotencyKey must be 1 to 255 printable/);
  expect(server.seen).toEqual([]);
});

test.each([0, -1, Number.NaN])('a call with %s ms is the mistake of the caller', async (timeoutMs) => {
  const send = new Scripted().client().messages.send(SEND, { timeoutMs });
  expect(await failure(send)).toBeInstanceOf(TypeError);
});

const BAD = { to: 'invalid', error: { code: 'INVALID_RECIPIENT', message: 'Not E.164', details: {} } };

test.each([
  ['ALL_ACCEPTED', [OK], []],
  ['SOME_REJECTED', [OK], [BAD]],
  ['ALL_REJECTED', [], [BAD]],
])('a result says in one word what became of the recipients: %s', async (outcome, results, errors) => {
  const server = new Scripted();
  server.steps = [() => json(202, { results, errors }, { 'x-request-id': 'req_ok', 'idempotent-replayed': 'true' })];
  const to = [...results, ...errors].map((one) => one.to);
  expect(await server.client().messages.send({ ...SEND, to })).toEqual({
    outcome,
    accepted: results,
    rejected: errors,
    replayed: true,
    attempts: 1,
    requestId: 'req_ok',
    idempotencyKey: 'key-1',
  });
});

test('a recipient that was given twice is answered for as the server does: once accepted, once rejected', async () => {
  const server = new Scripted();
  const twice = { to: OK.to, error: { code: 'DUPLICATE_RECIPIENT', message: 'More than once', details: {} } };
  server.steps = [() => json(202, { results: [OK], errors: [twice] })];
  expect((await server.client().messages.send({ ...SEND, to: [OK.to, OK.to] })).outcome).toBe('SOME_REJECTED');
});

test('a send that is answered with nothing, again and again, fails with its key', async () => {
  const server = new Scripted();
  server.steps = [() => new Response(null, { status: 204 })];
  const error = await failure(server.client({ maxRetries: 1 }).messages.send(SEND));
  expect(error).toBeInstanceOf(ConnectionError);
  expect([error.idempotencyKey, server.seen.length]).toEqual(['key-1', 2]);
});

test('any number of calls may hang on one signal: no leak is warned of, and all end with it', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const server = new Scripted();
  server.steps = [silent];
  const rc = server.client();
  const controller = new AbortController();
  const calls = Array.from({ length: 30 }, () => failure(rc.messages.send(SEND, { signal: controller.signal })));
  await vi.waitFor(() => expect(server.seen).toHaveLength(30));
  controller.abort();
  for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(AbortError);
  // A warning is told in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});

test('sendOrThrow throws for one rejected recipient, and tells who was accepted', async () => {
  const server = new Scripted();
  server.steps = [() => json(202, { results: [OK], errors: [BAD] })];
  const error = await failure(server.client().messages.sendOrThrow(SEND));
  expect(error).toBeInstanceOf(RecipientsRejectedError);
  expect(error).toMatchObject({
    message: '1 recipients were rejected (INVALID_RECIPIENT), and 1 accepted',
    idempotencyKey: 'key-1',
    result: { outcome: 'SOME_REJECTED', accepted: [OK], rejected: [BAD] },
  });
  server.steps = [accepted];
  expect((await server.client().messages.sendOrThrow(SEND)).accepted[0].messageId).toBe('msg_+15551234567');
});

test('an error holds neither secret nor token nor text', async () => {
  const server = new Scripted();
  for (const step of [unreachable, refused(409, 'CONFLICT'), cutOff]) {
    server.steps = [step];
    const error = await failure(server.client({ maxRetries: 0 }).messages.send(SEND));
    const all = JSON.stringify(error, Object.getOwnPropertyNames(error)) + error.stack;
    expect(all).not.toMatch(/rc_secret|token-1|Hello from/);
  }
});
