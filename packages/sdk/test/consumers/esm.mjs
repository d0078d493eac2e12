// Runs unchanged in a project that installed the package.
import assert from 'node:assert/strict';
import { ApiError, InvalidCallError, RedCloud, SignatureError, webhooks } from '@redcloud/sdk';
import { webhookHandler as express } from '@redcloud/sdk/express';
import { webhookPlugin } from '@redcloud/sdk/fastify';
import { webhookHandler as fetchHandler } from '@redcloud/sdk/fetch';
import { webhookHandler as hono } from '@redcloud/sdk/hono';
import { signForTest } from '@redcloud/sdk/testing';

const secret = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0xMjM=';
const { body, headers } = await signForTest('{"type":"message.sent","eventId":"evt_1"}', secret);
assert.equal((await webhooks.verify(body, headers, secret)).type, 'message.sent');
await assert.rejects(webhooks.verify(`${body} `, headers, secret), SignatureError);
assert.deepEqual(
  [express, webhookPlugin, fetchHandler, hono].map((one) => typeof one),
  Array(4).fill('function'),
);

const rc = new RedCloud({
  clientId: 'rc_test_client_123',
  clientSecret: 'rc_secret_abc123',
  baseUrl: process.env.BASE_URL ?? '',
});
const { accepted } = await rc.messages.sendOrThrow({
  sendFrom: 'num_abc123',
  to: ['+15551234567'],
  messageType: 'SMS',
  text: 'From the packed tarball',
});
const mms = { sendFrom: 'num_abc123', to: ['+15551234567'], messageType: 'MMS' };
const files = ['package.json', new Blob(['A Blob']), new Blob(['A stream']).stream()];
await rc.messages.sendOrThrow({ ...mms, media: files });
await assert.rejects(rc.messages.send({ ...mms, media: ['missing.jpg'] }), InvalidCallError);
await assert.rejects(rc.messages.get('msg_of_nobody'), ApiError);
// Several runtimes run this file against one server.
const externalReference = `tarball-${crypto.randomUUID()}`;
const later = { ...mms, messageType: 'SMS', text: 'Later', externalReference };
later.sendAt = new Date(Date.now() + 3_600_000);
assert.equal((await rc.messages.preview(later)).results[0].segments, 1);
const [{ messageId }] = (await rc.messages.sendOrThrow(later)).accepted;
await rc.messages.reschedule(messageId, { sendAt: new Date(Date.now() + 7_200_000) });
assert.equal((await rc.messages.cancel(messageId)).error.code, 'CANCELED');
assert.deepEqual(await rc.messages.cancelByReference(externalReference), { canceled: 1, tooLate: 0 });
assert.equal((await rc.quietHours.set(await rc.quietHours.get())).enabled, false);
process.stdout.write(accepted[0].messageId);
