import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventBody } from '#events/events.ts';

export interface Delivery {
  headers: IncomingHttpHeaders;
  rawBody: string;
  body: EventBody;
}

/** An endpoint of a customer: an HTTP server with configurable responses. */
export class Receiver {
  readonly deliveries: Delivery[] = [];
  /** Status of the next responses. */
  answer: (delivery: Delivery) => number | Promise<number> = () => 204;
  /** Headers of the next responses. */
  headers: Record<string, string> = {};
  text = '';
  readonly #server: Server;
  #arrived = Promise.withResolvers<void>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port = 0, host = '127.0.0.1'): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const rawBody = Buffer.concat(chunks).toString('utf8');
      const delivery = { headers: request.headers, rawBody, body: JSON.parse(rawBody) };
      receiver.deliveries.push(delivery);
      const status = await receiver.answer(delivery);
      response.writeHead(status, receiver.headers).end(status === 204 ? undefined : receiver.text);
      receiver.#arrived.resolve();
      receiver.#arrived = Promise.withResolvers();
    });
    server.listen(port, host);
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Resolves when `enough` is true for all received deliveries. The timeout of the test ends the wait. */
  async until(enough: (deliveries: readonly Delivery[]) => boolean): Promise<readonly Delivery[]> {
    while (!enough(this.deliveries)) await this.#arrived.promise;
    return this.deliveries;
  }

  /** Types of the events of a message, in order of arrival. */
  typesOf(messageId: string): string[] {
    return this.deliveries.filter(({ body }) => body.messageId === messageId).map(({ body }) => body.type);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
