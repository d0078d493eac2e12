import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CANONICAL } from '#entrances/sandbox/demo.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import type { Delivery, Receiver } from '../support/receiver.ts';
import { type Answer, startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

const OLD = CANONICAL.webhookSecret;
const MINUTE = 60_000;
const DAY = 86_400;
const SECRET = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/;

let redcloud: TestRedCloud;
let receiver: Receiver;

beforeEach(async () => {
  redcloud = await startRedCloud();
  receiver = await withReceiver(redcloud);
});
afterEach(async () => {
  await redcloud.stop();
  await receiver.stop();
});

const rotate = (body: object = {}, token?: string): Promise<Answer> =>
  redcloud.call('/api/core/webhooks/secret/rotate', { method: 'POST', body, ...(token ? { token } : {}) });
const rotateAsOperator = (clientId: string, body: object = {}) =>
  redcloud.admin('POST', `/clients/${clientId}/webhook-secret/rotate`, body);

/** Resolves with the next webhook. */
async function nextDelivery(): Promise<Delivery> {
  const before = receiver.deliveries.length;
  await sendTo(redcloud, '+15550000003');
  return (await receiver.until(({ length }) => length >= before + 2))[before] as Delivery;
}

/** Secrets with which the webhook can be verified, by each method, if the customer has only this one. */
function verifiedBy({ headers, rawBody }: Delivery, secrets: readonly string[]) {
  const timestamp = headers['x-redcloud-timestamp'];
  const hex = (secret: string) => createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest('hex');
  return {
    standard: secrets.filter((secret) => {
      try {
        new Webhook(secret).verify(rawBody, headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    }),
    redcloud: secrets.filter((secret) => hex(secret) === headers['x-redcloud-signature']),
  };
}

describe('Rotations of the webhook secret', () => {
  test('Both secrets sign until the overlap ends, and then only the new one.', async () => {
    expect(verifiedBy(await nextDelivery(), [OLD])).toEqual({ standard: [OLD], redcloud: [OLD] });
    const before = redcloud.clock.now();
    const { status, json, headers } = await rotate({ overlapSeconds: 120 });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(json).toEqual({ webhookSecret: expect.stringMatching(SECRET), oldSecretValidUntil: expect.any(String) });
    const until = Date.parse(json.oldSecretValidUntil);
    expect(until).toBeGreaterThanOrEqual(before + 120_000);
    expect(until).toBeLessThanOrEqual(redcloud.clock.now() + 120_000);

    const both = [json.webhookSecret, OLD];
    expect(verifiedBy(await nextDelivery(), both)).toEqual({ standard: both, redcloud: [OLD] });
    // The library rejects timestamps that differ by more than five minutes from its own time.
    redcloud.clock.advance(2 * MINUTE);
    const alone = [json.webhookSecret];
    expect(verifiedBy(await nextDelivery(), both)).toEqual({ standard: alone, redcloud: alone });
  });

  test('The default overlap is one day.', { tags: 'slow' }, async () => {
    const { json } = await rotate();
    const seconds = (Date.parse(json.oldSecretValidUntil) - redcloud.clock.now()) / 1000;
    expect(Math.abs(seconds - DAY)).toBeLessThan(60);
  });

  test('A rotation without overlap revokes the old secret immediately.', { tags: 'slow' }, async () => {
    const { json } = await rotate({ overlapSeconds: 0 });
    expect(json.oldSecretValidUntil).toBeNull();
    const alone = [json.webhookSecret];
    expect(verifiedBy(await nextDelivery(), [...alone, OLD])).toEqual({ standard: alone, redcloud: alone });
  });

  test('A rotation during an overlap gets 409 without effect, and succeeds after the overlap.', {
    tags: 'slow',
  }, async () => {
    const first = (await rotate({ overlapSeconds: 60 })).json;
    for (const again of [await rotate({ overlapSeconds: 60 }), await rotateAsOperator(CANONICAL.clientId)]) {
      expect([again.status, again.json.error]).toEqual([
        409,
        {
          code: 'CONFLICT',
          message: expect.stringContaining(first.oldSecretValidUntil),
          details: { oldSecretValidUntil: first.oldSecretValidUntil },
        },
      ]);
    }
    const both = [first.webhookSecret, OLD];
    expect(verifiedBy(await nextDelivery(), both)).toEqual({ standard: both, redcloud: [OLD] });
    redcloud.clock.advance(MINUTE);
    const second = await rotate({ overlapSeconds: 60 });
    expect(second.status).toBe(200);
    const all = [second.json.webhookSecret, first.webhookSecret, OLD];
    expect(verifiedBy(await nextDelivery(), all)).toEqual({
      standard: all.slice(0, 2),
      redcloud: [first.webhookSecret],
    });
  });

  test('A rotation without overlap ends a current one and leaves the newest secret.', { tags: 'slow' }, async () => {
    const first = (await rotate()).json;
    const { status, json } = await rotate({ overlapSeconds: 0 });
    expect(status).toBe(200);
    const alone = [json.webhookSecret];
    const all = [...alone, first.webhookSecret, OLD];
    expect(verifiedBy(await nextDelivery(), all)).toEqual({ standard: alone, redcloud: alone });
  });

  test('Only one of several concurrent rotations succeeds.', { tags: 'slow' }, async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => rotate({ overlapSeconds: 60 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    const { webhookSecret } = answers.find(({ status }) => status === 200)?.json ?? {};
    const both = [webhookSecret, OLD];
    expect(verifiedBy(await nextDelivery(), both)).toEqual({ standard: both, redcloud: [OLD] });
  });

  test('A rotation persists over a restart, and the log does not contain its secret.', { tags: 'slow' }, async () => {
    const { webhookSecret } = (await rotate()).json;
    const logged = redcloud.logged();
    redcloud = await redcloud.restart();
    const both = [webhookSecret, OLD];
    expect(verifiedBy(await nextDelivery(), both)).toEqual({ standard: both, redcloud: [OLD] });
    expect(logged + redcloud.logged()).not.toContain(webhookSecret);
  });

  test('A rotation by the operator is equivalent, and does not affect other clients.', { tags: 'slow' }, async () => {
    const other = await rotateAsOperator('rc_test_client_other', { overlapSeconds: 0 });
    expect([other.status, other.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(verifiedBy(await nextDelivery(), [OLD])).toEqual({ standard: [OLD], redcloud: [OLD] });
    const { json } = await rotateAsOperator(CANONICAL.clientId, { overlapSeconds: 0 });
    const alone = [json.webhookSecret];
    expect(verifiedBy(await nextDelivery(), [...alone, OLD])).toEqual({ standard: alone, redcloud: alone });
  });

  test('A rotation for an unknown client gets 404.', { tags: 'slow' }, async () => {
    const { status, json } = await rotateAsOperator('client_nobody');
    expect([status, json.error.code]).toEqual([404, 'NOT_FOUND']);
  });

  test('A rotation requires the capability webhooks:update.', { tags: 'slow' }, async () => {
    await redcloud.admin('PATCH', `/clients/${CANONICAL.clientId}`, { capabilities: ['webhooks:read'] });
    const { status, json } = await rotate();
    expect([status, json.error.message]).toEqual([403, 'This API client lacks the capability webhooks:update']);
  });

  test.each([{ overlapSeconds: -1 }, { overlapSeconds: 604_801 }, { overlapSeconds: 1.5 }])(
    'A rotation with %j is rejected.',
    { tags: 'slow' },
    async (body) => {
      for (const { status, json } of [await rotate(body), await rotateAsOperator(CANONICAL.clientId, body)]) {
        expect([status, json.error.details.field]).toEqual([400, 'overlapSeconds']);
      }
      expect((await rotate({ overlapSeconds: 604_800 })).status).toBe(200);
    },
  );
});

test('The inbox of the sandbox verifies with the current secrets of the client.', { tags: 'slow' }, async () => {
  const inbox = `${redcloud.url}/sandbox/inbox`;
  await redcloud.admin('PATCH', `/clients/${CANONICAL.clientId}`, { deliveryWebhookUrl: inbox });
  const verdicts = async (messageId: string) => {
    const { json } = await redcloud.call('/sandbox/inbox/received', { token: null });
    return json.received
      .filter(({ body }: { body: { messageId: string } }) => body.messageId === messageId)
      .map(({ verification }: { verification: object }) => verification);
  };
  const valid = { redcloud: 'valid', standardWebhooks: 'valid' };
  for (const overlapSeconds of [60, 0]) {
    expect((await rotate({ overlapSeconds })).status).toBe(200);
    const id = await sendTo(redcloud, '+15550000003');
    await expect.poll(() => verdicts(id)).toEqual([valid, valid]);
  }
});
