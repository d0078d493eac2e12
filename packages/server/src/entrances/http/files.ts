import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parse } from 'range-parser';
import { safeFileName } from '#media/file-name.ts';
import { ApiError } from '#platform/errors.ts';

/** File that a response carries. */
export interface SentFile {
  /** SHA-256 of the content, in hex. */
  hash: string;
  mimeType: string;
  byteLength: number;
  fileName: string;
  /** Browsers save an attachment, and show an inline file. */
  disposition: 'attachment' | 'inline';
  /** Cache-Control of the response. */
  cacheControl: string;
}

/** Reads a part of a file, with an inclusive end. @returns undefined if the file is lost. */
export type ReadPart = (part: { start: number; end: number }) => Promise<Readable | undefined>;

/**
 * Sends a file for GET and HEAD, with conditions and one range (RFC 9110 §13 and §14). Several ranges get the whole
 * file.
 * @throws ApiError with status 416 for a range outside of the file.
 */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: SentFile, read: ReadPart) {
  const { byteLength } = file;
  // The content never changes, so its hash is a strong validator.
  const etag = `"${file.hash}"`;
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': file.cacheControl,
    'content-disposition': contentDisposition(file),
  });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const range = rangeOf(request, etag, byteLength);
  if (range === 'outside') {
    reply.header('content-range', `bytes */${byteLength}`);
    throw new ApiError('INVALID_REQUEST', `The range is not within the ${byteLength} bytes of the file`, {
      status: 416,
    });
  }
  const part = range ?? { start: 0, end: byteLength - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${byteLength}`);
  reply.header('content-length', part.end - part.start + 1).type(file.mimeType);
  if (request.method === 'HEAD') return reply.send();
  const content = await read(part);
  if (!content) throw new ApiError('UPSTREAM_ERROR', 'The storage has lost the file');
  return reply.send(content);
}

/** Bit of the parser's code for a range that is no range. */
const UNREADABLE = 1;

function rangeOf({ headers }: FastifyRequest, etag: string, size: number) {
  const { range } = headers;
  const condition = headers['if-range'];
  if (range === undefined || (condition !== undefined && condition !== etag)) return undefined;
  const { type, code, ranges } = parse(size, range);
  // An unreadable range is ignored (RFC 9110 §14.2).
  if (type !== 'bytes' || (code & UNREADABLE) !== 0) return undefined;
  if (ranges.length === 0) return 'outside';
  return ranges.length === 1 ? ranges[0] : undefined;
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** RFC 6266 §4.1. Names beyond ASCII have a second form (RFC 8187). */
function contentDisposition({ disposition, fileName: given }: SentFile): string {
  // Earlier versions have stored names unchanged.
  const fileName = safeFileName(given) ?? 'file';
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  const extended = plain === fileName ? '' : `; filename*=UTF-8''${encoded}`;
  return `${disposition}; filename="${plain}"${extended}`;
}
