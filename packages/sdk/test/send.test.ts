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
] satisfies [string, Step][])('After %s, the identical request is sent again.', async (_name, step) => {
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
])('A response with status %i is not retried, and the error has the details of the server.', async (status, code) => {
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

test('A redirect is not followed, because the POST would become a GET.', async () => {
  const server = new Scripted();
  server.steps = [() => new Response(null, { status: 302, headers: { location: 'https://elsewhere.test' } })];
  expect(await failure(server.client().messages.send(SEND))).toMatchObject({ status: 302, code: 'HTTP_302' });
});

test('Changes of the parameters during the call are not sent.', async () => {
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

test('Each call has its own idempotency key unless the caller passes one.', async () => {
  const server = new Scripted();
  const rc = server.client();
  const first = await rc.messages.send(SEND);
  const second = await rc.messages.send(SEND);
  const third = await rc.messages.send(SEND, { idempotencyKey: 'order-789' });
  expect([first, second, third].map(({ idempotencyKey }) => idempotencyKey)).toEqual(['key-1', 'key-2', 'order-789']);
  expect(server.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-2', 'order-789']);
});

test('The wait for a retry is at least `Retry-After` plus a random part.', async () => {
  const server = new Scripted();
  server.steps = [refused(429, 'RATE_LIMITED', { 'retry-after': '7' }), accepted];
  await server.client().messages.send(SEND);
  expect(server.waits).toEqual([7125]);
});

test('A call fails at once with `retryAfter` when the wait would exceed its time limit.', async () => {
  const server = new Scripted();
  server.steps = [refused(429, 'RATE_LIMITED', { 'retry-after': '120' })];
  const error = await failure(server.client().messages.send(SEND));
  expect(error).toMatchObject({ status: 429, retryAfter: 120, idempotencyKey: 'key-1' });
  expect(server.waits).toEqual([]);
});

test('An unreachable server ends the call with a ConnectionError that has the cause and the key.', async () => {
  const server = new Scripted();
  server.steps = [unreachable];
  const error = await failure(server.client({ maxRetries: 3 }).messages.send(SEND));
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error.cause).toBeInstanceOf(TypeError);
  expect(error.idempotencyKey).toBe('key-1');
  expect(server.waits).toEqual([187.5, 375, 750]);
});

test('`onRetry` is called before each retry, and its errors do not affect the call.', async () => {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => spy.mockRestore());
  const server = new Scripted();
  server.steps = [unreachable, refused(503, 'SERVER_ERROR'), accepted];
  const retries: [RedCloudError, number][] = [];
  const onRetry = (error: RedCloudError, waitMs: number) => {
    retries.push([error, waitMs]);
    throw new Error('my log is full');
  };
  expect(await server.client({ onRetry }).messages.send(SEND)).toMatchObject({ outcome: 'ALL_ACCEPTED', attempts: 3 });
  expect(retries).toMatchObject([
    [{ name: 'ConnectionError' }, 187.5],
    [{ name: 'ApiError', status: 503 }, 375],
  ]);
  expect(server.waits).toEqual([187.5, 375]);
  expect(spy).toHaveBeenCalledTimes(2);
});

test('An attempt without a response is aborted and retried.', async () => {
  const server = new Scripted();
  server.steps = [silent, accepted];
  const result = await server.client({ attemptTimeoutMs: 5 }).messages.send(SEND);
  expect(result.outcome).toBe('ALL_ACCEPTED');
});

test('A call ends at its time limit, and the error carries the key.', async () => {
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
] satisfies [string, Step | undefined][])('The signal ends a call %s.', async (_name, step) => {
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

test('The signal ends the wait between attempts.', async () => {
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

test('A completed or aborted call leaves no timer behind.', async () => {
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
])('An idempotency key (%s) throws an InvalidCallError, and nothing is sent.', async (_name, idempotencyKey) => {
  const server = new Scripted();
  const sent = server.client().messages.send(SEND, { idempotencyKey });
  await expect(sent).rejects.toThrow(/idempotencyKey must be 1 to 255 printable/);
  expect(server.seen).toEqual([]);
});

test.each([0, -1, Number.NaN])('A time limit of %s ms throws a TypeError.', async (timeoutMs) => {
  const send = new Scripted().client().messages.send(SEND, { timeoutMs });
  expect(await failure(send)).toBeInstanceOf(TypeError);
});

const BAD = { to: 'invalid', error: { code: 'INVALID_RECIPIENT', message: 'Not E.164', details: {} } };

test.each([
  ['ALL_ACCEPTED', [OK], []],
  ['SOME_REJECTED', [OK], [BAD]],
  ['ALL_REJECTED', [], [BAD]],
])('The outcome of the recipients is summarized as %s.', async (outcome, results, errors) => {
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

test('A recipient that was given twice has both results of the server: accepted and rejected.', async () => {
  const server = new Scripted();
  const twice = { to: OK.to, error: { code: 'DUPLICATE_RECIPIENT', message: 'More than once', details: {} } };
  server.steps = [() => json(202, { results: [OK], errors: [twice] })];
  expect((await server.client().messages.send({ ...SEND, to: [OK.to, OK.to] })).outcome).toBe('SOME_REJECTED');
});

test('A send that gets only empty responses fails with its key.', async () => {
  const server = new Scripted();
  server.steps = [() => new Response(null, { status: 204 })];
  const error = await failure(server.client({ maxRetries: 1 }).messages.send(SEND));
  expect(error).toBeInstanceOf(ConnectionError);
  expect([error.idempotencyKey, server.seen.length]).toEqual(['key-1', 2]);
});

test('30 calls share one signal without a leak warning, and all end with the signal.', async () => {
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
  // Warnings are emitted in the next turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});

test('`sendOrThrow` throws for a rejected recipient, and its error has the accepted recipients.', async () => {
  const server = new Scripted();
  server.steps = [() => json(202, { results: [OK], errors: [BAD] })];
  const error = await failure(server.client().messages.sendOrThrow(SEND));
  expect(error).toBeInstanceOf(RecipientsRejectedError);
  expect(error).toMatchObject({
    message: 'Rejected recipients: 1 (INVALID_RECIPIENT). Accepted: 1.',
    idempotencyKey: 'key-1',
    result: { outcome: 'SOME_REJECTED', accepted: [OK], rejected: [BAD] },
  });
  server.steps = [accepted];
  expect((await server.client().messages.sendOrThrow(SEND)).accepted[0].messageId).toBe('msg_+15551234567');
});

test('Errors contain no secret, no token and no message text.', async () => {
  const server = new Scripted();
  for (const step of [unreachable, refused(409, 'CONFLICT'), cutOff]) {
    server.steps = [step];
    const error = await failure(server.client({ maxRetries: 0 }).messages.send(SEND));
    const all = JSON.stringify(error, Object.getOwnPropertyNames(error)) + error.stack;
    expect(all).not.toMatch(/rc_secret|token-1|Hello from/);
  }
});
