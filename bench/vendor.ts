// Minimal server with the submit API of Twilio in a separate process. Accepts each message, and then sends the signed
// callbacks `sent` and `delivered`. With the argument `silent`, accepts connections and never responds to a submit.
// The message {server} sets the server of the callbacks. 'callbacks' returns their count and latency. 'reset' clears both.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { signatureOf } from '../packages/server/src/carriers/twilio/signature.ts';
import { Histogram, type Latency } from './histogram.ts';

/** Callbacks sent so far, with the time to their responses. */
export interface Callbacks {
  count: number;
  /** Callbacks with another response than 204. */
  failed: number;
  latency: Latency;
}

/** Milliseconds from the response to a submit to each callback. */
const CALLBACK_MS = [100, 200];
const CONNECTIONS = 64;

const isSilent = process.argv.includes('silent');
const secret = process.env['VENDOR_SECRET'] ?? '';
let pool: Pool | undefined;
let latency = new Histogram();
let count = 0;
let failed = 0;
let submits = 0;

async function callBack(callback: URL, status: string, fields: Record<string, string>): Promise<void> {
  const body = new URLSearchParams({ ...fields, MessageStatus: status }).toString();
  const signature = signatureOf(callback.href, Buffer.from(body), secret);
  const begun = performance.now();
  const response = await pool?.request({
    method: 'POST',
    path: callback.pathname + callback.search,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body,
  });
  await response?.body.dump();
  latency.add(performance.now() - begun);
  count += 1;
  if (response?.statusCode !== 204) failed += 1;
}

async function report(form: URLSearchParams, sid: string): Promise<void> {
  const callback = new URL(form.get('StatusCallback') ?? '');
  const fields = { MessageSid: sid, From: form.get('From') ?? '', To: form.get('To') ?? '' };
  for (const [i, status] of ['sent', 'delivered'].entries()) {
    await delay(CALLBACK_MS[i]);
    await callBack(callback, status, fields).catch(() => {
      failed += 1;
    });
  }
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"messages":[]}');
    return;
  }
  const form = new URLSearchParams(await text(request));
  if (isSilent) return;
  submits += 1;
  const sid = `SM${String(submits).padStart(32, '0')}`;
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ sid, status: 'queued' }));
  void report(form, sid);
});
server.keepAliveTimeout = 60_000;

process.on('message', (question) => {
  if (question === 'reset') {
    latency = new Histogram();
    count = 0;
    failed = 0;
  }
  if (typeof question === 'object')
    pool = new Pool((question as { server: string }).server, { connections: CONNECTIONS });
  process.send?.({ count, failed, latency: latency.summary() } satisfies Callbacks);
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
