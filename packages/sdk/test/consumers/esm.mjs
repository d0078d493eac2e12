// Runs unchanged in a project that installed the package.
import assert from 'node:assert/strict';
import { ApiError, RedCloud, SignatureError, webhooks } from '@redcloud/sdk';
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
await assert.rejects(rc.messages.get('msg_of_nobody'), ApiError);
process.stdout.write(accepted[0].messageId);
