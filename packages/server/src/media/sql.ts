/** Statements of the tables `media`, `media_files`, `media_renditions` and `media_storage`. */
import { rowsAs, statement } from '#db/statement.ts';
import { OUTBOUND } from '#queue/job.ts';
import { enqueueFrom, finishing, postponing } from '#queue/sql.ts';

export type Origin = 'UPLOAD' | 'SOURCE' | 'INBOUND';

/** Media of a client, as stored. */
export interface MediaRow {
  id: string;
  storageKey: string;
  origin: Origin;
  /** SHA-256 of the content in hex. Null: not fetched. */
  hash: string | null;
  mimeType: string;
  byteLength: number;
  fileName: string | null;
  sourceUrl: string | null;
  /** Reason why the file cannot be fetched. */
  error: string | null;
  /** Time of the next attempt to fetch the file, after a failed one. */
  retryAt: Date | null;
  neededUntil: Date;
  isDeleted: boolean;
}

const ROW = {
  id: 'text',
  storageKey: 'text',
  origin: 'text',
  hash: 'text?',
  mimeType: 'text',
  byteLength: 'bigint',
  fileName: 'text?',
  sourceUrl: 'text?',
  error: 'text?',
  retryAt: 'timestamp with time zone?',
  neededUntil: 'timestamp with time zone',
  isDeleted: 'boolean',
} as const;

const COLUMNS = `m.id, m.storage_key as "storageKey", m.origin, m.hash, m.mime_type as "mimeType", m.byte_length as "byteLength",
  m.file_name as "fileName", m.source_url as "sourceUrl", m.error, m.retry_at as "retryAt", m.needed_until as "neededUntil",
  m.deleted_at is not null as "isDeleted"`;

/** Media of client $1 with the keys $2, also deleted ones. */
export const BY_KEY = rowsAs<MediaRow>()(
  statement(
    'media.byKey',
    { params: ['text', 'text[]'], row: ROW },
    `select ${COLUMNS} from media m where m.api_client_id = $1 and m.storage_key = any($2)`,
  ),
);

/** Protects the file $1 of $2 bytes from the clean-up, as of $3. */
export const TOUCH = statement(
  'media.touch',
  { params: ['text', 'bigint', 'timestamp with time zone'] },
  `insert into media_files as f (hash, byte_length, touched_at) values ($1, $2, $3)
  on conflict (hash) do update set touched_at = greatest(f.touched_at, excluded.touched_at)`,
);

/** Files after $1 that media refer to. */
export const STORED = statement(
  'media.stored',
  { params: ['text'], row: { hash: 'text' } },
  `select hash from media_files f where hash > $1 and (
    exists (select from media m where m.hash = f.hash and m.deleted_at is null)
    or exists (select from media_renditions r where r.hash = f.hash))
  order by hash limit 10000`,
);

/** Bytes of the media that client $1 has stored or requested, without the media $2 and those that could not be fetched. */
export const USAGE = statement(
  'media.usage',
  { params: ['text', 'text'], row: { bytes: 'bigint' } },
  `select coalesce(sum(byte_length), 0)::bigint as bytes from media
  where api_client_id = $1 and storage_key <> $2 and origin <> 'INBOUND' and deleted_at is null and error is null`,
);

/**
 * Adds an uploaded or received file. Existing media with the same key get its content. $1 id, $2 client, $3 key, $4
 * origin, $5 hash, $6 type, $7 bytes, $8 name, $9 now.
 */
export const ADD = rowsAs<MediaRow>()(
  statement(
    'media.add',
    {
      params: ['text', 'text', 'text', 'text', 'text', 'text', 'bigint', 'text?', 'timestamp with time zone'],
      row: ROW,
    },
    `insert into media as m (id, api_client_id, storage_key, origin, hash, mime_type, byte_length, file_name, created_at,
      used_at, needed_until)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)
    on conflict (api_client_id, storage_key) do update set hash = excluded.hash,
      mime_type = case when m.hash = excluded.hash and m.deleted_at is null then m.mime_type else excluded.mime_type end,
      byte_length = excluded.byte_length, file_name = coalesce(excluded.file_name, m.file_name), error = null,
      used_at = greatest(m.used_at, excluded.used_at), deleted_at = null
    returning ${COLUMNS}`,
  ),
);

/**
 * Protects the media $2 of client $1 until $3, and counts them as used at $4. Deleted media are not protected.
 * Returns the protected keys.
 */
export const PROTECT = statement(
  'media.protect',
  {
    params: ['text', 'text[]', 'timestamp with time zone', 'timestamp with time zone'],
    row: { storageKey: 'text' },
  },
  `update media set needed_until = greatest(needed_until, $3), used_at = greatest(used_at, $4)
  where api_client_id = $1 and storage_key = any($2) and deleted_at is null returning storage_key as "storageKey"`,
);

/**
 * Adds media that are fetched from their sources, with their jobs. Media whose fetch failed or that were deleted are
 * fetched again. $1 client, $2 JSON rows, $3 now, $4 end of the protection. Returns the added keys.
 */
