import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** Writes the response to a request. `nth` counts the requests of the connection from 0. */
export type RawAnswer = (socket: Socket, nth: number, body: string) => void;

export const NO_CONTENT = 'HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n';
export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** An HTTP/1.1 server on a raw socket, whose responses can be any bytes. */
export class RawReceiver {
  /** Bodies of the requests, in order of arrival. */
  readonly bodies: string[] = [];
  connections = 0;
  answer: RawAnswer;
  readonly #server: Server;
  readonly #protocol: string;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: RawAnswer, certificate: Certificate | undefined) {
    this.answer = answer;
    this.#protocol = certificate ? 'https' : 'http';
    const onSocket = (socket: Socket) => this.#serve(socket);
    this.#server = certificate ? createSecureServer(certificate, onSocket) : createServer(onSocket);
  }

  static async start(answer: RawAnswer = (socket) => socket.write(NO_CONTENT), certificate?: Certificate) {
    const receiver = new RawReceiver(answer, certificate);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#protocol}://127.0.0.1:${this.port}/hook`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    let pending = '';
    let nth = 0;
    socket.on('data', (chunk) => {
      pending += chunk.toString('latin1');
      for (;;) {
        const head = pending.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/^content-length: *(\d+)/im.exec(pending.slice(0, head))?.[1] ?? 0);
        const end = head + 4 + length;
        if (pending.length < end) return;
        const body = pending.slice(head + 4, end);
        pending = pending.slice(end);
        this.bodies.push(body);
        this.answer(socket, nth, body);
        nth += 1;
      }
    });
  }
}
