import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../app.ts';

interface Representation {
  body: Buffer;
  /** Strong validator (RFC 9110 §8.8.3), including quotes. */
  etag: string;
}

/**
 * Static resource, prepared once. All responses share its buffers, so that a request costs neither memory nor a file.
 */
export interface Document {
  headers: Readonly<Record<string, string>>;
  plain: Representation;
  gzip: Representation | undefined;
}

export interface DocumentOptions {
  /** Content-Type, with the character set of text. */
  type: string;
  /** Additional headers. */
  headers?: Readonly<Record<string, string>>;
  /** Content compressed with gzip, for clients that accept it. */
  gzip?: Buffer | undefined;
}

export function prepareDocument(content: string | Buffer, { type, headers, gzip }: DocumentOptions): Document {
  return {
    headers: {
      'content-type': type,
      // The URLs are stable while the content changes. A browser revalidates each time, and gets 304.
      'cache-control': 'no-cache',
      ...(gzip ? { vary: 'accept-encoding' } : {}),
      ...headers,
    },
    plain: representation(Buffer.from(content)),
    gzip: gzip && representation(gzip),
  };
}

function representation(body: Buffer): Representation {
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** Adds GET and HEAD. @param source a function for a document that can be prepared only after all routes are known. */
export function serveDocument(app: App, url: string, source: Document | (() => Document)): void {
  app.route({
    method: ['GET', 'HEAD'],
    url,
    logLevel: 'silent',
    schema: { hide: true } as object,
    handler: (request, reply) => {
      sendDocument(request, reply, typeof source === 'function' ? source() : source);
    },
  });
}

export function sendDocument(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  document: Document,
): FastifyReply {
  const compressed = document.gzip && acceptsGzip(headers['accept-encoding']) ? document.gzip : undefined;
  const { body, etag } = compressed ?? document.plain;
  reply.headers(document.headers).header('etag', etag);
  if (matches(headers['if-none-match'], etag)) return reply.code(304).send();
  if (compressed) reply.header('content-encoding', 'gzip');
  if (method === 'HEAD') return reply.header('content-length', body.length).send();
  return reply.send(body);
}

/** A weight of 0 means "not acceptable" (RFC 9110 §12.5.3). */
function acceptsGzip(header: string | string[] | undefined): boolean {
  return /(^|[\s,])(gzip|x-gzip|\*)\s*(;\s*q\s*=\s*(1|0\.\d*[1-9]))?\s*(,|$)/i.test(String(header ?? ''));
}

/** RFC 9110 §13.1.2: `*`, or a list with weak comparison. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
