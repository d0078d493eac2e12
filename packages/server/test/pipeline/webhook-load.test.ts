// @module-tag slow
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, test } from 'vitest';
import type { EventBody } from '#events/events.ts';
import { systemClock } from '#platform/clock.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const SECRET = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=';
/** Number of deliveries. A full run uses 100000. */
const DELIVERIES = Number(process.env['WEBHOOK_DELIVERIES'] ?? 3_000);
const EVENTS_EACH = 3;
const EACH = 100;

let redcloud: TestRedCloud;
let receiver: Flaky;

afterEach(async () => {
  await receiver.stop();
  await redcloud.stop();
});

/** An endpoint that fails a fifth of its requests and can be restarted. Stores the events that got a 2xx. */
class Flaky {
  readonly taken = new Map<string, EventBody>();
  unverified = 0;
  failed = 0;
  #server: Server | undefined;
  #port = 0;
  readonly #webhook = new Webhook(SECRET);

  async start(): Promise<void> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString('utf8');
      try {
        this.#webhook.verify(body, request.headers as Record<string, string>);
      } catch {
        this.unverified += 1;
      }
      if (Math.random() < 0.2) {
        this.failed += 1;
        response.writeHead(500).end('no');
        return;
      }
      const event = JSON.parse(body) as EventBody;
      this.taken.set(event.eventId, event);
      response.writeHead(204).end();
    });
    server.on('clientError', (_error, socket) => socket.destroy());
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** Retries while Red Cloud is overloaded (429). */
async function taken(key: string, to: string[]) {
  let answer = await redcloud.send(key, { to });
  await expect
    .poll(async () => {
      if (answer.status === 429) answer = await redcloud.send(key, { to });
      return answer.status;
    })
    .toBe(202);
  return answer.json;
}

test(`${DELIVERIES} events arrive verified and with complete histories despite failures and restarts.`, async () => {
  receiver = new Flaky();
  await receiver.start();
  redcloud = await startRedCloud({
    env: { RC_WEBHOOK_RETRY_SCHEDULE: Array.from({ length: 20 }, () => '1').join(','), RC_LOG_LEVEL: 'warn' },
    overrides: { clock: systemClock },
  });
  await redcloud.admin('PATCH', '/clients/rc_test_client_123', { deliveryWebhookUrl: receiver.url });
  const messages: string[] = [];
  const requests = Math.ceil(DELIVERIES / EVENTS_EACH / EACH);
  for (let n = 0; n < requests; n += 1) {
    const to = Array.from({ length: EACH }, (_, i) => `+1556${String(n * EACH + i).padStart(7, '0')}`);
    const json = await taken(`load-${n}`, to);
    messages.push(...json.results.map(({ messageId }: { messageId: string }) => messageId));
    if (n === Math.floor(requests / 3) || n === Math.floor((2 * requests) / 3)) {
      await receiver.stop();
      await receiver.start();
    }
  }
  const expected = messages.length * EVENTS_EACH;
  await expect.poll(() => receiver.taken.size, { timeout: 1_200_000, interval: 200 }).toBe(expected);
  expect(receiver.unverified).toBe(0);
  expect(receiver.failed).toBeGreaterThan(expected * 0.1);
  const histories = Map.groupBy(receiver.taken.values(), ({ messageId }) => messageId);
  expect(new Set(histories.keys())).toEqual(new Set(messages));
  for (const events of histories.values()) {
    const received = events.toSorted((a, b) => a.sequence - b.sequence).map(({ sequence, type }) => [sequence, type]);
    expect(received).toEqual([
      [1, 'message.queued'],
      [2, 'message.sent'],
      [3, 'message.delivery'],
    ]);
  }
}, 1_300_000);
