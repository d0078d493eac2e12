import { basename } from 'node:path';
import { PATIENCE } from '../campaign/patience.ts';
import { UsageError } from '../exit.ts';
import { ApiError } from '../sdk.ts';
import type { Session } from '../session.ts';
import type { Bulk, BulkState } from './bulk.ts';

const LONGEST_NAME = 255;
/** Limits for the report of an end, which must not delay it. */
const BRIEF = { timeoutMs: 1_000, maxRetries: 1 };

const STATES = { running: 'RUNNING', paused: 'PAUSED', done: 'DONE', canceled: 'CANCELED' } as const;

/**
 * Registers a bulk send, so that the API and the console list it with its messages.
 *
 * @returns the id for the sends. Undefined if the server is older and has no bulk sends.
 * @throws UsageError when the bulk send was canceled in the console or by the API
 * @throws the errors of the SDK
 */
export async function register({ client, signal }: Session, bulk: Bulk): Promise<string | undefined> {
  try {
    const { state, bulkSendId } = await client(PATIENCE).bulkSends.put(bulk.id, descriptionOf(bulk), { signal });
    if (state !== 'CANCELED') return bulkSendId;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
  throw canceledBefore(bulk.id);
}

/** Reports the end of a run. The results file has the same state, so a failure has no effect. */
export async function report({ client }: Session, bulk: Bulk, state: BulkState): Promise<void> {
  await client(BRIEF)
    .bulkSends.put(bulk.id, descriptionOf({ ...bulk, state }))
    .catch(() => undefined);
}

function descriptionOf({ content, file, rows, state }: Bulk) {
  const name = (content.campaign || basename(file)).slice(0, LONGEST_NAME).toWellFormed();
  return { name, rows, state: STATES[state] };
}

export function canceledBefore(id: string): UsageError {
  const next =
    'Use another --campaign to send these rows again. `redcloud bulk cancel` completes an interrupted cancel.';
  return new UsageError(`Bulk send ${id} was canceled`, next);
}
