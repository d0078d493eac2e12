import Type, { type Static } from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { requireCapability } from '#entrances/http/auth/bearer.ts';
import { readCursor, readLimit, toCursor } from '#entrances/http/schemas/paging.ts';
import { body, named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import type { BulkSendPlace, CountedBulkSend } from '#messages/bulk/bulk-sends.ts';
import { notFound } from '#platform/errors.ts';
import { CancelCounts } from './cancel-message.ts';
import { BULK_SEND_ID, BulkSendId } from './send-message.ts';

const common = { tags: ['Bulk sends'], security: [{ bearer: [] }] };
const params = Type.Object({ bulkSendId: BulkSendId });

const State = Type.Enum(['RUNNING', 'PAUSED', 'DONE', 'CANCELED'], {
  description: 'As reported by the program that sends. A canceled bulk send stays canceled.',
});
const Name = Type.String({ minLength: 1, maxLength: 255 });
const Rows = Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Intended number of recipients' });
const Count = (description: string) => Type.Integer({ minimum: 0, description });

const EXAMPLE = {
  bulkSendId: 'bulk_abc123',
  name: 'people.csv',
  rows: 3,
  state: 'RUNNING' as const,
  messages: { queued: 1, unknown: 0, sent: 0, delivered: 1, failed: 0, canceled: 0 },
  createdAt: '2026-11-23T12:00:00.000Z',
  updatedAt: '2026-11-23T12:00:00.000Z',
};

const BulkSendResponse = named(
  'BulkSend',
  Type.Object(
    {
      bulkSendId: Type.String(),
      name: Type.String(),
      rows: Rows,
      state: State,
      messages: Type.Object({
        queued: Count('Not submitted yet'),
        unknown: Count('Submitted without a response'),
        sent: Count('Accepted by the carrier, without a final receipt'),
        delivered: Count('Delivered to the handset'),
        failed: Count('Failed, without the canceled ones'),
        canceled: Count('Canceled before the submit'),
      }),
      createdAt: Timestamp,
      updatedAt: Timestamp,
    },
    { examples: [EXAMPLE] },
  ),
);

const putSchema = {
  ...common,
  operationId: 'putBulkSend',
  summary: 'Register or change a bulk send',
  description:
    'A bulk send groups the messages of many send requests, such as one per row of a file. Register it before the first ' +
    'send that names it in `bulkSendId`. Safe to repeat. Needs the capability `messages:send`.',
  params,
  body: body({ name: Name, rows: Rows, state: Type.Optional(State) }, { examples: [{ name: 'people.csv', rows: 3 }] }),
  response: { 200: BulkSendResponse, ...refusals(400, 401, 403, 413, 415, 429, 500, 502) },
};

/** Smaller pages than those of other lists, since the messages of each bulk send are counted. */
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: '1 to 50. Default 20.' }));

const listSchema = {
  ...common,
  operationId: 'listBulkSends',
  summary: 'List bulk sends, newest first',
  description: 'Needs the capability `messages:read`.',
  querystring: body({
    limit: Limit,
    cursor: Type.Optional(Type.String({ maxLength: 1024, description: '`nextCursor` of the previous page' })),
  }),
  response: {
    200: Type.Object(
      { bulkSends: Type.Array(BulkSendResponse), nextCursor: nullable(Type.String()) },
      { description: 'Page of bulk sends', examples: [{ bulkSends: [EXAMPLE], nextCursor: null }] },
    ),
    ...refusals(400, 401, 403, 429, 500, 502),
  },
};

const getSchema = {
  ...common,
  operationId: 'getBulkSend',
  summary: 'Get a bulk send',
  description: 'Needs the capability `messages:read`.',
  params,
  response: { 200: BulkSendResponse, ...refusals(400, 401, 403, 404, 429, 500, 502) },
};

const cancelSchema = {
  ...common,
  operationId: 'cancelBulkSend',
  summary: 'Cancel a bulk send',
  description:
    'Cancels the messages that were not submitted, and rejects further sends that name the bulk send. ' +
    '`canceled` includes messages that were canceled before. `tooLate` counts messages that were or may have ' +
    'been submitted, or have ended. Safe to repeat. Needs no body. Needs the capability `messages:cancel`.',
  params,
  response: { 200: CancelCounts, ...refusals(400, 401, 403, 404, 429, 500, 502) },
};

export function bulkSends(app: App, { bulkSends }: Modules): void {
  app.put(
    '/bulk-sends/:bulkSendId',
    { schema: putSchema, onRequest: requireCapability('messages:send') },
    async ({ apiClient, params, body }) => {
      const { name, rows, state = 'RUNNING' } = body;
      return shown(await bulkSends.put(apiClient.id, params.bulkSendId, { name, rows, state }));
    },
  );

  app.get(
    '/bulk-sends',
    { schema: listSchema, onRequest: requireCapability('messages:read'), preValidation: readLimit },
    async ({ apiClient, query: { cursor, limit = 20 } }) => {
      const page = await bulkSends.list(apiClient.id, placeOf(cursor), limit);
      const { before } = page;
      const nextCursor = before === undefined ? null : toCursor([before.createdAt.getTime(), before.bulkSendId]);
      return { bulkSends: page.bulkSends.map(shown), nextCursor };
    },
  );

  app.get(
    '/bulk-sends/:bulkSendId',
    { schema: getSchema, onRequest: requireCapability('messages:read') },
    async ({ apiClient, params }) => shown(existing(await bulkSends.find(apiClient.id, params.bulkSendId))),
  );

  app.post(
    '/bulk-sends/:bulkSendId/cancel',
    { schema: cancelSchema, onRequest: requireCapability('messages:cancel') },
    async ({ apiClient, params }) => existing(await bulkSends.cancel(apiClient.id, params.bulkSendId)),
  );
}

/** @throws ApiError NOT_FOUND */
function existing<Found>(found: Found | undefined): Found {
  if (found === undefined) throw notFound('No such bulk send');
  return found;
}

/** Latest time that the store reads. */
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const ID = new RegExp(BULK_SEND_ID);

function isPlace(value: unknown): value is [number, string] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [at, id] = value;
  return Number.isSafeInteger(at) && at >= 0 && at <= LATEST_MS && typeof id === 'string' && ID.test(id);
}

/** @throws ApiError INVALID_REQUEST naming the cursor. */
function placeOf(cursor: string | undefined): BulkSendPlace | undefined {
  if (cursor === undefined) return undefined;
  const [at, bulkSendId] = readCursor('cursor', cursor, isPlace);
  return { createdAt: new Date(at), bulkSendId };
}

function shown({ createdAt, updatedAt, ...rest }: CountedBulkSend): Static<typeof BulkSendResponse> {
  return { ...rest, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
