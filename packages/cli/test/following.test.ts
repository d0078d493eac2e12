import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StreamEvent, webhooks } from '../../sdk/src/index.ts';
import { startInterimProxy } from '../../sdk/test/interim-proxy.ts';
import { CONTINUE, NO_CONTENT, RawReceiver } from '../../server/test/support/raw-receiver.ts';
import { Receiver } from '../../server/test/support/receiver.ts';
import { OPERATOR, startRedCloud, type TestRedCloud } from '../../server/test/support/redcloud.ts';
import { type Attempt, forward } from '../src/following/forward.ts';
import { Machine, type Running } from './command.ts';

let redcloud: TestRedCloud;
let machine: Machine;

beforeAll(async () => {
  redcloud = await startRedCloud();
  machine = new Machine({ REDCLOUD_URL: redcloud.url });
});
afterAll(async () => {
  await redcloud.stop();
  await machine.remove();
});

/** Parses the complete lines of standard output as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: any output of the program
const linesOf = ({ stdout }: Running): any[] =>
  stdout()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

async function interrupt(running: Running): Promise<number | null> {
  running.child.kill('SIGINT');
  return (await running.ended).code;
}

const messageIdOf = (answer: { json: { results: { messageId: string }[] } }) => answer.json.results[0]?.messageId;

test('Events and messages are followed from the current time, without gaps or duplicates across a server restart.', {
  tags: 'slow',
}, async () => {
  const before = messageIdOf(await redcloud.send('before'));
  const status = async () => (await redcloud.call(`/api/core/messages/${before}`)).json.status;
  await expect.poll(status).toBe('DELIVERED');
  const events = machine.start(['--sandbox', 'events', 'tail']);
  const messages = machine.start(['--sandbox', 'messages', 'tail', '--no-json']);
  await Promise.all([events, messages].map((one) => one.until(({ stderr }) => stderr().includes('Following'))));
  const first = messageIdOf(await redcloud.send('first', { to: ['+15550000001'] }));
  await events.until((running) => linesOf(running).length === 3);
  redcloud = await redcloud.restart({ PORT: new URL(redcloud.url).port });
  const second = messageIdOf(await redcloud.send('second', { to: ['+15550000002'] }));
  await events.until((running) => linesOf(running).length === 5);
  await messages.until(({ stdout }) => stdout().includes('FAILED'));
  expect(await Promise.all([interrupt(events), interrupt(messages)])).toEqual([130, 130]);
  const lines = linesOf(events);
  expect(lines.map(({ messageId }) => messageId)).toEqual([first, first, first, second, second]);
  expect(new Set(lines.map(({ eventId }) => eventId)).size).toBe(5);
  expect(messages.stdout()).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}FAILED +\+15551234567 → \+15550000002 .*CARRIER_REJECTED/m,
  );
});

test('Past events are included with --since, and filtered with --type.', async () => {
  for (const key of ['since-1', 'since-2', 'since-3']) await redcloud.send(key);
  const running = machine.start(['--sandbox', 'events', 'tail', '--since', '2020-01-01', '--type', 'message.queued']);
  await running.until((one) => linesOf(one).length >= 3);
  await interrupt(running);
  expect(new Set(linesOf(running).map(({ type }) => type))).toEqual(new Set(['message.queued']));
});

/** Sequences of received events, per message. */
function sequences(receiver: Receiver): number[][] {
  const byMessage = Map.groupBy(receiver.deliveries, ({ body }) => body.messageId);
  return [...byMessage.values()].map((deliveries) => deliveries.map(({ body }) => body.sequence));
}

test('Events are forwarded in order per message, and their signatures verify under both schemes.', async () => {
  const receiver = await Receiver.start();
  const listen = machine.start(['--sandbox', 'webhooks', 'listen', '--forward-to', receiver.url, '--print-body']);
  await listen.until(({ stderr }) => /Signed with: whsec_\S+\n/.test(stderr()));
  const secret = /Signed with: (whsec_\S+)/.exec(listen.stderr())?.[1] ?? '';
  await redcloud.send('forward', { to: Array.from({ length: 20 }, (_, i) => `+155560000${i + 10}`) });
  await receiver.until((deliveries) => deliveries.length === 60);
  await listen.until((running) => linesOf(running).length === 60);
  expect(await interrupt(listen)).toBe(130);
  expect(sequences(receiver)).toEqual(Array.from({ length: 20 }, () => [1, 2, 3]));
  for (const { rawBody, headers } of receiver.deliveries) {
    const plain = headers as Record<string, string>;
    new Webhook(secret).verify(rawBody, plain);
    const { 'webhook-signature': _without, ...own } = plain;
    await webhooks.verify(rawBody, own, secret);
  }
  expect(linesOf(listen)[0]).toMatchObject({ outcome: 'DELIVERED', statusCode: 204, body: expect.any(String) });
  await receiver.stop();
});

