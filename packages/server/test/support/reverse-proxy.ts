import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Forwarded {
  /** Path with the query. */
  path: string;
  headers: IncomingHttpHeaders;
}

/** Reverse proxy in front of Red Cloud. */
export class ReverseProxy {
  /** Server behind the proxy. Undefined: the proxy responds 502. */
  target: string | undefined;
  /** Changes a request on its way. */
  rewrite: (forwarded: Forwarded) => Forwarded = (forwarded) => forwarded;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (incoming, outgoing) => {
      const body = await buffer(incoming);
      const { path, headers } = this.rewrite({ path: incoming.url ?? '', headers: incoming.headers });
      const fail = () => outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502 Bad Gateway</h1>');
      if (this.target === undefined) return fail();
      const forwarded = request(this.target, { method: incoming.method ?? 'GET', path, headers });
      forwarded.on('error', fail).on('response', (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      });
      return forwarded.end(body);
    });
  }

  static async start(): Promise<ReverseProxy> {
    const proxy = new ReverseProxy();
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
