// Minimal receiver of webhooks in a separate process. Counts events by type and responds with 204. Also accepts
// Kannel's calls of a dlr-url, counted as `dlr.` + type. With the argument `record`, stores the arrival time of each
// delivery event. Responds to the messages 'counts' and 'arrivals'. 'reset' clears all data.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { epochMs } from './clock.ts';
import type { Moments } from './moments.ts';

/** Events received so far. */
export interface Counts {
  counts: Record<string, number>;
  /** Arrival time of the last event of each type, from `epochMs`. */
  last: Record<string, number>;
}

export type Arrivals = { arrivals: Moments };

const TYPE = Buffer.from('"type":"');
const MESSAGE_ID = Buffer.from('"messageId":"');
const DELIVERY = 'message.delivery';
const DLR = /[?&]type=(\d+)/;
const QUOTE = 34;

const record = process.argv.includes('record');
const seen = new Map<string, { count: number; last: number }>();
let arrivals: Moments = { ids: [], times: [] };

function count(type: string, body: Buffer): void {
  const now = epochMs();
  const entry = seen.get(type);
  if (entry) {
    entry.count += 1;
    entry.last = now;
  } else seen.set(type, { count: 1, last: now });
  if (!record || type !== DELIVERY) return;
  arrivals.ids.push(valueAfter(MESSAGE_ID, body) ?? '');
  arrivals.times.push(now);
}

function valueAfter(name: Buffer, body: Buffer): string | undefined {
  const found = body.indexOf(name);
  if (found < 0) return undefined;
  const start = found + name.length;
  return body.toString('latin1', start, body.indexOf(QUOTE, start));
}

function typeOf(request: IncomingMessage, body: Buffer): string {
  if (request.method === 'GET') return `dlr.${DLR.exec(request.url ?? '')?.[1] ?? 'other'}`;
  return valueAfter(TYPE, body) ?? 'other';
}

const server = createServer((request, response) => {
  let body: Buffer | undefined;
  request.on('data', (chunk: Buffer) => {
    body = body ? Buffer.concat([body, chunk]) : chunk;
  });
  request.on('end', () => {
    const whole = body ?? Buffer.alloc(0);
    count(typeOf(request, whole), whole);
    response.writeHead(204).end();
  });
});
// Kannel's HTTP client reuses connections that Node would close after 5 s.
server.keepAliveTimeout = 60_000;

function told(): Counts {
  return {
    counts: Object.fromEntries([...seen].map(([type, entry]) => [type, entry.count])),
    last: Object.fromEntries([...seen].map(([type, entry]) => [type, entry.last])),
  };
}

process.on('message', (question) => {
  if (question === 'arrivals') {
    process.send?.({ arrivals } satisfies Arrivals);
    return;
  }
  if (question === 'reset') {
    seen.clear();
    arrivals = { ids: [], times: [] };
  }
  process.send?.(told());
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
