import type { Log } from '#platform/log.ts';
import { PrimaryClient, type PrimaryConfig } from './primary-client.ts';

const RECONNECT_MS = 1_000;

/** The only connection of a process that LISTENs. Reconnects by itself after a failure, and polls cover the gap. */
export class Listener {
  static readonly CHANNEL = 'redcloud';
  readonly #connection: PrimaryConfig;
  readonly #log: Log;
  #client: PrimaryClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(connection: PrimaryConfig, log: Log) {
    this.#connection = connection;
    this.#log = log;
  }

  start(heard: (topic: string) => void): void {
    void this.#connect(heard);
  }

  async #connect(heard: (topic: string) => void): Promise<void> {
    const client = new PrimaryClient({ ...this.#connection, application_name: 'redcloud-listen', keepAlive: true });
    this.#client = client;
    let ended = false;
    let isListening = false;
    const again = (error?: Error) => {
      if (ended || this.#stopped) return;
      ended = true;
      // One line for each outage, and not for each attempt.
      if (isListening) this.#log.warn({ event: 'db_listen_lost', reason: error?.message });
      client.end().catch(() => undefined);
      this.#retry = setTimeout(() => void this.#connect(heard), RECONNECT_MS);
    };
    client.on('error', again);
    client.on('end', () => again());
    client.on('notification', ({ payload }) => payload && heard(payload));
    try {
      await client.connect();
      await client.query(`listen ${Listener.CHANNEL}`);
      isListening = true;
    } catch (error) {
      again(error as Error);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }
}
