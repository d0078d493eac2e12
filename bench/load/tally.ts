import { epochMs } from '../clock.ts';
import { Histogram, type Latency } from '../histogram.ts';
import type { Moments } from '../moments.ts';

/** What a run of the load generator saw. */
export interface LoadResult {
  /** Answers by class of their status: `2xx`, `4xx` … */
  statuses: Record<string, number>;
  /** Requests with a 2xx. */
  accepted: number;
  /** Requests that were not answered: their connection was lost, or time was up. */
  errors: number;
  /** How often a connection had to be opened anew. */
  reopened: number;
  /** Open loop: requests that were due, and for which no connection became free in time. Latencies then flatter. */
  unsent: number;
  /** From the start until no more was sent. */
  seconds: number;
  /** 2xx per second of these; the answers that came after are not in it, nor is the wait for the slowest of them. */
  rate: number;
  /** Of all answers. */
  latency: Latency;
  /**
   * Open loop: how late requests left although a connection was free. It is in the latencies, and is this process's
   * fault and not the server's.
   */
  lag: Latency;
  /** `performance.timeOrigin + performance.now()` at the start. */
  startedAt: number;
  /** With `record`: each message that was accepted, and when its answer came. */
  acceptedAt: Moments;
}

const MESSAGE_ID = Buffer.from('"messageId":"');
const QUOTE = 34;

/** Counts the answers of one run. */
export class Tally {
  readonly latency = new Histogram();
  readonly lag = new Histogram();
  readonly statuses: Record<string, number> = {};
  readonly acceptedAt: Moments = { ids: [], times: [] };
  readonly startedAt = epochMs();
  accepted = 0;
  errors = 0;
  reopened = 0;
  #answeredAt = this.startedAt;
  #ended = { accepted: 0, seconds: 0 };

  /** @param dueAt what the latency counts from, as `performance.now()` gives it. */
  answered(status: number, dueAt: number): void {
    const now = performance.now();
    this.latency.add(now - dueAt);
    this.#answeredAt = performance.timeOrigin + now;
    const family = `${Math.floor(status / 100)}xx`;
    this.statuses[family] = (this.statuses[family] ?? 0) + 1;
    if (status >= 200 && status < 300) this.accepted += 1;
  }

  /** Keeps the ids of an answer's messages. */
  record(body: Buffer): void {
    let at = body.indexOf(MESSAGE_ID);
    while (at >= 0) {
      const start = at + MESSAGE_ID.length;
      // A copy, not a view: half a million views would keep as many buffers alive.
      this.acceptedAt.ids.push(body.toString('latin1', start, body.indexOf(QUOTE, start)));
      this.acceptedAt.times.push(this.#answeredAt);
      at = body.indexOf(MESSAGE_ID, start);
    }
  }

  /** Nothing more is sent; answers may still come. */
  end(): void {
    this.#ended = { accepted: this.accepted, seconds: (epochMs() - this.startedAt) / 1000 };
  }

  result(unsent: number): LoadResult {
    const { statuses, accepted, errors, reopened, startedAt, acceptedAt } = this;
    const { seconds } = this.#ended;
    const rate = this.#ended.accepted / seconds;
    const latencies = { latency: this.latency.summary(), lag: this.lag.summary() };
    return { statuses, accepted, errors, reopened, unsent, seconds, rate, ...latencies, startedAt, acceptedAt };
  }
}
