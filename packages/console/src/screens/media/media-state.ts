import type { Failure } from '../../api/call.ts';
import type { MediaOfMessage } from '../../api/types.ts';

/** Types that browsers display. Other images are files to download. */
const DISPLAYED: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/bmp']);

/** A file that can be read, or the reason why none is stored. */
export type MediaState =
  | { kind: 'image' | 'file'; storageKey: string; fileName: string }
  | { kind: 'none'; reason: string };

/** @param clientId API client of the message. null: the number had no API client. */
export function mediaState(item: MediaOfMessage, clientId: string | null | undefined): MediaState {
  const { storageKey, mimeType, fileName, error } = item;
  if (error !== undefined) return { kind: 'none', reason: `The file could not be copied from the carrier: ${error}` };
  if (clientId === null) {
    return { kind: 'none', reason: 'The number has no API client, so that the file was not stored.' };
  }
  if (storageKey === undefined) return { kind: 'none', reason: 'The file is not copied from the carrier yet.' };
  const kind = DISPLAYED.has(mimeType.toLowerCase()) ? 'image' : 'file';
  return { kind, storageKey, fileName: fileName ?? storageKey };
}

/**
 * Reason why a file is missing, or undefined for another failure.
 * @param isOpen whether the message is not finished, so that its source may still be fetched.
 */
export function missingReason({ status }: Failure, { sourceUrl }: MediaOfMessage, isOpen: boolean): string | undefined {
  if (status !== 404) return undefined;
  if (sourceUrl === undefined) {
    return 'The file no longer exists. Files are deleted after the retention period, or by the API client.';
  }
  return isOpen
    ? 'The file is not fetched from its source yet. The message is sent after that.'
    : 'The file does not exist. It was not fetched from its source, or deleted since.';
}
