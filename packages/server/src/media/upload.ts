import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { ApiError, invalidRequest } from '#platform/errors.ts';
import { receiveFile, TooLarge } from './incoming.ts';
import { type Library, QuotaExceeded, type StoredMedia } from './library.ts';
import { agree, canonicalType, detectType } from './types.ts';

/** Longest file, in octets. */
export const MAX_FILE_BYTES = 25 * 1_048_576;
/** Types that clients send when they do not know the type. The content decides then. */
const UNDECLARED: ReadonlySet<string> = new Set(['', 'application/octet-stream']);

/** Error codes of a body that its client did not finish. */
const CUT: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Uploaded file, before its content is read. */
export interface Upload {
  content: Readable;
  /** Media type without parameters, in lower case. */
  mimeType: string;
  fileName: string | null;
}

/**
 * Stores an uploaded file.
 * @throws ApiError INVALID_REQUEST with status 400, 413 or 415, or QUOTA_EXCEEDED
 */
export async function upload(
  library: Library,
  client: string,
  { content, mimeType, fileName }: Upload,
): Promise<StoredMedia> {
  // Before the content is read, so that a wrong type costs nothing.
  if (!UNDECLARED.has(mimeType) && !canonicalType(mimeType)) throw unsupported(mimeType);
  const file = await receiveFile(content, library.temporary, MAX_FILE_BYTES).catch((error) => {
    if (error instanceof TooLarge) throw tooLarge();
    if (CUT.has(error.code)) throw invalidRequest('The body ended before its end');
    throw error;
  });
  try {
    if (file.byteLength === 0) throw invalidRequest('The file is empty');
    const type = await checkedType(file.path, mimeType);
    return await library.upload(client, { file, mimeType: type, fileName });
  } catch (error) {
    throw error instanceof QuotaExceeded ? quotaExceeded() : error;
  } finally {
    await rm(file.path, { force: true });
  }
}

/** @throws ApiError if the content has another type. */
async function checkedType(path: string, declared: string): Promise<string> {
  const detected = await detectType(path);
  if (UNDECLARED.has(declared)) {
    if (detected && canonicalType(detected)) return detected;
    throw unsupported(detected ?? 'application/octet-stream');
  }
  const type = canonicalType(declared) as string;
  if (detected && agree(type, detected)) return type;
  throw invalidRequest(`The content is not ${declared}${detected ? `, but ${detected}` : ''}`, {
    declared,
    detected: detected ?? null,
  });
}

function unsupported(mimeType: string): ApiError {
  return new ApiError('INVALID_REQUEST', `No carrier type supports media of type ${mimeType}`, {
    status: 415,
    details: { mimeType },
  });
}

export function tooLarge(): ApiError {
  return new ApiError('INVALID_REQUEST', `The file is larger than ${MAX_FILE_BYTES} octets`, {
    status: 413,
    details: { maxBytes: MAX_FILE_BYTES },
  });
}

function quotaExceeded(): ApiError {
  return new ApiError(
    'QUOTA_EXCEEDED',
    'The API client has no space left for media. Delete media that are not needed.',
  );
}
