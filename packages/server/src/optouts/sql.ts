/** Statements of the tables `opt_outs` and `opt_out_changes`. Each change is added to the history by its statement. */
import { rowsAs, statement } from '#db/statement.ts';
import type { OptOutChange } from './listing.ts';
import type { OptOut, Pair } from './optouts.ts';

const OPT_OUT = `number_id as "numberId", recipient, origin, source, keyword, note, created_at as "createdAt"`;
const OPT_OUT_ROW = {
  numberId: 'text',
  recipient: 'text',
  origin: 'text',
  source: 'text?',
  keyword: 'text?',
  note: 'text?',
  createdAt: 'timestamp with time zone',
} as const;

/**
 * SQL for a look-up of an opt-out by primary key, within a lateral join. The planner must not choose the join by its
 * estimates for the table. OFFSET 0 leaves one plan.
 */
function byPrimaryKey(client: string, number: string, recipient: string): string {
  return `select 1 from opt_outs where api_client_id = ${client} and number_id = ${number} and recipient = ${recipient} offset 0`;
}

/**
 * Adds the opt-out of the recipient $3 for the client $1 and the number $2. $4 origin, $5 source, $6 keyword, $7 note,
 * $8 now, $9 message of the handset. An existing opt-out stays unchanged, and no row is returned. `first`: the number
 * had no opt-out before.
 */
export const ADD = rowsAs<OptOut & { first: boolean }>()(
  statement(
    'optouts.add',
    {
      params: ['text', 'text', 'text', 'text', 'text?', 'text?', 'text?', 'timestamp with time zone', 'text?'],
      row: { ...OPT_OUT_ROW, first: 'boolean' },
    },
    `with before as (
      select exists (select 1 from opt_outs where api_client_id = $1 and number_id = $2) as had
    ), opted_out as (
      insert into opt_outs (api_client_id, number_id, recipient, origin, source, keyword, note, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning *
    ), change as (
      insert into opt_out_changes (api_client_id, number_id, recipient, change, origin, source, keyword, note, message_id,
        changed_at)
      select api_client_id, number_id, recipient, 'OPTED_OUT', origin, source, keyword, note, $9::text, created_at
      from opted_out
    )
    select ${OPT_OUT}, not had as first from opted_out cross join before`,
  ),
);

/**
 * Removes the opt-out of the recipient $3 for the client $1 and the number $2. $4 origin, $5 keyword, $6 message of the
 * handset, $7 now. Returns no row when there was no opt-out.
 */
export const REMOVE = statement(
  'optouts.remove',
  {
    params: ['text', 'text', 'text', 'text', 'text?', 'text?', 'timestamp with time zone'],
    row: { removed: 'boolean' },
  },
  `with opted_in as (
    delete from opt_outs where api_client_id = $1 and number_id = $2 and recipient = $3
    returning api_client_id, number_id, recipient
  ), change as (
    insert into opt_out_changes (api_client_id, number_id, recipient, change, origin, keyword, message_id, changed_at)
    select api_client_id, number_id, recipient, 'OPTED_IN', $4::text, $5::text, $6::text, $7::timestamptz from opted_in
  )
  select true as removed from opted_in`,
);

/**
 * Copies the opt-outs of the client $1 from the number or pool $2 to the number or pool $3 at $5. Existing opt-outs stay
 * unchanged. $4 note of the changes in the history. Returns their number.
 */
export const COPY = statement(
  'optouts.copy',
  { params: ['text', 'text', 'text', 'text', 'timestamp with time zone'], row: { copies: 'integer' } },
  `with added as (
    insert into opt_outs (api_client_id, number_id, recipient, origin, source, keyword, note, created_at)
    select api_client_id, $3::text, recipient, origin, source, keyword, note, created_at from opt_outs
    where api_client_id = $1 and number_id = $2
    on conflict do nothing returning *
  ), change as (
    insert into opt_out_changes (api_client_id, number_id, recipient, change, origin, source, keyword, note, changed_at)
    select api_client_id, number_id, recipient, 'OPTED_OUT', origin, source, keyword, $4::text, $5::timestamptz from added
  )
  select count(*)::int as copies from added`,
);

/** The opt-out of the recipient $3 for the client $1 and the number $2. */
export const ONE = rowsAs<OptOut>()(
  statement(
    'optouts.one',
    { params: ['text', 'text', 'text'], row: OPT_OUT_ROW },
    `select ${OPT_OUT} from opt_outs where api_client_id = $1 and number_id = $2 and recipient = $3`,
  ),
);

/** Whether numbers have any opt-out, in the order of the rows. $1 JSON rows with nth, client and number. */
export const ANY = statement(
  'optouts.any',
  { params: ['json'], row: { any: 'boolean' } },
  `select exists (select 1 from opt_outs where api_client_id = n.client and number_id = n.number) as any
  from json_to_recordset($1::json) as n (nth integer, client text, number text) order by nth`,
);

/** The rows whose recipient has opted out. $1 JSON rows with nth, client, number and recipient. */
export const AMONG = statement(
  'optouts.among',
  { params: ['json'], row: { nth: 'integer', recipient: 'text' } },
  `select a.nth, a.recipient from json_to_recordset($1::json) as a (nth integer, client text, number text, recipient text)
  cross join lateral (${byPrimaryKey('a.client', 'a.number', 'a.recipient')}) as found`,
);

