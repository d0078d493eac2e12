// Endpoint of the customer, in a process that is not disturbed. Logs each event before the response.
// Receives fields of `{ file, secrets, seed }` as messages and returns its URL.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Random } from './random.ts';

/** A line of the receiver's log. */
export interface Received {
  at: number;
  kind: 'event' | 'refused' | 'invalid';
  /** Reason why the request is invalid. */
  reason?: string;
  eventId: string;
  messageId: string;
  sequence: number;
  type: string;
  status: string;
  /** Hash of the body. Each delivery of an event must have the same bytes. */
  hash: string;
}

export interface ReceiverSetup {
  file: string;
  /** Webhook secrets by API client. Set later, because a client has no secret before its creation. */
  secrets: Record<string, string>;
  seed: number;
}

const FAILS = 0.05;
const SLOW = 0.05;
const SLOW_MS = 300;
const FRESH_SECONDS = 300;

let file = 0;
let secrets: Record<string, string> = {};
let random = new Random(1);

/** Verification as described in docs/webhooks.md. @returns the reason for a rejection, or undefined. */
function whyInvalid(secret: string | undefined, headers: IncomingHttpHeaders, rawBody: string): string | undefined {
  if (!secret) return 'of an unknown client';
  const timestamp = String(headers['x-redcloud-timestamp']);
  const expected = createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest();
  const given = Buffer.from(String(headers['x-redcloud-signature']), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'X-RedCloud-Signature';
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > FRESH_SECONDS) return `signed at ${timestamp}`;
  try {
    new Webhook(secret).verify(rawBody, headers as Record<string, string>);
    return undefined;
  } catch (error) {
    return `webhook-signature: ${(error as Error).message}`;
  }
}

async function receive(headers: IncomingHttpHeaders, rawBody: string): Promise<number> {
  const body = JSON.parse(rawBody) as Record<string, unknown>;
  const reason = whyInvalid(secrets[String(body['apiClientId'])], headers, rawBody);
  if (random.chance(SLOW)) await delay(random.between(1, SLOW_MS));
  const kind = reason ? 'invalid' : random.chance(FAILS) ? 'refused' : 'event';
  const line = {
    at: Date.now(),
    kind,
    ...(reason ? { reason } : {}),
    eventId: String(body['eventId']),
    messageId: String(body['messageId']),
    sequence: Number(body['sequence']),
    type: String(body['type']),
    status: String(body['status']),
    hash: createHash('sha256').update(rawBody).digest('base64url'),
  } satisfies Received;
  writeSync(file, `${JSON.stringify(line)}\n`);
  return kind === 'refused' ? 500 : 204;
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
    response.writeHead(await receive(request.headers, Buffer.concat(chunks).toString('utf8'))).end();
  } catch {
    // The connection ended early, because the sender has ended or timed out.
    response.destroy();
  }
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');

process.on('message', (setup: Partial<ReceiverSetup>) => {
  if (setup.file) file = openSync(setup.file, 'a');
  if (setup.seed !== undefined) random = new Random(setup.seed);
  if (setup.secrets) secrets = setup.secrets;
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` });
});
process.on('disconnect', () => process.exit(0));
