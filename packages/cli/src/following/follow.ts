import { ApiError, ConnectionError, type RedCloud, type StreamEvent, TimeoutError } from '../sdk.ts';

/** Later than anything: the server answers with the place that its stream has come to, whatever our clock says. */
const NEVER = '9999-12-31T23:59:59Z';

/** Milliseconds between looks, and before another try after an outage. */
const POLL_MS = 500;
/** After it an outage is told of; it is still waited for. */
const PATIENCE_MS = 15_000;

/** What people are told once the server answers again. */
export const RECOVERED = 'There it is again.';

export interface Following {
  signal: AbortSignal;
  /** RFC 3339; undefined for from now on. */
  since?: string | undefined;
  onReady?(): void;
  onOutage?(error: Error): void;
  onRecovery?(): void;
}

/** Everything that happens, in the stream's order and without a gap, until the signal; also over the server's restarts. */
export async function* follow(rc: RedCloud, following: Following): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal, since, onReady, onOutage, onRecovery } = following;
  let cursor = since === undefined ? await presentEnd(rc, signal) : undefined;
  onReady?.();
  let isOut = false;
  while (!signal.aborted) {
    const from = cursor === undefined ? { since: since as string } : { after: cursor };
    const stream = rc.events.stream({ ...from, pollMs: POLL_MS, timeoutMs: PATIENCE_MS, signal });
    try {
      // Not by the next event, which may be long in coming.
      if (isOut) await rc.whoami({ signal, timeoutMs: PATIENCE_MS });
      if (isOut) onRecovery?.();
      isOut = false;
      for await (const event of stream) yield event;
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isOutage(error)) throw error;
      if (!isOut) onOutage?.(error);
      isOut = true;
      cursor = stream.cursor ?? cursor;
    }
  }
}

async function presentEnd(rc: RedCloud, signal: AbortSignal): Promise<string | undefined> {
  const stream = rc.events.list({ since: NEVER }, { signal });
  for await (const _event of stream) break;
  return stream.cursor;
}

function isOutage(error: unknown): error is Error {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429;
  return error instanceof ConnectionError || error instanceof TimeoutError;
}
