import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Diagnostics channel. Published for each socket of a client, before the socket resolves a name. */
const SOCKETS = 'net.client.socket';

/** Records each address to which this process tries to connect. */
export class ConnectionWatch {
  readonly #attempts: string[] = [];
  readonly #onSocket = (message: unknown) =>
    void (message as { socket: Socket }).socket.on('connectionAttempt', (address: string, port: number) =>
      this.#attempts.push(`${address} ${port}`),
    );

  constructor() {
    subscribe(SOCKETS, this.#onSocket);
  }

  /** Attempts since the last call, without those to the given addresses and ports. */
  take(...expected: readonly string[]): string[] {
    return this.#attempts.splice(0).filter((attempt) => !expected.includes(attempt));
  }

  stop(): void {
    unsubscribe(SOCKETS, this.#onSocket);
  }
}
