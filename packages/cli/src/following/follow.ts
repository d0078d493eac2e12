import { ApiError, ConnectionError, type RedCloud, type StreamEvent, TimeoutError } from '../sdk.ts';

/** A time after all events. The server responds with the current end of its stream, regardless of the local clock. */
const NEVER = '9999-12-31T23:59:59Z';

/** Milliseconds between polls, and before a retry after an outage. */
const POLL_MS = 500;
/** Milliseconds after which an outage is reported. Retries continue after the report. */
const PATIENCE_MS = 15_000;

/** Message for the user after an outage. */
export const RECOVERED = 'The server is reachable again.';

export interface Following {
  signal: AbortSignal;
  /** RFC 3339 time. Undefined starts at the current time. */
  since?: string | undefined;
  onReady?(): void;
  onOutage?(error: Error): void;
  onRecovery?(): void;
}

/**
 * Yields all events in the order of the stream and without gaps, until the signal. Continues across server restarts.
 */
export async function* follow(rc: RedCloud, following: Following): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal, since, onReady, onOutage, onRecovery } = following;
  let cursor = since === undefined ? await presentEnd(rc, signal) : undefined;
  onReady?.();
  let isOut = false;
  while (!signal.aborted) {
    const from = cursor === undefined ? { since: since as string } : { after: cursor };
    const stream = rc.events.stream({ ...from, pollMs: POLL_MS, timeoutMs: PATIENCE_MS, signal });
    try {
      // Detects recovery with a separate request, because the next event may be a long time away.
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
