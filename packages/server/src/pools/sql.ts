/** Statements of the tables `pools` and `pool_conversations`. */
import { rowsAs, statement } from '#db/statement.ts';
import type { PoolRow } from './pools.ts';

const POOL = `id as "poolId", api_client_id as "apiClientId", name, created_at as "createdAt", updated_at as "updatedAt"`;
const POOL_ROW = {
  poolId: 'text',
  apiClientId: 'text',
  name: 'text',
  createdAt: 'timestamp with time zone',
  updatedAt: 'timestamp with time zone',
} as const;

/** The pool $1. */
export const BY_ID = rowsAs<PoolRow>()(
  statement('pools.byId', { params: ['text'], row: POOL_ROW }, `select ${POOL} from pools where id = $1`),
);

/** Locks the pool $1. */
export const LOCK = rowsAs<PoolRow>()(
  statement('pools.lock', { params: ['text'], row: POOL_ROW }, `select ${POOL} from pools where id = $1 for update`),
);

/** A page of pools. $1 API client, or null for all. $2 id of the last pool of the previous page, $3 limit. */
export const PAGE = rowsAs<PoolRow>()(
  statement(
    'pools.page',
    { params: ['text?', 'text', 'bigint'], row: POOL_ROW },
    `select ${POOL} from pools where ($1::text is null or api_client_id = $1) and id > $2 order by id limit $3`,
  ),
);

/** A row if there is any pool. */
export const ANY = statement(
  'pools.any',
  { params: [], row: { found: 'boolean' } },
  'select true as found from pools limit 1',
);

/** Adds the pool $1 of the client $2 with the name $3 at $4. */
export const ADD = rowsAs<PoolRow>()(
  statement(
    'pools.add',
    { params: ['text', 'text', 'text', 'timestamp with time zone'], row: POOL_ROW },
    `insert into pools (id, api_client_id, name, created_at, updated_at) values ($1, $2, $3, $4, $4) returning ${POOL}`,
  ),
);

/** Renames the pool $1, unless $2 is null, and sets the time of its last change to $3. */
export const UPDATE = rowsAs<PoolRow>()(
  statement(
    'pools.update',
    { params: ['text', 'text?', 'timestamp with time zone'], row: POOL_ROW },
    `update pools set name = coalesce($2, name), updated_at = $3 where id = $1 returning ${POOL}`,
  ),
);

/** Deletes the pool $1, which has no members. */
export const DELETE = statement('pools.delete', { params: ['text'] }, 'delete from pools where id = $1');

/**
 * SQL for the conversation of a row `g` with pool and recipient, for a lateral join. OFFSET 0 leaves one plan, which uses
 * the primary key.
 */
function conversationOf(columns: string): string {
  return `select ${columns} from pool_conversations where pool_id = g.pool and recipient = g.recipient offset 0`;
}

/** Number of each conversation that exists. $1 JSON rows with nth, pool and recipient. */
export const CONVERSATIONS = statement(
  'pools.conversations',
  { params: ['json'], row: { nth: 'integer', numberId: 'text', usedAt: 'timestamp with time zone' } },
  `select g.nth, c.number_id as "numberId", c.used_at as "usedAt"
  from json_to_recordset($1::json) as g (nth integer, pool text, recipient text)
  cross join lateral (${conversationOf('number_id, used_at')}) as c`,
);

/**
 * Sets the number of conversations at $2, if the conversation still has the expected number, or none if none is expected.
 * Returns the conversations that are set. $1 JSON rows with nth, pool, recipient, number and expected, ordered by pool and
 * recipient, so that concurrent statements wait for each other in one order.
 */
export const SET = statement(
  'pools.set',
  { params: ['json', 'timestamp with time zone'], row: { nth: 'integer' } },
  `with given as (
    select * from json_to_recordset($1::json) as g (nth integer, pool text, recipient text, number text, expected text)
  ), changed as (
    update pool_conversations c set number_id = g.number, used_at = greatest(c.used_at, $2)
    from (
      select g.*, found.at from given g cross join lateral (${conversationOf('ctid as at')}) as found where g.expected is not null
    ) as g
    where c.ctid = g.at and c.pool_id = g.pool and c.recipient = g.recipient and c.number_id = g.expected
    returning g.nth
  ), added as (
    insert into pool_conversations (pool_id, recipient, number_id, used_at)
    select pool, recipient, number, $2 from given where expected is null
    on conflict do nothing returning pool_id, recipient
  )
  select nth from changed
  union all
  select g.nth from given g where g.expected is null and (g.pool, g.recipient) in (select pool_id, recipient from added)`,
);

/** Sets the number $3 of the conversation of the pool $1 with the recipient $2 at $4. */
export const SET_ONE = statement(
  'pools.setOne',
  { params: ['text', 'text', 'text', 'timestamp with time zone'] },
  `insert into pool_conversations (pool_id, recipient, number_id, used_at) values ($1, $2, $3, $4)
  on conflict (pool_id, recipient) do update set number_id = excluded.number_id,
    used_at = greatest(pool_conversations.used_at, excluded.used_at)`,
);

/** Deletes up to $2 conversations that were not used since $1. */
export const EXPIRE = statement(
  'pools.expire',
  { params: ['timestamp with time zone', 'bigint'], row: { gone: 'boolean' } },
  `delete from pool_conversations where ctid = any(array(
    select ctid from pool_conversations where used_at < $1 order by used_at limit $2)) returning true as gone`,
);

/** Ids of deleted pools that still have conversations. Each pool costs one look-up in an index. */
export const DELETED = statement(
  'pools.deleted',
  { params: [], row: { poolId: 'text' } },
  `with recursive known as (
    (select pool_id from pool_conversations order by pool_id limit 1)
    union all
    select (select pool_id from pool_conversations where pool_id > known.pool_id order by pool_id limit 1)
    from known where known.pool_id is not null
  )
  select pool_id as "poolId" from known where pool_id is not null and not exists (select 1 from pools where id = pool_id)`,
);

/** Deletes up to $2 conversations of the pool $1. */
export const CLEAR = statement(
  'pools.clear',
  { params: ['text', 'bigint'], row: { gone: 'boolean' } },
  `delete from pool_conversations where ctid = any(array(
    select ctid from pool_conversations where pool_id = $1 limit $2)) returning true as gone`,
);
