import multipart from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { sendFile } from '#entrances/http/files.ts';
import { named, REQUEST_BODY, refusals } from '#entrances/http/schemas/schemas.ts';
import { MAX_FILE_NAME } from '#media/file-name.ts';
import type { StoredMedia } from '#media/library.ts';
import { extensionOf, typeOf } from '#media/types.ts';
import { MAX_FILE_BYTES, SET_CONTENT_TYPE, tooLarge, type Upload, upload } from '#media/upload.ts';
import { ApiError, invalidRequest, notFound } from '#platform/errors.ts';

const common = { tags: ['Media'], security: [{ bearer: [] }] };

const FileName = Type.String({
  minLength: 1,
  maxLength: MAX_FILE_NAME,
  description: 'Stored without directories, control characters and marks of the text direction',
});

const StoredMediaResponse = named(
  'StoredMedia',
  Type.Object(
    {
      storageKey: Type.String(),
      mimeType: Type.String(),
      byteLength: Type.Integer(),
      fileName: Type.Optional(Type.String()),
    },
    {
      description: 'A valid item of `media` in a send request',
      examples: [{ storageKey: 'storage_abc123', mimeType: 'image/jpeg', byteLength: 182340, fileName: 'catalog.jpg' }],
    },
  ),
);

const uploadSchema = {
  ...common,
  operationId: 'uploadMedia',
  summary: 'Upload a file for MMS',
  description:
    `At most ${MAX_FILE_BYTES / 1_048_576} MiB, as the raw body with its Content-Type, or as \`multipart/form-data\` with one ` +
    'part named `file`. The file is stored unchanged, and adapted to the limits of the carrier when it is sent. The same content gets the ' +
    'same `storageKey`, so a repeat is harmless. Errors: 415 for a type that no carrier type supports, 400 if the content has another type, ' +
    '413 with the code `QUOTA_EXCEEDED` if the API client has no space left. Needs the capability `media:write`.',
  [REQUEST_BODY]: {
    required: true,
    content: {
      '*/*': { schema: { type: 'string', format: 'binary' } },
      'multipart/form-data': {
        schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
      },
    },
  },
  querystring: Type.Object({ fileName: Type.Optional(FileName) }, { additionalProperties: false }),
  response: { 201: StoredMediaResponse, ...refusals(400, 401, 403, 413, 415, 500, 502) },
};

const params = Type.Object({ storageKey: Type.String({ examples: ['storage_abc123'] }) });

const downloadSchema = {
  ...common,
  operationId: 'downloadMedia',
  summary: 'Download a file',
  description:
    'An upload of the API client, or a file that one of its numbers received. Supports HEAD, Range and ETag. Needs the ' +
    'capability `media:read`.',
  params,
  response: {
    200: { description: 'The file', content: { '*/*': { schema: Type.String({ format: 'binary' }) } } },
    206: { description: 'A part of the file', content: { '*/*': { schema: Type.String({ format: 'binary' }) } } },
    304: Type.Null({ description: 'The file is unchanged' }),
    ...refusals(401, 403, 404, 416, 500, 502),
  },
};

const removeSchema = {
  ...common,
  operationId: 'deleteMedia',
  summary: 'Delete a file',
  description: 'Messages that are accepted already are still sent with the file. Needs the capability `media:write`.',
  params,
  response: { 204: Type.Null({ description: 'Deleted' }), ...refusals(401, 403, 404, 500, 502) },
};

export async function mediaRoutes(app: App, { media }: Modules): Promise<void> {
  await app.register(multipart, { limits: { files: 1, fields: 0, fileSize: MAX_FILE_BYTES + 1 } });
  // Every other body is a stream, which the route reads.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  const onRequest = [requireCapability('media:write'), requireMediaType];
  app.post('/media', { schema: uploadSchema, onRequest }, async (request, reply) => {
    try {
      const stored = await upload(media, request.apiClient.id, await fileOf(request));
      return reply.code(201).send(toResponse(stored));
    } finally {
      // The rest of a rejected body is not read.
      if (!request.raw.complete) reply.header('connection', 'close');
    }
  });

  const download = async (request: FastifyRequest, reply: FastifyReply) => {
    const { storageKey } = request.params as { storageKey: string };
    const found = await media.find(request.apiClient.id, storageKey);
    if (!found) throw notFound('No such media');
    // An operator can read the files of each client, so the log names the file.
    request.logged['storageKey'] = storageKey;
    const fileName = found.fileName ?? `${storageKey}.${extensionOf(found.mimeType)}`;
    const file = { ...found, fileName, disposition: 'attachment', cacheControl: 'private, no-cache' } as const;
    return sendFile(request, reply, file, (part) => media.read(found.hash, part));
  };
  const readable = {
    url: '/media/:storageKey',
    onRequest: requireCapability('media:read'),
    handler: download as never,
  };
  app.route({ ...readable, method: 'GET', exposeHeadRoute: false, schema: downloadSchema });
  app.route({ ...readable, method: 'HEAD', schema: { params, hide: true } as object });

  app.delete(
    '/media/:storageKey',
    { schema: removeSchema, onRequest: requireCapability('media:write') },
    async (request, reply) => {
      if (!(await media.remove(request.apiClient.id, request.params.storageKey))) throw notFound('No such media');
      return reply.code(204).send(null);
    },
  );
}

/** A media type without its parameters (RFC 9110 §8.3.1). */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** A request without the header is accepted, and the content determines the type. */
async function requireMediaType({ headers }: FastifyRequest): Promise<void> {
  const type = headers['content-type'];
  if (type === undefined || MEDIA_TYPE.test(type)) return;
  throw new ApiError('INVALID_REQUEST', `Content-Type is not a media type. ${SET_CONTENT_TYPE}`, { status: 415 });
}

async function fileOf(request: FastifyRequest): Promise<Upload> {
  const { fileName = null } = request.query as { fileName?: string };
  const { headers } = request;
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new ApiError('INVALID_REQUEST', 'Content-Encoding is not supported', { status: 415 });
  }
  if (!request.isMultipart()) {
    if (Number(headers['content-length'] ?? 0) > MAX_FILE_BYTES) throw tooLarge();
    return { content: request.raw, mimeType: typeOf(request.headers['content-type']), fileName };
  }
  const parts = request.parts();
  const next = async () => {
    const { value, done } = await parts.next().catch((error) => {
      throw unreadable(error);
    });
    return done ? undefined : value;
  };
  const part = await next();
  if (part?.type !== 'file' || part.fieldname !== 'file') throw wrongParts();
  return {
    ...{ content: part.file, mimeType: typeOf(part.mimetype), fileName: fileName ?? part.filename ?? null },
    async end() {
      if (await next()) throw wrongParts();
    },
  };
}

function wrongParts(): ApiError {
  return invalidRequest('multipart/form-data must have exactly one part, a file named "file"');
}

/** Errors of limits: more parts than one file. */
const TOO_MANY: ReadonlySet<string | undefined> = new Set(['FST_PARTS_LIMIT', 'FST_FILES_LIMIT', 'FST_FIELDS_LIMIT']);

function unreadable({ message, code }: Error & { code?: string }): ApiError {
  if (TOO_MANY.has(code)) return wrongParts();
  return invalidRequest(`The multipart body cannot be read (${message})`);
}

function toResponse({ storageKey, mimeType, byteLength, fileName }: StoredMedia) {
  return { storageKey, mimeType, byteLength, ...(fileName === null ? {} : { fileName }) };
}
