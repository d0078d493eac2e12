import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { canonicalType } from '#carriers/media-types.ts';
import { ApiError, invalidRequest } from '#platform/errors.ts';
import { safeFileName } from './file-name.ts';
import { receiveFile, TooLarge } from './incoming.ts';
import { type Library, QuotaExceeded, type StoredMedia } from './library.ts';
import { agree, detectType, isMarkup } from './types.ts';

/** Longest file, in bytes. */
export const MAX_FILE_BYTES = 25 * 1_048_576;
/** Types that clients send when they do not know the type. The content decides then. */
const UNDECLARED: ReadonlySet<string> = new Set(['', 'application/octet-stream']);

export const SET_CONTENT_TYPE = 'Set the header Content-Type to the type of the file, for example image/jpeg.';

/** Error codes of a body that its client did not finish. */
const CUT: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Errors of the multipart parser for such a body, which have no code. */
const CUT_MULTIPART = /unexpected end of (multipart data|form|file)/i;

/** Uploaded file, before its content is read. */
export interface Upload {
  content: Readable;
  /** Media type without parameters, in lower case. */
  mimeType: string;
  /** Name from the client. Stored as `safeFileName` returns it. */
  fileName: string | null;
  /** Called after the content was read. Throws if more follows than this file. */
  end?(): Promise<void>;
}

/**
 * Stores an uploaded file.
 * @throws ApiError INVALID_REQUEST with status 400, 413 or 415, or QUOTA_EXCEEDED
 */
export async function upload(
  library: Library,
  client: string,
  { content, mimeType, fileName, end }: Upload,
): Promise<StoredMedia> {
  // Before the content is read, so that a wrong type costs nothing.
  if (!UNDECLARED.has(mimeType) && !canonicalType(mimeType)) throw unsupported(mimeType);
  const file = await receiveFile(content, library.temporary, MAX_FILE_BYTES).catch((error) => {
    if (error instanceof TooLarge) throw tooLarge();
    if (CUT.has(error.code) || CUT_MULTIPART.test(error.message))
      throw invalidRequest('The body is incomplete. Send the whole file.');
    throw error;
  });
  try {
    await end?.();
    if (file.byteLength === 0) throw invalidRequest('The file is empty');
    const type = await checkedType(file.path, mimeType);
    const name = fileName === null ? null : safeFileName(fileName);
    return await library.upload(client, { file, mimeType: type, fileName: name });
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
  // Markup is a text, so the declared type is not wrong. No carrier type supports markup.
  if (type.startsWith('text/') && detected && isMarkup(detected)) throw unsupported(detected);
  throw invalidRequest(`The content is not ${declared}${detected ? `, but ${detected}` : ''}`, {
    declared,
    detected: detected ?? null,
  });
}

function unsupported(mimeType: string): ApiError {
  // curl and other clients set this type unless the caller sets another one.
  const isForm = mimeType === 'application/x-www-form-urlencoded';
  const problem = isForm ? `Content-Type is ${mimeType}` : `No carrier type supports media of type ${mimeType}`;
  const fix = isForm ? `. ${SET_CONTENT_TYPE}` : '';
  return new ApiError('INVALID_REQUEST', problem + fix, {
    status: 415,
    details: { mimeType },
  });
}

export function tooLarge(): ApiError {
  return new ApiError('INVALID_REQUEST', `The file is larger than ${MAX_FILE_BYTES} bytes`, {
    status: 413,
    details: { maxBytes: MAX_FILE_BYTES },
  });
}

/** Error for a client that has no space left for its media. */
export function quotaExceeded(): ApiError {
  return new ApiError(
    'QUOTA_EXCEEDED',
    'The API client has no space left for media. Delete media that are not needed.',
  );
}
