import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request as forward } from 'undici';
import type { Random } from '../../server/test/crash/random.ts';

interface Passing {
  method: string;
  path: string;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

interface Hands {
  random: Random;
  /** Delay in milliseconds, longer than the time limit of one attempt. */
  tooLongMs: number;
  /** Idempotency keys of calls whose token was already invalidated. */
  spoilt: Set<string>;
  request: Passing;
  response: ServerResponse;
  pass(): Promise<Answer>;
}

/** Faults of a request and its response in transit. Each fault may leave the connection in any state. */
const FAULTS = {
  async 'request lost'({ response }: Hands) {
    response.destroy();
  },
  async 'answer lost'({ pass, response }: Hands) {
    await pass();
    response.destroy();
  },
  async 'cut while it is under way'({ pass, response }: Hands) {
    const passing = pass();
    response.destroy();
    await passing;
  },
  async 'request delayed past the timeout'({ pass, tooLongMs }: Hands) {
    await delay(tooLongMs);
    await pass();
  },
  async 'answer delayed past the timeout'({ pass, response, tooLongMs }: Hands) {
    const answer = await pass();
    await delay(tooLongMs);
    reply(response, answer);
  },
  async 'delayed a little'({ pass, response, random }: Hands) {
    await delay(random.between(1, 30));
    reply(response, await pass());
  },
  async 'sent twice at once'({ pass, response, random }: Hands) {
    reply(response, random.of(await Promise.all([pass(), pass()])));
  },
  async 'sent again after its answer'({ pass, response }: Hands) {
    reply(response, await pass());
    await pass();
  },
  async 'answer broken off'({ pass, response, random }: Hands) {
    const { status, headers, body } = await pass();
    response.writeHead(status, headers);
    response.write(body.subarray(0, random.between(0, body.length - 1)), () => response.destroy());
  },
  async 'answer cut short, and made to look whole'({ pass, response, random }: Hands) {
    const answer = await pass();
    const body = answer.body.subarray(0, random.between(0, answer.body.length - 1));
    reply(response, { ...answer, headers: { ...answer.headers, 'content-length': body.length }, body });
  },
  async '502 of its own before'({ response }: Hands) {
    reply(response, PAGE(502));
  },
  async '503 of its own after'({ pass, response }: Hands) {
    await pass();
    reply(response, PAGE(503));
  },
  /** Once per call, like a token that was revoked in the meantime. A second 401 would be the final response. */
  async 'token spoilt'({ request, spoilt, pass, response }: Hands) {
    const key = request.headers['idempotency-key'];
    if (typeof key === 'string' && !spoilt.has(key)) {
      spoilt.add(key);
      request.headers['authorization'] = 'Bearer spoilt';
    }
    reply(response, await pass());
  },
};

export type Fault = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

const PAGE = (status: number): Answer => {
  const body = Buffer.from('<html>This is the proxy speaking</html>');
  return { status, headers: { 'content-type': 'text/html', 'content-length': body.length, 'retry-after': '0' }, body };
};

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  if (!response.destroyed) response.writeHead(status, headers).end(body);
}

/** A network between client and server that injects random faults. The same seed reproduces them. */
export class HostileProxy {
  /** Number of requests per fault. */
  readonly befell = new Map<Fault, number>();
  readonly #server: Server = createServer((incoming, response) => {
    this.#track(this.#handle(incoming, response).catch(() => void response.destroy()));
  });
  readonly #agent = new Agent();
  readonly #options: { target: string; random: Random; share: number; tooLongMs: number };
  readonly #underWay = new Set<Promise<void>>();
  readonly #spoilt = new Set<string>();

  private constructor(options: { target: string; random: Random; share: number; tooLongMs: number }) {
    this.#options = options;
  }

  /** @param options.share share of the requests with a fault, from 0 to 1. */
  static async start(options: { target: string; random: Random; share: number; tooLongMs: number }) {
    const proxy = new HostileProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves after all delayed requests have arrived. */
  async stop(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#agent.close();
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    work.finally(() => this.#underWay.delete(work));
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { random, share, tooLongMs } = this.#options;
    const body = Buffer.concat(await incoming.toArray().catch(() => []));
    // Hop-by-hop headers, which are not forwarded (RFC 9110 §7.6.1).
    const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = incoming.headers;
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers, body };
    const pass = () => this.#pass(request);
    if (!random.chance(share)) return reply(response, await pass());
    const fault = random.of(FAULT_NAMES);
    this.befell.set(fault, (this.befell.get(fault) ?? 0) + 1);
    await FAULTS[fault]({ random, tooLongMs, spoilt: this.#spoilt, request, response, pass });
  }

  async #pass({ method, path, headers, body }: Passing): Promise<Answer> {
    const answer = await forward(`${this.#options.target}${path}`, {
      dispatcher: this.#agent,
      method: method as 'POST',
      headers,
      body,
    });
    const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = answer.headers;
    return { status: answer.statusCode, headers: kept, body: Buffer.from(await answer.body.arrayBuffer()) };
  }
}
