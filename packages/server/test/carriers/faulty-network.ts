import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { MockVendor } from './mock-vendor.ts';

/**
 * Fault of one submit. `cutBefore` and `stallBefore` lose the request. `cutAfter`, `cutWithin` and `stallAfter` lose the
 * response, all of it or its end. `failed` replaces the response. `duplicate` sends the response twice. `throttled`
 * responds 429 in place of the vendor.
 */
export type Fault =
  | 'none'
  | 'cutBefore'
  | 'stallBefore'
  | 'cutAfter'
  | 'cutWithin'
  | 'stallAfter'
  | 'failed'
  | 'duplicate'
  | 'throttled';

/** Faults that lose the request before the vendor. Red Cloud cannot know this. */
export const LOST: ReadonlySet<Fault> = new Set(['cutBefore', 'stallBefore']);

/** Responses after which the outcome is unknown (CONTRACT.md, "Submit rule"). */
const FAILURES = [500, 502, 503, 504, 408, 409, 499, 400];

/** Complete submit that has arrived at the network. */
export interface Post {
  to: string;
  fault: Fault;
}

/** Network between Red Cloud and a vendor, with a fault for each submit. Other requests pass. */
export class FaultyNetwork {
  /** Submits in the order of their arrival. */
  readonly posts: Post[] = [];
  /** Requests that ended before their end, because the client was killed. */
  cutByClient = 0;
  /** Called with the recipient after the vendor has responded. The response waits for it. */
  beforeResponse: (to: string) => Promise<void> = async () => undefined;
  readonly #vendor: MockVendor;
  readonly #next: () => Fault;
  readonly #server: Server;
  #failures = 0;

  private constructor(vendor: MockVendor, next: () => Fault) {
    this.#vendor = vendor;
    this.#next = next;
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => {
        this.cutByClient += 1;
        response.destroy();
      });
    });
  }

  /** @param next fault of the next submit. */
  static async start(vendor: MockVendor, next: () => Fault): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(vendor, next);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.method === 'GET') return pass(response, await this.#forward(request, undefined));
    const to = this.#vendor.recipientOf(body);
    const fault = this.#next();
    this.posts.push({ to, fault });
    if (fault === 'stallBefore') return;
    if (fault === 'cutBefore') return void response.destroy();
    if (fault === 'throttled') return void response.writeHead(429).end();
    const answer = await this.#forward(request, body);
    if (fault === 'stallAfter') return;
    if (fault === 'cutAfter') return void response.destroy();
    if (fault === 'failed') return this.#fail(response);
    await this.beforeResponse(to);
    if (fault === 'cutWithin') cutWithin(response, answer);
    else if (fault === 'duplicate') duplicate(response, answer);
    else pass(response, answer);
  }

  async #forward(request: IncomingMessage, body: string | undefined): Promise<Answer> {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const init = { method: request.method ?? 'GET', headers, ...(body === undefined ? {} : { body }) };
    const response = await fetch(this.#vendor.baseUrl + request.url, init);
    return { status: response.status, body: await response.text() };
  }

  #fail(response: ServerResponse): void {
    this.#failures += 1;
    response.writeHead(FAILURES[this.#failures % FAILURES.length] as number).end('<html>');
  }
}

interface Answer {
  status: number;
  body: string;
}

const headOf = ({ body }: Answer) => ({
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body),
});

function pass(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headOf(answer)).end(answer.body);
}

function cutWithin(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, headOf(answer));
  response.write(answer.body.slice(0, answer.body.length / 2), () => response.destroy());
}

/** Both responses arrive together, so that the client reads the second one without a request. */
function duplicate(response: ServerResponse, answer: Answer): void {
  const head = Object.entries(headOf(answer)).map(([name, value]) => `${name}: ${value}\r\n`);
  const one = `HTTP/1.1 ${answer.status} Status\r\n${head.join('')}\r\n${answer.body}`;
  response.socket?.end(one + one);
}
