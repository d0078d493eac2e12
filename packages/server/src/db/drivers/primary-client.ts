import pg from 'pg';
import type { Dependent, Host, Primary } from './primary.ts';

export interface PrimaryConfig extends pg.ClientConfig {
  primary: Primary;
}

/** Connection to the server that is the primary when the connection begins. */
export class PrimaryClient extends pg.Client implements Dependent {
  readonly #primary: Primary;
  #at: Host | undefined;

  constructor(config: PrimaryConfig) {
    super(config);
    this.#primary = config.primary;
    // A connection may report its end more than once, also while its server is checked. Without a listener, the end of a connection
    // would end the process. The pool and the statement under way get the error as well.
    this.on('error', () => undefined);
    this.once('end', () => this.#primary.remove(this));
  }

  get at(): Host | undefined {
    return this.#at;
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
    const connected = this.#connect();
    if (!callback) return connected;
    connected.then(() => callback(undefined as unknown as Error), callback);
    return undefined;
  }

  async #connect(): Promise<pg.Client> {
    const at = await this.#primary.locate();
    this.#at = at;
    this.host = at.host;
    this.port = at.port;
    this.#primary.add(this);
    try {
      return await super.connect();
    } catch (error) {
      this.#primary.remove(this);
      this.#primary.lost(at);
      throw error;
    }
  }

  /** Reports that the server must not be used. */
  reject(): void {
    if (this.#at) this.#primary.lost(this.#at);
  }

  drop(): void {
    // pg has no public way to end a connection without waiting for its statement.
    (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}
