// @module-tag slow
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import { newCustomer, newNumber } from '../support/customer.ts';
import { sendTo, withReceiver } from '../support/exchange.ts';
import { Receiver } from '../support/receiver.ts';
import { startRedCloud, type TestRedCloud } from '../support/redcloud.ts';

let redcloud: TestRedCloud;
let receivers: Receiver[] = [];

afterEach(async () => {
  // Stop the receivers first, because the stop of Red Cloud would wait for them.
  for (const receiver of receivers) await receiver.stop();
  receivers = [];
  await redcloud.stop();
});

/** Creates a client with a number and with `receiver` as endpoint. @returns a function that sends as this client. */
async function another(receiver: Receiver) {
  const { clientId, token } = await newCustomer(redcloud, { deliveryWebhookUrl: receiver.url });
  const sendFrom = await newNumber(redcloud, clientId, '+15557770001');
  return (key: string, to: string[]) => redcloud.send(key, { sendFrom, to }, { token });
}

test.each(['on a host of its own', 'on the same host'])(
  'An endpoint that never responds does not delay the events of another client %s.',
  async (where) => {
    redcloud = await startRedCloud({ overrides: { clock: systemClock } });
    const good = await withReceiver(redcloud);
    const hanging = where === 'on the same host' ? good : await Receiver.start();
    receivers = [...new Set([good, hanging])];
    const send = await another(hanging);
    let hangs = 0;
    const never = new Promise<number>(() => undefined);
    for (const receiver of receivers) {
      receiver.answer = ({ body }) => {
        if (body.from !== '+15557770001') return 204;
        hangs += 1;
        return never;
      };
    }
    const crowd = Array.from({ length: 1_000 }, (_, i) => `+1555400${1_000 + i}`);
    expect((await send('crowd', crowd)).status).toBe(202);
    await expect.poll(() => hangs).toBeGreaterThanOrEqual(16);
    for (let i = 0; i < 5; i += 1) {
      const id = await sendTo(redcloud, `+1555500${1_000 + i}`);
      await good.until(() => good.typesOf(id).length === 3);
      expect(good.typesOf(id)).toEqual(['message.queued', 'message.sent', 'message.delivery']);
    }
    // All hanging attempts are still in progress, so that no event has waited for one.
    const { text } = await redcloud.call('/metrics', { token: null });
    expect(text).toContain('redcloud_webhook_attempts_total{outcome="retry"} 0');
  },
);
