import Type from 'typebox';
import type { App, Modules } from '#entrances/http/app.ts';
import { named, nullable, refusals, Timestamp } from '#entrances/http/schemas/schemas.ts';
import { attemptsOf } from '#messages/attempts/attempts.ts';
import { isRejectionId } from '#messages/lookup/rejections.ts';
import { isPossiblyDuplicated } from '#receipts/duplicates.ts';
import { receiptsOfMessage } from '#receipts/lookup.ts';
import { noteOf } from '#receipts/note.ts';
import { existing, MessageDetail, shownDetail } from '../core/messages.ts';
import { REJECTION_FIELDS, shownRejection } from '../core/rejection-schema.ts';
import { ADMIN } from './admin.ts';

const rates = {
  accepted: Type.Number(),
  sent: Type.Number({ description: 'Segments accepted by a carrier' }),
  delivered: Type.Number(),
  failed: Type.Number(),
  webhooksDelivered: Type.Number(),
  webhooksFailed: Type.Number({ description: 'Failed attempts' }),
};

const Overview = named(
  'Overview',
  Type.Object({
    now: Timestamp,
    sampleSeconds: Type.Integer(),
    samples: Type.Array(
      Type.Object({
        at: Timestamp,
        ...rates,
        queued: Type.Object({ outbound: Type.Integer(), webhooks: Type.Integer(), outcomes: Type.Integer() }),
        oldestSeconds: Type.Object({ outbound: Type.Number(), webhooks: Type.Number() }),
      }),
      { description: 'Samples of this process, oldest first, at most of the last hour. Rates are per second.' },
    ),
    totals: Type.Object(rates, { description: 'Counts of the running processes, since the start of each' }),
    failures: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() })),
    submits: Type.Array(
      Type.Object({
        carrier: Type.String(),
        perSecond: Type.Number({ description: 'Segments accepted per second between the last two samples' }),
        outcomes: Type.Record(Type.String(), Type.Integer(), {
          description: 'Segments: `accepted`, `rejected`, `throttled`, `unreachable`, `unknown`, `misconfigured`',
        }),
      }),
      { description: 'Submits of the running processes, since the start of each' },
    ),
    processes: Type.Array(
      Type.Object({
        id: Type.String(),
        host: Type.String(),
        pid: Type.Integer(),
        version: Type.String(),
        roles: Type.Array(Type.String()),
        startedAt: Timestamp,
        aliveUntil: Timestamp,
      }),
    ),
    carriers: Type.Array(
      Type.Object({ name: Type.String(), link: Type.Integer(), state: Type.String(), heldBy: nullable(Type.String()) }),
    ),
    endpoints: Type.Object({ known: Type.Integer(), failing: Type.Integer(), disabled: Type.Integer() }),
  }),
);

const Receipt = named(
  'Receipt',
  Type.Object({
    receivedAt: Timestamp,
    carrier: Type.String(),
    carrierRef: nullable(Type.String()),
    attempt: nullable(Type.Integer({ description: 'Number of the submit that the carrier named' })),
    state: Type.String(),
    error: nullable(
      Type.Object({ code: Type.String(), message: Type.String(), details: Type.Record(Type.String(), Type.Unknown()) }),
    ),
    raw: Type.String({ description: 'Raw text of the receipt' }),
    part: nullable(Type.Integer()),
  }),
);

const Attempt = named(
  'Attempt',
  Type.Object({
    part: Type.Integer(),
    attempt: Type.Integer(),
    carrier: Type.String(),
    outcome: Type.String(),
    proof: nullable(Type.String({ description: 'NOT_SENT or REFUSED: proof that the carrier did not accept it' })),
    carrierCode: nullable(Type.String()),
    reason: nullable(Type.String()),
    endedAt: Timestamp,
    reported: nullable(Type.String({ description: 'State that the carrier reported later' })),
    providerMessageRef: nullable(Type.String()),
  }),
);

const Explained = named(
  'ExplainedMessage',
  Type.Object({
    ...MessageDetail.properties,
    apiClientId: nullable(Type.String()),
    idempotencyKey: nullable(Type.String()),
    route: nullable(
      Type.String({ description: 'Why the carrier was selected. null: the default carrier, or that of the number' }),
    ),
    poolId: nullable(Type.String({ description: 'Pool that selected the number. null: the send named the number' })),
    attempts: Type.Array(Attempt, { description: 'Ended attempts that another one followed' }),
    possibleDuplicate: Type.Boolean({ description: 'A carrier may have accepted two submits (POSSIBLE_DUPLICATE)' }),
    note: nullable(
      Type.String({
        description: 'Why the message stays SENT: the carrier did not confirm the delivery (DELIVERY_UNCONFIRMED)',
      }),
    ),
    receipts: Type.Array(Receipt),
  }),
);

const ExplainedRejection = named(
  'ExplainedRejection',
  Type.Object({
    ...REJECTION_FIELDS,
    apiClientId: Type.String(),
    idempotencyKey: Type.String(),
  }),
);

export function adminOverview(app: App, { db, overview, lookup, rejections, deliveries }: Modules): void {
  app.get(
    '/overview',
    {
      schema: {
        ...ADMIN,
        operationId: 'getOverview',
        summary: 'Get the status of all processes, now and over the last hour',
        response: { 200: Overview, ...refusals(401, 500, 502) },
      },
    },
    async () => {
      const { now, samples, processes, ...rest } = await overview.now();
      return {
        ...rest,
        now: now.toISOString(),
        samples: samples.map((sample) => ({ ...sample, at: sample.at.toISOString() })),
        processes: processes.map((one) => ({
          ...one,
          startedAt: one.startedAt.toISOString(),
          aliveUntil: one.aliveUntil.toISOString(),
        })),
      };
    },
  );

  app.get(
    '/messages/:messageId',
    {
      schema: {
        ...ADMIN,
        operationId: 'explainMessage',
        summary: 'Get a message of any client with segments, raw receipts, events and deliveries',
        description: 'Also gets a rejected recipient, by its id `rej_…`.',
        params: Type.Object({ messageId: Type.String() }),
        response: { 200: Type.Union([Explained, ExplainedRejection]), ...refusals(400, 401, 404, 500, 502) },
      },
    },
    async ({ params }) => {
      if (isRejectionId(params.messageId)) {
        const { apiClientId, idempotencyKey, ...own } = existing(await rejections.explain(params.messageId));
        return { ...shownRejection(own), apiClientId, idempotencyKey };
      }
      const found = existing(await lookup.explain(params.messageId));
      const { apiClientId, idempotencyKey, route, poolId, ...message } = found;
      const came = await receiptsOfMessage(db, params.messageId);
      const attempts = await attemptsOf(db, params.messageId);
      return {
        ...shownDetail(message, await deliveries.ofMessage(params.messageId)),
        apiClientId,
        idempotencyKey,
        route,
        poolId,
        attempts: attempts.map(({ endedAt, ...attempt }) => ({ ...attempt, endedAt: endedAt.toISOString() })),
        possibleDuplicate: isPossiblyDuplicated(found.parts, attempts, came),
        note: noteOf(found.status, came),
        receipts: came.map(({ receivedAt, ...receipt }) => ({ ...receipt, receivedAt: receivedAt.toISOString() })),
      };
    },
  );
}