export const REQUEST = statement(
  'media.request',
  {
    params: ['text', 'json', 'timestamp with time zone', 'timestamp with time zone'],
    row: { storageKey: 'text' },
  },
  `with added as (
    insert into media as m (id, api_client_id, storage_key, origin, mime_type, byte_length, file_name, source_url,
      created_at, used_at, needed_until)
    select id, $1, "storageKey", 'SOURCE', "mimeType", "byteLength", "fileName", "sourceUrl", $3, $3, $4
    from json_to_recordset($2::json) as r (id text, "storageKey" text, "mimeType" text, "byteLength" bigint,
      "fileName" text, "sourceUrl" text)
    on conflict (api_client_id, storage_key) do update set id = excluded.id, origin = 'SOURCE', hash = null,
      mime_type = excluded.mime_type, byte_length = excluded.byte_length, file_name = excluded.file_name,
      source_url = excluded.source_url, error = null, retry_at = null, used_at = $3, needed_until = greatest(m.needed_until, $4),
      deleted_at = null
    where m.error is not null or m.deleted_at is not null
    returning m.id, m.storage_key
  ), queued as (
    ${enqueueFrom(`select 'media', id, ${OUTBOUND}, $1, storage_key, $3::timestamptz, null::bigint from added`, 'null')}
  )
  select storage_key as "storageKey" from added`,
);

/** Media of the jobs $1, which are to be fetched. */
export const TO_FETCH = rowsAs<MediaRow & { apiClientId: string; createdAt: Date }>()(
  statement(
    'media.toFetch',
    { params: ['text[]'], row: { ...ROW, apiClientId: 'text', createdAt: 'timestamp with time zone' } },
    `select ${COLUMNS}, m.api_client_id as "apiClientId", m.created_at as "createdAt" from media m where m.id = any($1)`,
  ),
);

/**
 * Records results of fetches under the leases of their jobs, in one commit. $1 JSON rows of `Held` for finished fetches, with the
 * content or the error. $2 JSON rows of `Later` for fetches to repeat. $3 holder. Returns the jobs that were still held.
 */
export const FETCHED = statement(
  'media.fetched',
  { params: ['json', 'json', 'text'], row: { subject: 'text', ordinal: 'integer' } },
  `with finished as (${finishing('$1', '$3', ', hash text, "mimeType" text, error text')}),
  postponed as (${postponing('$2', '$3')}),
  stored as (
    update media m set hash = f.hash, mime_type = coalesce(f."mimeType", m.mime_type), error = f.error, retry_at = null
    from finished f where m.id = f.subject
  ), later as (
    update media m set retry_at = p."runAt" from postponed p where m.id = p.subject
  )
  select subject, ordinal from finished union all select subject, ordinal from postponed`,
);

/** Marks a client's media $2 as deleted at $3. */
export const REMOVE = statement(
  'media.remove',
  { params: ['text', 'text', 'timestamp with time zone'], row: { id: 'text' } },
  `update media set deleted_at = $3 where api_client_id = $1 and storage_key = $2 and deleted_at is null returning id`,
);

/** Rendition of file $1 by recipe $2. */
export const RENDITION = statement(
  'media.rendition',
  { params: ['text', 'text'], row: { hash: 'text', mimeType: 'text', byteLength: 'bigint' } },
  `select hash, mime_type as "mimeType", byte_length as "byteLength" from media_renditions where source = $1 and recipe = $2`,
);

/** Adds a rendition. Another process may have added one already. */
export const ADD_RENDITION = statement(
  'media.addRendition',
  { params: ['text', 'text', 'text', 'text', 'bigint', 'timestamp with time zone'] },
  `insert into media_renditions (source, recipe, hash, mime_type, byte_length, created_at)
  values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
);

/** Rows that one statement of the clean-up deletes. */
const BATCH = 500;

/** Deletes media that were deleted, or not used since $1, if no message needs them at $2. Returns their number. */
export const EXPIRE = statement(
  'media.expire',
  { params: ['timestamp with time zone', 'timestamp with time zone'], row: { count: 'integer' } },
  `with expired as (
    (select id from media where used_at < $1 and needed_until < $2 limit ${BATCH})
    union (select id from media where deleted_at is not null and needed_until < $2 limit ${BATCH})
  ), gone as (delete from media m using expired e where m.id = e.id returning 1)
  select count(*)::int as count from gone`,
);

/** SQL condition that no media and no rendition refers to the file `f`. */
const UNREFERENCED = `not exists (select from media m where m.hash = f.hash)
  and not exists (select from media_renditions r where r.hash = f.hash and r.source <> f.hash)`;

/** Files after hash $1 that nothing refers to, and that were not touched since $2. */
export const UNUSED = statement(
  'media.unused',
  { params: ['text', 'timestamp with time zone'], row: { hash: 'text' } },
  `select hash from media_files f where hash > $1 and touched_at < $2 and ${UNREFERENCED} order by hash limit ${BATCH}`,
);

/** Deletes the renditions of file $1 if `DELETE_FILE` will delete the file. $2 as there. */
export const DELETE_RENDITIONS = statement(
  'media.deleteRenditions',
  { params: ['text', 'timestamp with time zone'] },
  `delete from media_renditions where source = $1
    and exists (select from media_files f where f.hash = $1 and f.touched_at < $2 and ${UNREFERENCED})`,
);

/** Deletes the row of file $1 if nothing refers to it and it was not touched since $2, and locks its hash until the commit. */
export const DELETE_FILE = statement(
  'media.deleteFile',
  { params: ['text', 'timestamp with time zone'], row: { hash: 'text' } },
  `delete from media_files f where hash = $1 and touched_at < $2 and ${UNREFERENCED} returning hash`,
);

/** Hash of the marker of the storage. */
export const MARKER = statement(
  'media.marker',
  { params: [], row: { marker: 'text' } },
  'select marker from media_storage',
);

/** Sets the marker, unless another process has set one. */
export const SET_MARKER = statement(
  'media.setMarker',
  { params: ['text'] },
  'insert into media_storage (marker) values ($1) on conflict do nothing',
);