test('A receiver that was down gets all events in order.', { tags: 'slow' }, async () => {
  const gone = await Receiver.start();
  const { url } = gone;
  await gone.stop();
  const env = { REDCLOUD_WEBHOOK_SECRET: 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=' };
  const listen = machine.start(['--sandbox', 'webhooks', 'listen', '--forward-to', url], env);
  await listen.until(({ stderr }) => stderr().includes('the given secret'));
  expect(listen.stderr()).not.toContain('whsec_');
  await redcloud.send('down', { to: ['+15550000001', '+15556000001'] });
  await listen.until((running) => linesOf(running).filter(({ outcome }) => outcome === 'RETRY').length >= 2);
  const receiver = await Receiver.start(Number(new URL(url).port));
  receiver.answer = () => (receiver.deliveries.length <= 2 ? 503 : 204);
  await listen.until((running) => linesOf(running).filter(({ outcome }) => outcome === 'DELIVERED').length === 6);
  await interrupt(listen);
  const taken = linesOf(listen).filter(({ outcome }) => outcome === 'DELIVERED');
  const byMessage = Map.groupBy(taken, ({ messageId }) => messageId);
  for (const events of byMessage.values()) {
    expect(events.map(({ type }) => type)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
  }
  expect(linesOf(listen)).toContainEqual(expect.objectContaining({ outcome: 'RETRY', error: 'ECONNREFUSED' }));
  expect(linesOf(listen)).toContainEqual(expect.objectContaining({ outcome: 'RETRY', statusCode: 503 }));
  await receiver.stop();
});

test('An endpoint that rejects an event is reported as given up after its retries.', { tags: 'slow' }, async () => {
  const receiver = await Receiver.start();
  receiver.answer = () => 500;
  const listen = machine.start([
    '--sandbox',
    'webhooks',
    'listen',
    '--no-json',
    '--forward-to',
    receiver.url,
    '--retries',
    '0',
  ]);
  await listen.until(({ stderr }) => stderr().includes('Signed with'));
  await redcloud.send('refused');
  await listen.until(({ stdout }) => stdout().split('given up').length > 3);
  expect(await interrupt(listen)).toBe(130);
  expect(listen.stdout()).toMatch(/^500 +\d+ ms +message\.queued +msg_\w+ +evt_\w+ +given up$/m);
  await receiver.stop();
});

/** Forwards one event. @returns its attempts. */
async function forwardOne(url: string, retries: number): Promise<Partial<Attempt>[]> {
  const attempts: Attempt[] = [];
  async function* follow() {
    yield { eventId: 'evt_1', messageId: 'msg_1', type: 'message.queued' } as StreamEvent;
  }
  const { signal } = new AbortController();
  const secret = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=';
  await forward(follow, { url, secret, retries, signal, onAttempt: (attempt) => attempts.push(attempt) });
  return attempts.map(({ outcome, statusCode, error }) => ({ outcome, statusCode, error }) as Partial<Attempt>);
}

const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';

test.each([CONTINUE, HINTS, CONTINUE + HINTS + CONTINUE])(
  'Each event is forwarded once to an endpoint that sends the interim responses %j.',
  async (interim) => {
    const raw = await RawReceiver.start((socket) => socket.write(interim + NO_CONTENT));
    expect(await forwardOne(raw.url, 3)).toEqual([{ outcome: 'DELIVERED', statusCode: 204 }]);
    expect(raw.bodies).toHaveLength(1);
    await raw.stop();
  },
);

test('A protocol switch, a close after interim responses and a close without a response are failed attempts.', async () => {
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n';
  for (const [answer, error] of [
    [CONTINUE + switching, 'The server switched protocols (101)'],
    [CONTINUE, 'ECONNRESET'],
    ['', 'ECONNRESET'],
  ] as const) {
    const raw = await RawReceiver.start((socket) => socket.end(answer));
    expect(await forwardOne(raw.url, 0)).toEqual([{ outcome: 'GIVEN_UP', error }]);
    expect(raw.bodies).toHaveLength(1);
    await raw.stop();
  }
});

test('Commands work behind a proxy that sends 100 Continue, including those that are sent only once.', async () => {
  const proxy = await startInterimProxy(redcloud.url, CONTINUE);
  const env = { REDCLOUD_URL: proxy.url, RC_ADMIN_TOKEN: OPERATOR };
  const added = await machine.run(['admin', 'numbers', 'add', '+15558880123'], { env });
  expect([added.code, added.stderr]).toEqual([0, '']);
  const sent = await machine.run(
    ['--sandbox', 'send', '--from', 'num_abc123', '--to', '+15550000001', '--text', 'Hello'],
    { env },
  );
  expect([sent.code, sent.stderr]).toEqual([0, '']);
  expect(proxy.seen).toEqual(['POST /api/admin/numbers', 'POST /api/auth/token', 'POST /api/core/messages/send']);
  await proxy.stop();
});

test('An event that cannot be signed ends the forwarding with its error, without a further event.', async () => {
  const event = { eventId: 'evt_1', messageId: 'msg_1', type: 'message.queued' } as StreamEvent;
  async function* follow(signal: AbortSignal) {
    yield event;
    await once(signal, 'abort');
  }
  const onAttempt = () => undefined;
  const never = new AbortController().signal;
  const forwarding = { url: 'http://127.0.0.1:1', secret: 'whsec_A', retries: 0, signal: never, onAttempt };
  await expect(forward(follow, forwarding)).rejects.toThrow('whsec_ followed by base64');
});
