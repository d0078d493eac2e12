/** Statements of bulk sends. */
import { rowsAs, statement } from '#db/statement.ts';
import { CANCELED } from '../cancel/error.ts';
import type { BulkSend, BulkSendCounts } from './bulk-sends.ts';

const BULK_SEND = `id as "bulkSendId", name, row_count as rows, state, created_at as "createdAt", updated_at as "updatedAt"`;
const ROW = {
  bulkSendId: 'text',
  name: 'text',
  rows: 'integer',
  state: 'text',
  createdAt: 'timestamp with time zone',
  updatedAt: 'timestamp with time zone',
} as const;

/** Registers bulk send $2 of client $1, or changes it: name $3, rows $4, state $5, now $6. A canceled one stays canceled. */
export const PUT_BULK_SEND = rowsAs<BulkSend>()(
  statement(
    'messages.putBulkSend',
    { params: ['text', 'text', 'text', 'integer', 'text', 'timestamp with time zone'], row: ROW },
    `insert into bulk_sends as b (api_client_id, id, name, row_count, state, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $6)
    on conflict (api_client_id, id) do update set name = excluded.name, row_count = excluded.row_count,
      state = case b.state when 'CANCELED' then b.state else excluded.state end, updated_at = excluded.updated_at
    returning ${BULK_SEND}`,
  ),
);

/** Cancels bulk send $2 of client $1. $3 now. */
export const CANCEL_BULK_SEND = statement(
  'messages.cancelBulkSend',
  { params: ['text', 'text', 'timestamp with time zone'], row: { id: 'text' } },
  `update bulk_sends set state = 'CANCELED', updated_at = $3 where api_client_id = $1 and id = $2 returning id`,
);

/** Bulk send $2 of client $1. */
export const FIND_BULK_SEND = rowsAs<BulkSend>()(
  statement(
    'messages.findBulkSend',
    { params: ['text', 'text'], row: ROW },
    `select ${BULK_SEND} from bulk_sends where api_client_id = $1 and id = $2`,
  ),
);

/** At most $4 bulk sends of client $1 before the time $2 and the id $3, newest first. */
export const LIST_BULK_SENDS = rowsAs<BulkSend>()(
  statement(
    'messages.listBulkSends',
    { params: ['text', 'timestamp with time zone', 'text', 'bigint'], row: ROW },
    `select ${BULK_SEND} from bulk_sends where api_client_id = $1 and (created_at, id) < ($2, $3)
    order by created_at desc, id desc limit $4`,
  ),
);

/** Numbers of messages of client $1 in each of the bulk sends $2. */
export const COUNT_BULK_SENDS = rowsAs<BulkSendCounts & { id: string }>()(
  statement(
    'messages.countBulkSends',
    {
      params: ['text', 'text[]'],
      row: {
        id: 'text',
        queued: 'integer',
        unknown: 'integer',
        sent: 'integer',
        delivered: 'integer',
        failed: 'integer',
        canceled: 'integer',
      },
    },
    `select given.id, c.* from unnest($2::text[]) as given (id) cross join lateral (
      select count(*) filter (where m.status in ('QUEUED', 'SENDING'))::int as queued,
        count(*) filter (where m.status = 'UNKNOWN')::int as unknown,
        count(*) filter (where m.status = 'SENT')::int as sent,
        count(*) filter (where m.status = 'DELIVERED')::int as delivered,
        count(*) filter (where m.status = 'FAILED' and m.error->>'code' is distinct from '${CANCELED.code}')::int as failed,
        count(*) filter (where m.status = 'FAILED' and m.error->>'code' = '${CANCELED.code}')::int as canceled
      from messages m where m.api_client_id = $1 and m.bulk_send_id = given.id
    ) as c`,
  ),
);

/** Deletes the bulk sends that were last changed before $1 and have no messages any more. */
export const EXPIRE_BULK_SENDS = statement(
  'messages.expireBulkSends',
  { params: ['timestamp with time zone'], row: { id: 'text' } },
  `delete from bulk_sends b where b.updated_at < $1 and not exists (
    select from messages m where m.api_client_id = b.api_client_id and m.bulk_send_id = b.id
  ) returning b.id`,
);
