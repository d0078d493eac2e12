import type { LinkState } from '../carriers/carrier.ts';
import type { Log } from '../platform/log.ts';

/** Logs the states of a carrier. Repeated reports of the same state are logged once. */
export class StateLog {
  readonly #options: { name: string; log: Log; onUp(): void };
  #reported = '';
  #reason: string | undefined;

  constructor(options: { name: string; log: Log; onUp(): void }) {
    this.#options = options;
  }

  /** Why the carrier is not up. */
  get reason(): string | undefined {
    return this.#reason;
  }

  report(state: LinkState, reason: string | undefined): void {
    const { name, log, onUp } = this.#options;
    this.#reason = reason;
    if (state === 'up') onUp();
    const report = `${state} ${reason}`;
    if (report === this.#reported) return;
    this.#reported = report;
    const level = state === 'up' ? 'info' : state === 'down' ? 'warn' : 'error';
    log[level]({ event: 'carrier_state', carrier: name, state, reason });
  }
}
