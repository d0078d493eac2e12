import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sendTo } from '../support/exchange.ts';
import { CONTINUE, NO_CONTENT, RawReceiver } from '../support/raw-receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const FINAL = /^(FAILED|UNSENT)/;
const GONE = 'HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n';

let redcloud: TestRedCloud;
let receiver: RawReceiver;

beforeAll(async () => {
  redcloud = await startRedCloud();
});
afterAll(() => redcloud.stop());
beforeEach(async () => {
  receiver = await RawReceiver.start();
});
afterEach(() => receiver.stop());

const core = (method: string, path: string, body?: unknown) =>
  redcloud.call(`/api/core${path}`, { method, ...(body === undefined ? {} : { body }) });
const settings = async () => (await core('GET', '/webhooks')).json;
const endpoint = async (url: string) =>
  (await settings()).endpoints.filter((one: { url: string }) => new URL(one.url).href === new URL(url).href);

/** State and number of attempts of each event of a message. */
async function statesOf(id: string): Promise<string[]> {
  const { json } = await core('GET', `/messages/${id}`);
  type Event = { delivery: { state: string; attempts: unknown[] } };
  return json.events.map(({ delivery }: Event) => `${delivery.state} ${delivery.attempts.length}`);
}

test('An endpoint that sends 100 Continue gets each event and each test event once, and stays enabled.', async () => {
  receiver.answer = (socket) => {
    socket.write(CONTINUE);
    setImmediate(() => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${NO_CONTENT}`));
  };
  await core('PATCH', '/webhooks', { deliveryUrl: receiver.url });
  const id = await sendTo(redcloud, '+15550000001');
  const states = async () =>
    (await core('GET', `/messages/${id}`)).json.events.map(
      ({ delivery }: { delivery: { state: string; attempts: unknown[] } }) => [
        delivery.state,
        delivery.attempts.length,
      ],
    );
  await expect.poll(states).toEqual([
    ['DELIVERED', 1],
    ['DELIVERED', 1],
    ['DELIVERED', 1],
  ]);
  expect((await core('POST', '/webhooks/test', {})).json).toMatchObject({
    delivered: true,
    statusCode: 204,
    error: null,
  });
  const types = receiver.bodies.map((body) => JSON.parse(body).type);
  expect(types.sort()).toEqual(['message.delivery', 'message.queued', 'message.sent', 'webhook.test']);
  expect(await endpoint(receiver.url)).toMatchObject([{ url: receiver.url, failures: 0, disabledAt: null }]);
});

test('Two of 40 concurrent test events are sent separately, and the others get 429 with Retry-After.', async () => {
  const arrived: (() => void)[] = [];
  receiver.answer = (socket) => arrived.push(() => socket.write(NO_CONTENT));
  await core('PATCH', '/webhooks', { deliveryUrl: receiver.url });
  const all = Array.from({ length: 40 }, () => core('POST', '/webhooks/test', {}));
  expect(new Set(await allBut(2, all))).toEqual(new Set([429]));
  await expect.poll(() => arrived.length).toBe(2);
  for (const answer of arrived) answer();
  const answers = await Promise.all(all);
  expect(answers.filter(({ status, json }) => status === 200 && json.delivered)).toHaveLength(2);
  for (const { status, headers } of answers)
    if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect([receiver.bodies.length, receiver.connections]).toEqual([2, 2]);
});

/** Resolves with the statuses of the responses when all but `count` have arrived. */
function allBut(count: number, answers: Promise<{ status: number }>[]): Promise<number[]> {
  return new Promise((resolve) => {
    const statuses: number[] = [];
    for (const answer of answers) {
      void answer.then(({ status }) => {
        if (statuses.push(status) === answers.length - count) resolve([...statuses]);
      });
    }
  });
}

test('A disabled endpoint is shown with its original URL, and enabled by any spelling of the URL.', async () => {
  const spelling = receiver.url.replace('http:', 'HTTP:').replace('/hook', '/a/../hook');
  const { url, port } = receiver;
  const isConfigured = async () => (await core('GET', '/whoami')).json.deliveryWebhookConfigured;
  receiver.answer = (socket) => socket.write(GONE);
  await core('PATCH', '/webhooks', { deliveryUrl: spelling, inboundUrl: null });
  const enabling = [
    () => core('POST', '/webhooks/enable', { url: `${url}#again` }),
    () => core('POST', '/webhooks/enable', { url: `http://127.1:${port}/hook` }),
    () => core('PATCH', '/webhooks', { deliveryUrl: spelling }),
    () => core('PATCH', '/numbers/num_abc123', { webhookInboundOverride: `${url}?` }),
  ];
  for (const enable of enabling) {
    const id = await sendTo(redcloud, '+15550000003');
    await expect.poll(async () => (await endpoint(url))[0]?.disabledAt ?? null).not.toBeNull();
    // Wait until no attempt in progress can disable the endpoint again.
    await expect.poll(() => statesOf(id)).toEqual([expect.stringMatching(FINAL), expect.stringMatching(FINAL)]);
    expect(await endpoint(url)).toMatchObject([{ url: spelling }]);
    expect(await isConfigured()).toBe(false);
    const refused = await core('POST', '/webhooks/replays', { since: new Date(redcloud.clock.now()).toISOString() });
    expect([refused.status, refused.json.error.details.urls]).toEqual([409, [spelling]]);
    expect((await enable()).status).toBe(200);
    expect(await endpoint(url)).toMatchObject([{ url: spelling, disabledAt: null }]);
    expect(await isConfigured()).toBe(true);
  }
  expect((await core('POST', '/webhooks/enable', { url: `${url}/other` })).status).toBe(404);
});
