// Compiled in a project that installed the package, and never run.
import {
  type KnownEvent,
  RedCloud,
  type SendResult,
  type UnknownEvent,
  type WebhookEvent,
  webhooks,
} from '@redcloud/sdk';
import { webhookHandler } from '@redcloud/sdk/fetch';
import { signForTest } from '@redcloud/sdk/testing';

export const rc = new RedCloud({ clientId: 'a', clientSecret: 'b', baseUrl: 'http://a.test' });

export function firstId(result: SendResult): string {
  // @ts-expect-error: all recipients may have been rejected.
  result.accepted[0].messageId;
  if (result.outcome === 'ALL_REJECTED') return result.rejected[0].error.code;
  return result.accepted[0].messageId;
}

export function describe(event: WebhookEvent): string {
  switch (event.type) {
    case 'message.failed':
      return event.error.code;
    case 'message.inbound':
      return event.optOutType === 'STOP' ? (event.keyword ?? '') : (event.text ?? '');
    case 'message.queued':
    case 'message.sent':
    case 'message.delivery':
      return event.purpose ?? event.messageId;
    case 'webhook.test':
      return event.apiClientId;
    default:
      return unknown(event);
  }
}
const unknown = (event: UnknownEvent): string => event.eventId;

export async function all(): Promise<KnownEvent['type'][]> {
  for await (const message of rc.messages.list({ status: 'FAILED', createdAfter: new Date() })) {
    const code: string | undefined = message.error?.code;
    if (code === 'EXPIRED') break;
  }
  for await (const rejection of rc.messages.list({ status: 'REJECTED', to: '+1' })) {
    const code: string = rejection.error.code;
    if (code === 'NO_ROUTE') break;
  }
  // @ts-expect-error: no such status.
  rc.messages.list({ status: 'LOST' });
  // @ts-expect-error: a misspelt field would be rejected by the server.
  await rc.messages.send({ sendFrom: 'num_1', to: ['+1'], messageType: 'SMS', txt: 'x' });
  const types: KnownEvent['type'][] = [];
  for await (const event of rc.events.stream({ pollMs: 1 })) if (event.type === 'message.sent') types.push(event.type);
  return types;
}

export async function media(stream: ReadableStream<Uint8Array>, blob: Blob): Promise<string> {
  const item = await rc.media.upload(stream, { fileName: 'a.jpg' });
  const files = ['a.jpg', new URL('https://a.test/a.jpg'), blob, new Uint8Array(1), item] as const;
  await rc.messages.send({ sendFrom: 'num_1', to: ['+1'], messageType: 'MMS', media: files });
  // @ts-expect-error: a number is no file.
  await rc.media.upload(7);
  return (await rc.media.download(item.storageKey)).content.text();
}

export async function schedule(): Promise<number> {
  const params = { sendFrom: 'num_1', to: ['+1'], messageType: 'SMS', text: 'x', sendAt: new Date() } as const;
  const { results } = await rc.messages.preview({ ...params, priority: 'BULK', expiresAt: '2026-12-24T18:00:00Z' });
  // @ts-expect-error: a preview uploads no file.
  await rc.messages.preview({ ...params, media: ['a.jpg'] });
  // @ts-expect-error: no such priority.
  await rc.messages.send({ ...params, priority: 'URGENT' });
  const { expiresAt } = await rc.messages.reschedule((await rc.messages.cancel('msg_1')).messageId, params);
  for await (const { sendAt } of rc.messages.list({ sendAfter: new Date(), sendBefore: expiresAt ?? '' }))
    if (sendAt) break;
  const { days } = await rc.quietHours.set({ enabled: true, days: ['MON'] });
  return results.length + days.length + (await rc.messages.cancelByReference('order_789')).tooLate;
}

export const handler = webhookHandler({ secret: ['whsec_a', 'whsec_b'], onEvent: describe });
export const verified: Promise<WebhookEvent> = signForTest('{}', 'whsec_a').then(({ body, headers }) =>
  webhooks.verify(body, headers, 'whsec_a'),
);
