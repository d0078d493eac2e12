/** Statements that read the rejected recipients of accepted send requests. */
import { rowsAs, statement } from '#db/statement.ts';
import type { Rejection, RejectionOrigin } from './rejections.ts';

const REJECTION = `id as "messageId", number_id as "numberId", from_address as "from", pool_id as "poolId", recipient as "to",
  error, external_reference as "externalReference", created_at as "createdAt"`;
const REJECTION_ROW = {
  messageId: 'text',
  numberId: 'text?',
  from: 'text?',
  poolId: 'text?',
  to: 'text',
  error: 'json',
  externalReference: 'text?',
  createdAt: 'timestamp with time zone',
} as const;

/**
 * Next ids of client $1 below $2, from $3 on, newest first, at most $4, and whether each matches: recipients $5, reference
 * $6, senders $7, number $8. A condition that is null matches every row.
 */
export const EXAMINE_REJECTIONS = statement(
  'messages.examineRejections',
  {
    params: ['text', 'text', 'text', 'bigint', 'text[]?', 'text?', 'text[]?', 'text?'],
    row: { id: 'text', fits: 'boolean' },
  },
  `select id, ($5::text[] is null or recipient = any($5)) and ($6::text is null or external_reference is not distinct from $6)
      and ($7::text[] is null or coalesce(from_address = any($7), false))
      and ($8::text is null or number_id is not distinct from $8) as fits
    from rejections where api_client_id = $1 and id < $2 and id >= $3 order by id desc limit $4`,
);

/** The rejections $1, newest first. */
export const READ_REJECTIONS = rowsAs<Rejection>()(
  statement(
    'messages.readRejections',
    { params: ['text[]'], row: REJECTION_ROW },
    `select ${REJECTION} from rejections where id = any($1) order by id desc`,
  ),
);

/** Rejection $1, with its origin. */
export const FIND_REJECTION = rowsAs<Rejection & RejectionOrigin>()(
  statement(
    'messages.findRejection',
    { params: ['text'], row: { ...REJECTION_ROW, apiClientId: 'text', idempotencyKey: 'text' } },
    `select ${REJECTION}, api_client_id as "apiClientId", idempotency_key as "idempotencyKey" from rejections where id = $1`,
  ),
);
