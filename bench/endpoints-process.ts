// Customer endpoints of each kind, in a separate process. `good` endpoints respond with 204 and record the time from
// each event to its webhook. `hanging` endpoints accept requests and never respond. `huge` endpoints respond with 10
// MiB. `redirecting` endpoints redirect. `dead` endpoints are ports without a listener. The response to each message
// has the times of the good endpoints so far.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Ports {
  good: number[];
  hanging: number[];
  huge: number[];
  redirecting: number[];
  dead: number[];
}

/** Milliseconds from each event to its webhook. */
export type Lags = { lags: number[] };

const HUGE = Buffer.alloc(10 * 2 ** 20, 'x');
const lags: number[] = [];

const LISTENERS: Record<Exclude<keyof Ports, 'dead'>, RequestListener> = {
  async good(request, response) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { occurredAt } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    lags.push(Date.now() - Date.parse(occurredAt));
    response.writeHead(204).end();
  },
  hanging: (request) => request.resume(),
  huge(request, response) {
    request.resume();
    response.writeHead(200).end(HUGE);
  },
  redirecting(request, response) {
    request.resume();
    response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end();
  },
};

async function open(count: number, listener: RequestListener): Promise<number[]> {
  const ports: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  return ports;
}

/** @returns ports that were free a moment ago, without a listener. */
async function closed(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
    server.close();
    await once(server, 'close');
  }
  return ports;
}

process.on('message', () => process.send?.({ lags } satisfies Lags));
process.on('disconnect', () => process.exit());

const ports: Ports = {
  good: await open(20, LISTENERS.good),
  hanging: await open(10, LISTENERS.hanging),
  huge: await open(5, LISTENERS.huge),
  redirecting: await open(5, LISTENERS.redirecting),
  dead: await closed(10),
};
process.send?.(ports);
