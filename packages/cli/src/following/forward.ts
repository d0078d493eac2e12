import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFetch } from '../fetch.ts';
import { type StreamEvent, signForTest } from '../sdk.ts';

/** Maximum number of messages whose events are forwarded concurrently. */
const AT_ONCE = 16;
/** Time limit of an attempt, the same as that of the server (docs/webhooks.md). */
const ANSWER_WITHIN_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface Attempt {
  event: StreamEvent;
  body: string;
  outcome: 'DELIVERED' | 'RETRY' | 'GIVEN_UP';
  statusCode?: number;
  /** Reason for a missing response. */
  error?: string;
  durationMs: number;
}

export interface Forwarding {
  url: string;
  /** `whsec_` followed by base64. */
  secret: string;
  retries: number;
  signal: AbortSignal;
  onAttempt(attempt: Attempt): void;
}

/**
 * Posts each event like its webhook. Events of one message are sent in order, events of different messages
 * concurrently.
 *
 * @param follow returns events until its signal
 * @throws errors that prevented an attempt. Such an error ends the iteration.
 */
export async function forward(
  follow: (signal: AbortSignal) => AsyncIterable<StreamEvent>,
  forwarding: Forwarding,
): Promise<void> {
  const broken = new AbortController();
  const signal = AbortSignal.any([forwarding.signal, broken.signal]);
  const underWay = new Map<unknown, Promise<void>>();
  for await (const event of follow(signal)) {
    const message = event.messageId ?? event.eventId;
    const own: Promise<void> = (underWay.get(message) ?? Promise.resolve())
      .then(() => deliver(event, { ...forwarding, signal }))
      // Caught here, because the loop does not wait for this promise before the next event.
      .catch((error) => broken.abort(error))
      .finally(() => {
        if (underWay.get(message) === own) underWay.delete(message);
      });
    underWay.set(message, own);
    if (underWay.size >= AT_ONCE) await Promise.race(underWay.values());
  }
  await Promise.all(underWay.values());
  broken.signal.throwIfAborted();
}

async function deliver(event: StreamEvent, forwarding: Forwarding): Promise<void> {
  const { retries, signal, onAttempt } = forwarding;
  for (let retry = 0; !signal.aborted; retry += 1) {
    const answer = await attempt(event, forwarding);
    // An attempt that an interrupt aborted has no result of the endpoint.
    if (signal.aborted && answer.statusCode === undefined) return;
    const isTaken = answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300;
    const outcome = isTaken ? 'DELIVERED' : retry < retries ? 'RETRY' : 'GIVEN_UP';
    onAttempt({ event, outcome, ...answer });
    if (outcome !== 'RETRY') return;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retry);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function attempt(
  event: StreamEvent,
  { url, secret, signal }: Forwarding,
): Promise<Omit<Attempt, 'event' | 'outcome'>> {
  const { body, headers } = await signForTest(event, secret);
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  const over = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  try {
    const response = await nodeFetch(url, { method: 'POST', body, headers, redirect: 'manual', signal: over });
    await response.body?.cancel();
    return { body, statusCode: response.status, durationMs: durationMs() };
  } catch (error) {
    return { body, error: reasonOf(error as Error), durationMs: durationMs() };
  }
}

/** The error of `fetch` has the actual reason as its cause. */
function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return `no response within ${ANSWER_WITHIN_MS / 1000} s`;
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? message;
}
