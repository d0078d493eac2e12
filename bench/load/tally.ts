import { epochMs } from '../clock.ts';
import { Histogram, type Latency } from '../histogram.ts';
import type { Moments } from '../moments.ts';

/** Results of a run of the load generator. */
export interface LoadResult {
  /** Responses by class of their status: `2xx`, `4xx` … */
  statuses: Record<string, number>;
  /** Responses with a 2xx. */
  accepted: number;
  /** Requests without a response, because their connection was lost or the run ended. */
  errors: number;
  /** Number of times that a connection was reopened. */
  reopened: number;
  /** Open loop: due requests for which no connection became free in time. Latencies are then too low. */
  unsent: number;
  /** Time from the start to the end of sending. */
  seconds: number;
  /** 2xx per second of `seconds`. Excludes responses after the end of sending, and the wait for the slowest of them. */
  rate: number;
  /** Latency of all responses. */
  latency: Latency;
  /**
   * Open loop: delay of requests for which a connection was free. The latencies include this delay, which is caused by
   * this process and not by the server.
   */
  lag: Latency;
  /** `performance.timeOrigin + performance.now()` at the start. */
  startedAt: number;
  /** With `record`: each accepted message, with the time of its response. */
  acceptedAt: Moments;
}

const MESSAGE_ID = Buffer.from('"messageId":"');
const QUOTE = 34;

/** Counts the responses of one run. */
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

  /** @param dueAt start of the latency, from `performance.now()` */
  answered(status: number, dueAt: number): void {
    const now = performance.now();
    this.latency.add(now - dueAt);
    this.#answeredAt = performance.timeOrigin + now;
    const family = `${Math.floor(status / 100)}xx`;
    this.statuses[family] = (this.statuses[family] ?? 0) + 1;
    if (status >= 200 && status < 300) this.accepted += 1;
  }

  /** Stores the message ids of a response. */
  record(body: Buffer): void {
    let at = body.indexOf(MESSAGE_ID);
    while (at >= 0) {
      const start = at + MESSAGE_ID.length;
      // A copy and not a view, because half a million views would keep as many buffers alive.
      this.acceptedAt.ids.push(body.toString('latin1', start, body.indexOf(QUOTE, start)));
      this.acceptedAt.times.push(this.#answeredAt);
      at = body.indexOf(MESSAGE_ID, start);
    }
  }

  /** Marks the end of sending. Responses may still arrive. */
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
