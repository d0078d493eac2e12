import { setTimeout as delay } from 'node:timers/promises';
import { type Pdu, type Peer, type Role, Session, type SessionEnd } from '@redcloud/smpp';
import { reconnectMs } from './backoff.ts';
import { Pacer } from './pacer.ts';

export interface BindOptions<Tag> {
  peer: Peer;
  /** Role of each session of the bind: one transceiver, or a transmitter and a receiver. */
  roles: readonly Role[];
  window: number;
  /** Configured limit in segments per second. Infinite for no limit. */
  most: number;
  responseTimeoutMs: number;
  enquireLinkMs: number;
  now(): number;
  random(): number;
  onDeliver(pdu: Pdu): Promise<number>;
  onLate(tag: Tag, response: Pdu): void;
  /** The state or the capacity of the bind has changed. */
  onChange(): void;
}

/** Delay in milliseconds after a permanently rejected bind. A fix of the settings is possible, but not soon. */
const MISCONFIGURED_MS = 120_000;

/** Catch-up for late timers in milliseconds. Less than for a measured rate, because a configured limit is strict. */
const LATE_TIMERS_MS = 10;

/** Keeps one bind alive. Creates a new session when a session ends, with growing delays. */
export class Bind<Tag> {
  readonly pacer: Pacer;
  readonly #options: BindOptions<Tag>;
  readonly #sessions = new Map<Role, Session<Tag>>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;
  /** End of the last session, while the bind is down. */
  problem: SessionEnd | undefined;

  constructor(options: BindOptions<Tag>) {
    this.#options = options;
    this.pacer = new Pacer({ perSecond: options.most, catchUpMs: LATE_TIMERS_MS, now: options.now });
    this.#running = Promise.all(options.roles.map((role) => this.#keep(role)));
  }

  /** Session for submits. Undefined unless all roles are bound, because receipts need the receiver. */
  get session(): Session<Tag> | undefined {
    const { roles } = this.#options;
    if (!roles.every((role) => this.#sessions.get(role)?.bound)) return undefined;
    return this.#sessions.get(roles[0] as Role);
  }

  /** Number of further requests that fit into the window. */
  get room(): number {
    const { session } = this;
    return session ? Math.max(0, this.#options.window - session.pending) : 0;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([...this.#sessions.values()].map((session) => session.unbind()));
    await this.#running;
  }

  async #keep(role: Role): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      const end = await this.#live(role);
      failures = end.bound ? 1 : failures + 1;
      if (signal.aborted) return;
      this.problem = end;
      this.#options.onChange();
      const wait = end.misconfigured ? MISCONFIGURED_MS : reconnectMs(failures, this.#options.random());
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Runs one session from its start to its end. */
  #live(role: Role): Promise<SessionEnd> {
    const { peer, responseTimeoutMs, enquireLinkMs, onDeliver, onLate, onChange } = this.#options;
    return new Promise((resolve) => {
      const session = new Session<Tag>({
        peer,
        role,
        responseTimeoutMs,
        enquireLinkMs,
        onDeliver,
        onLate,
        onRoom: onChange,
        onBound: () => {
          if (this.session) this.problem = undefined;
          onChange();
        },
        onEnd: (end) => {
          this.#sessions.delete(role);
          resolve(end);
        },
      });
      this.#sessions.set(role, session);
    });
  }
}
