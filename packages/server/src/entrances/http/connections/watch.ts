import type { Socket } from 'node:net';
import type { Pipeline } from './pipeline.ts';

/** Timeouts of a connection, in milliseconds. docs/operations.md documents them. */
export const TIMEOUTS = {
  /** From the connection to the end of the first request's headers. Later, from the first byte of a request. */
  headers: 15_000,
  /**
   * From the end of the headers to the end of the body, beyond the time of its bytes at `MIN_RATE`. Time in which the
   * server does not read does not count.
   */
  body: 30_000,
  /** Between two requests. Longer than Node's own timeout, which responses announce. */
  keepAlive: 75_000,
  /** The peer reads nothing of the waiting response data. */
  unread: 60_000,
  /** The server has ended its side, and the peer has not. */
  closing: 2_000,
} as const;

/** Bytes per millisecond that a client must send on average. An upload of 25 MiB may take 13 minutes. */
const MIN_RATE = 32;

export type Timeout = keyof typeof TIMEOUTS;

/**
 * Detects overdue connections by periodic checks. Each check costs a few property reads and needs no timer per socket.
 * A timeout counts from the check that detected its beginning.
 */
export class Watch {
  readonly #socket: Socket;
  readonly #pipeline: Pipeline;
  /** Beginning of the current wait for a request, with the counts at that time. */
  #idle: { since: number; requests: number; bytes: number; hasBegun: boolean };
  #body = { since: 0, request: 0, bytes: 0 };
  #unread = { since: 0, bytes: -1 };
  #endedAt: number | undefined;

  constructor(socket: Socket, pipeline: Pipeline, now: number) {
    this.#socket = socket;
    this.#pipeline = pipeline;
    this.#idle = { since: now, requests: 0, bytes: 0, hasBegun: true };
  }

  /** @param now milliseconds of a monotonic clock. */
  overdue(now: number): Timeout | undefined {
    const { writableLength, writableEnded } = this.#socket;
    if (writableLength > 0) return this.#isUnread(now) ? 'unread' : undefined;
    this.#unread.since = now;
    if (writableEnded) return this.#isClosingLate(now) ? 'closing' : undefined;
    if (this.#pipeline.incomplete) return this.#isBodyLate(now) ? 'body' : undefined;
    return this.#pipeline.unanswered > 0 ? undefined : this.#idleTimeout(now);
  }

  #isClosingLate(now: number): boolean {
    this.#endedAt ??= now;
    return now - this.#endedAt > TIMEOUTS.closing;
  }

  #isUnread(now: number): boolean {
    const bytes = this.#socket.bytesWritten - this.#socket.writableLength;
    if (bytes !== this.#unread.bytes) this.#unread = { since: now, bytes };
    return now - this.#unread.since > TIMEOUTS.unread;
  }

  #isBodyLate(now: number): boolean {
    const { count, isHeld, incomplete } = this.#pipeline;
    // The body is not read yet, because earlier requests have no response or because its own request waits.
    const isRead = !isHeld && incomplete?.readableFlowing !== null;
    const bytes = this.#socket.bytesRead;
    if (count !== this.#body.request || !isRead) this.#body = { since: now, request: count, bytes };
    return now - this.#body.since > TIMEOUTS.body + (bytes - this.#body.bytes) / MIN_RATE;
  }

  #idleTimeout(now: number): Timeout | undefined {
    const { count } = this.#pipeline;
    const bytes = this.#socket.bytesRead;
    if (count !== this.#idle.requests) this.#idle = { since: now, requests: count, bytes, hasBegun: false };
    if (!this.#idle.hasBegun && bytes !== this.#idle.bytes) {
      this.#idle.since = now;
      this.#idle.hasBegun = true;
    }
    const timeout = this.#idle.hasBegun ? 'headers' : 'keepAlive';
    return now - this.#idle.since > TIMEOUTS[timeout] ? timeout : undefined;
  }
}
