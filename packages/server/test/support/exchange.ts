import { Receiver } from './receiver.ts';
import type { TestRedCloud } from './redcloud.ts';

/** Points the webhooks of the sandbox client to a receiver of the test. */
export async function withReceiver(redcloud: TestRedCloud): Promise<Receiver> {
  const receiver = await Receiver.start();
  await redcloud.admin('PATCH', '/clients/rc_test_client_123', {
    deliveryWebhookUrl: receiver.url,
    inboundWebhookUrl: receiver.url,
  });
  return receiver;
}

/** Sends one message. @returns the id of the message. */
export async function sendTo(redcloud: TestRedCloud, to: string, body: Record<string, unknown> = {}): Promise<string> {
  const answer = await redcloud.send(`to ${to} ${Math.random()}`, { to: [to], ...body });
  return answer.json.results[0].messageId;
}
