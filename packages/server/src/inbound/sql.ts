/**
 * Statements of the tables `inbound_fragments` (segments of messages from handsets) and `inbound_copies` (files that are
 * being copied).
 */
import { type RowOf, rowsAs, statement } from '#db/statement.ts';
import type { Copies } from './copies.ts';

/**
 * Condition that a segment belongs to a group. $1 carrier, $2 sender, $3 recipient, $4 number of the group, $5 number of
 * segments.
 */
const GROUP = 'carrier = $1 and from_address = $2 and to_address = $3 and group_number = $4 and parts = $5';
const GROUP_PARAMS = ['text', 'text', 'text', 'integer', 'integer'] as const;

const FRAGMENT = 'part, text, joined, received_at as "receivedAt"';
const FRAGMENT_ROW = {
  part: 'integer',
  text: 'bytea',
  joined: 'boolean',
  receivedAt: 'timestamp with time zone',
} as const;

export type FragmentRow = RowOf<typeof FRAGMENT_ROW>;

/** Serializes the segments of one group until the end of the transaction. $1 name of the group. */
export const LOCK_GROUP = statement(
  'inbound.lockGroup',
  { params: ['text'], row: { locked: 'text' } },
  'select pg_advisory_xact_lock(hashtextextended($1, 0))::text as locked',
);

/** Adds a segment, if the group does not have it. $1 to $5 as in `GROUP`, $6 number of the segment, $7 text, $8 now. */
export const ADD = statement(
  'inbound.add',
  { params: [...GROUP_PARAMS, 'integer', 'bytea', 'timestamp with time zone'], row: { added: 'integer' } },
  `insert into inbound_fragments (carrier, from_address, to_address, group_number, parts, part, text, received_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning 1 as added`,
);

/** Segments of a group, in their order. $1 to $5 as in `GROUP`. */
export const FRAGMENTS = statement(
  'inbound.fragments',
  { params: GROUP_PARAMS, row: FRAGMENT_ROW },
  `select ${FRAGMENT} from inbound_fragments where ${GROUP} order by part`,
);

/** Marks the segments of a complete group as joined. $1 to $5 as in `GROUP`. */
export const JOIN = statement(
  'inbound.join',
  { params: GROUP_PARAMS },
  `update inbound_fragments set joined = true where ${GROUP}`,
);

/** Marks the segments of an incomplete group as joined, and returns them in any order. $1 to $5 as in `GROUP`. */
export const JOIN_INCOMPLETE = statement(
  'inbound.joinIncomplete',
  { params: GROUP_PARAMS, row: FRAGMENT_ROW },
  `update inbound_fragments set joined = true where ${GROUP} and not joined returning ${FRAGMENT}`,
);

/** Deletes the segments of a group. $1 to $5 as in `GROUP`. */
export const DELETE_GROUP = statement(
  'inbound.deleteGroup',
  { params: GROUP_PARAMS },
  `delete from inbound_fragments where ${GROUP}`,
);

/** Groups that have waited for missing segments since before $1. */
export const OVERDUE = statement(
  'inbound.overdue',
  {
    params: ['timestamp with time zone'],
    row: { carrier: 'text', from: 'text', to: 'text', group: 'integer', parts: 'integer' },
  },
  `select carrier, from_address as "from", to_address as "to", group_number as "group", parts
  from inbound_fragments where not joined
  group by carrier, from_address, to_address, group_number, parts having max(received_at) < $1 limit 100`,
);

/** Deletes joined segments that were received before $1. */
export const DELETE_JOINED = statement(
  'inbound.deleteJoined',
  { params: ['timestamp with time zone'], row: { deleted: 'integer' } },
  'delete from inbound_fragments where joined and received_at < $1 returning 1 as deleted',
);

/** Adds the files of an inbound message that are to be copied. $1 message, $2 carrier, $3 client, $4 files, $5 now. */
export const ADD_COPIES = statement(
  'inbound.addCopies',
  { params: ['text', 'text', 'text', 'json', 'timestamp with time zone'] },
  `insert into inbound_copies (message_id, carrier, api_client_id, files, created_at) values ($1, $2, $3, $4, $5)`,
);

/** Files to copy of the messages $1. */
export const COPIES = rowsAs<Copies>()(
  statement(
    'inbound.copies',
    {
      params: ['text[]'],
      row: {
        messageId: 'text',
        carrier: 'text',
        apiClientId: 'text',
        files: 'json',
        createdAt: 'timestamp with time zone',
      },
    },
    `select message_id as "messageId", carrier, api_client_id as "apiClientId", files, created_at as "createdAt"
    from inbound_copies where message_id = any($1)`,
  ),
);

/** Ends the copies of message $1. Returns a row if they had not ended. */
export const END_COPIES = statement(
  'inbound.endCopies',
  { params: ['text'], row: { ended: 'boolean' } },
  'delete from inbound_copies where message_id = $1 returning true as ended',
);
