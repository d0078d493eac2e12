import { createHash } from 'node:crypto';
import type { SendParams } from '../sdk.ts';

/**
 * The key of a row's message. It follows from what is sent, from whom, to whom and in which campaign, and from nothing
 * else: not from the file's name, the row's place or columns that the text does not use. So the same message has the same
 * key however the file was sorted, cut or mended meanwhile, and the server sends it once.
 */
export function keyOf(apiClientId: string, campaign: string, params: SendParams): string {
  const what = JSON.stringify([1, apiClientId, campaign, params]);
  return `file_${createHash('sha256').update(what).digest('base64url')}`;
}
