import { createHash } from 'node:crypto';
import type { SendParams } from '../sdk.ts';

/**
 * Derives the idempotency key of a row from the API client, the campaign and the send parameters (sender, recipient,
 * content). The name of the file, the position of the row and columns that the text does not use have no effect.
 *
 * A message keeps its key when the file is sorted, cut or corrected, and the server sends the message once.
 */
export function keyOf(apiClientId: string, campaign: string, params: SendParams): string {
  const what = JSON.stringify([1, apiClientId, campaign, params]);
  return `file_${createHash('sha256').update(what).digest('base64url')}`;
}
