// Bundled into one file for a runtime with fetch and WebCrypto, without Node.
import { RedCloud, webhooks } from '@redcloud/sdk';
import { webhookHandler } from '@redcloud/sdk/fetch';
import { signForTest } from '@redcloud/sdk/testing';

export async function use(baseUrl) {
  const secret = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=';
  const { body, headers } = await signForTest('{"type":"message.sent","eventId":"evt_1"}', secret);
  const { type } = await webhooks.verify(body, headers, secret);
  const handle = webhookHandler({ secret, onEvent: () => undefined });
  const { status } = await handle(new Request('http://edge.test/', { method: 'POST', headers, body }));
  const rc = new RedCloud({ clientId: 'rc_test_client_123', clientSecret: 'rc_secret_abc123', baseUrl });
  const { outcome } = await rc.messages.send({
    sendFrom: 'num_abc123',
    to: ['+15551234567'],
    messageType: 'SMS',
    text: 'From the edge',
  });
  const mms = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'MMS' };
  const media = await rc.messages.send({ ...mms, media: [new TextEncoder().encode('From the edge')] });
  const path = await rc.messages.send({ ...mms, media: ['photo.jpg'] }).catch(({ message }) => message);
  return { type, status, outcome, media: media.outcome, path };
}
