/** Statements of cancels. */
import { statement } from '#db/statement.ts';

/** Asks the processes that hold the messages $1 to give them up. $2 now. */
export const REQUEST = statement(
  'messages.requestCancel',
  { params: ['text[]', 'timestamp with time zone'] },
  `insert into cancel_requests (message_id, requested_at) select unnest($1::text[]), $2
  on conflict (message_id) do update set requested_at = excluded.requested_at`,
);

/** Removes the requests for the messages $1, and those from before $2, whose process has died. */
export const END_REQUEST = statement(
  'messages.endCancelRequest',
  { params: ['text[]', 'timestamp with time zone'] },
  'delete from cancel_requests where message_id = any($1) or requested_at < $2',
);

/** Messages whose cancel waits. */
export const REQUESTED = statement(
  'messages.cancelRequested',
  { params: [], row: { messageId: 'text' } },
  'select message_id as "messageId" from cancel_requests',
);

/** Status of the messages $1 of client $2, and the code of their error. */
export const STATES = statement(
  'messages.cancelStates',
  {
    params: ['text[]', 'text'],
    row: { id: 'text', status: 'text', code: 'text?', direction: 'text' },
  },
  `select id, status, error->>'code' as code, direction from messages where id = any($1) and api_client_id = $2`,
);

/** Maximum number of messages in a page of `WITH_REFERENCE` and `OF_BULK_SEND`. */
export const PAGE = 500;

/** Outbound messages of client $1 with the reference $2, after the id $3, in the order of their ids. */
export const WITH_REFERENCE = statement(
  'messages.withReference',
  { params: ['text', 'text', 'text'], row: { id: 'text' } },
  `select id from messages where api_client_id = $1 and external_reference = $2 and id > $3 and direction = 'OUTBOUND'
  order by id limit ${PAGE}`,
);

/** Messages of client $1 in the bulk send $2, after the id $3, in the order of their ids. */
export const OF_BULK_SEND = statement(
  'messages.ofBulkSend',
  { params: ['text', 'text', 'text'], row: { id: 'text' } },
  `select id from messages where api_client_id = $1 and bulk_send_id = $2 and id > $3 order by id limit ${PAGE}`,
);