/**
 * A page of the opt-outs of the client $1, after the number $2 and recipient $3. $4 number, $5 spellings of one
 * recipient. A null is no condition. $6 limit.
 */
export const LIST = rowsAs<OptOut>()(
  statement(
    'optouts.list',
    { params: ['text', 'text', 'text', 'text?', 'text[]?', 'bigint'], row: OPT_OUT_ROW },
    `select ${OPT_OUT} from opt_outs
    where api_client_id = $1 and (number_id, recipient) > ($2, $3)
      and ($4::text is null or number_id = $4) and ($5::text[] is null or recipient = any($5))
    order by number_id, recipient limit $6`,
  ),
);

/**
 * A page of the history of the client $1, after the change $2. $3 number, $4 spellings of one recipient. A null is no
 * condition. $5 limit.
 */
export const CHANGES = rowsAs<OptOutChange>()(
  statement(
    'optouts.changes',
    {
      params: ['text', 'bigint', 'text?', 'text[]?', 'bigint'],
      row: {
        id: 'double precision',
        numberId: 'text',
        recipient: 'text',
        change: 'text',
        origin: 'text',
        source: 'text?',
        keyword: 'text?',
        note: 'text?',
        messageId: 'text?',
        changedAt: 'timestamp with time zone',
      },
    },
    `select id::float8 as id, number_id as "numberId", recipient, change, origin, source, keyword, note,
      message_id as "messageId", changed_at as "changedAt"
    from opt_out_changes
    where api_client_id = $1 and id > $2 and ($3::text is null or number_id = $3)
      and ($4::text[] is null or recipient = any($4))
    order by id limit $5`,
  ),
);

/** Row of `NEXT`. */
export type NextRow = Pair & { origin: string; createdAt: Date };

/** The opt-outs of all clients after client $1, number $2 and recipient $3. $4 limit. */
export const NEXT = rowsAs<NextRow>()(
  statement(
    'optouts.next',
    {
      params: ['text', 'text', 'text', 'bigint'],
      row: {
        apiClientId: 'text',
        numberId: 'text',
        recipient: 'text',
        origin: 'text',
        createdAt: 'timestamp with time zone',
      },
    },
    `select api_client_id as "apiClientId", number_id as "numberId", recipient, origin, created_at as "createdAt" from opt_outs
    where (api_client_id, number_id, recipient) > ($1, $2, $3) order by api_client_id, number_id, recipient limit $4`,
  ),
);

/**
 * States of corrections, in the order of the rows. $1 JSON rows with nth, client, number, correction and since. Uses
 * the primary key, and the index of a recipient's history.
 */
export const STATES = statement(
  'optouts.states',
  { params: ['json'], row: { nth: 'integer', isOptedOut: 'boolean', hasOptedIn: 'boolean' } },
  `select nth, exists (
      select 1 from opt_outs where api_client_id = c.client and number_id = c.number and recipient = c.correction
    ) as "isOptedOut", exists (
      select 1 from opt_out_changes where api_client_id = c.client and recipient = c.correction and number_id = c.number
        and change = 'OPTED_IN' and changed_at >= c.since
    ) as "hasOptedIn"
  from json_to_recordset($1::json) as c (nth integer, client text, number text, correction text, since timestamptz)
  order by nth`,
);

/**
 * Opts out the correction $4 of the faulty opt-out of the client $1, number $2 and recipient $3 at $6, and removes the
 * faulty opt-out if $5. The correction keeps origin, source, keyword, note and time. The history gets both changes,
 * with the message of the handset. Returns no row when the faulty opt-out does not exist.
 */
export const REPAIR = statement(
  'optouts.repair',
  {
    params: ['text', 'text', 'text', 'text', 'boolean', 'timestamp with time zone'],
    row: { found: 'boolean' },
  },
  `with faulty as (
    select * from opt_outs where api_client_id = $1 and number_id = $2 and recipient = $3 for update
  ), added as (
    insert into opt_outs (api_client_id, number_id, recipient, origin, source, keyword, note, created_at)
    select api_client_id, number_id, $4, origin, source, keyword, note, created_at from faulty
    on conflict do nothing returning *
  ), removed as (
    delete from opt_outs o using faulty f
    where $5 and o.api_client_id = f.api_client_id and o.number_id = f.number_id and o.recipient = f.recipient returning o.*
  ), evidence as (
    select message_id from opt_out_changes
    where api_client_id = $1 and recipient = $3 and number_id = $2 and change = 'OPTED_OUT' order by id desc limit 1
  ), change as (
    insert into opt_out_changes (api_client_id, number_id, recipient, change, origin, source, keyword, note, message_id, changed_at)
    select api_client_id, number_id, recipient, 'OPTED_OUT', origin, source, keyword, 'Corrected from ' || $3::text,
      (select message_id from evidence), $6::timestamptz from added
    union all
    select api_client_id, number_id, recipient, 'OPTED_IN', 'API', null, null, 'Corrected to ' || $4::text, null,
      $6::timestamptz from removed
  )
  select true as found from faulty`,
);
