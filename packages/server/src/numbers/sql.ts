/** Statements of the table `numbers`. */
import type { Queryable } from '#db/db.ts';
import { rowsAs, statement } from '#db/statement.ts';
import type { NumberChange, PhoneNumber } from './numbers.ts';

const NUMBER = `id as "numberId", e164, api_client_id as "apiClientId", status, campaign_reg_id as "campaignRegId",
  sms_enabled as "smsEnabled", mms_enabled as "mmsEnabled", carrier, carriers, allowed_countries as "allowedCountries",
  webhook_inbound_override as "webhookInboundOverride", webhook_delivery_override as "webhookDeliveryOverride",
  pool_id as "poolId"`;
const NUMBER_ROW = {
  numberId: 'text',
  e164: 'text',
  apiClientId: 'text?',
  status: 'text',
  campaignRegId: 'text?',
  smsEnabled: 'boolean',
  mmsEnabled: 'boolean',
  carrier: 'text?',
  carriers: 'text[]?',
  allowedCountries: 'text[]?',
  webhookInboundOverride: 'text?',
  webhookDeliveryOverride: 'text?',
  poolId: 'text?',
} as const;

/** The numbers with the ids $1. */
export const BY_IDS = rowsAs<PhoneNumber>()(
  statement(
    'numbers.byIds',
    { params: ['text[]'], row: NUMBER_ROW },
    `select ${NUMBER} from numbers where id = any($1)`,
  ),
);

/** The number $1 in E.164. */
export const BY_ADDRESS = rowsAs<PhoneNumber>()(
  statement(
    'numbers.byAddress',
    { params: ['text'], row: NUMBER_ROW },
    `select ${NUMBER} from numbers where e164 = $1`,
  ),
);

/** All numbers of the API client $1. */
export const ASSIGNED_TO = rowsAs<PhoneNumber>()(
  statement(
    'numbers.assignedTo',
    { params: ['text'], row: NUMBER_ROW },
    `select ${NUMBER} from numbers where api_client_id = $1 order by e164`,
  ),
);

/** Members of the pools $1. */
export const MEMBERS = rowsAs<PhoneNumber>()(
  statement(
    'numbers.members',
    { params: ['text[]'], row: NUMBER_ROW },
    `select ${NUMBER} from numbers where pool_id = any($1) order by id`,
  ),
);

/** Locks the numbers $1 against all changes, in the order of their ids. */
export const LOCK = rowsAs<PhoneNumber>()(
  statement(
    'numbers.lock',
    { params: ['text[]'], row: NUMBER_ROW },
    `select ${NUMBER} from numbers where id = any($1) order by id for update`,
  ),
);

/** Pool of the number $1. Locks the number against changes, but not against other statements of this kind. */
export const POOL_OF = statement(
  'numbers.poolOf',
  { params: ['text'], row: { poolId: 'text?' } },
  'select pool_id as "poolId" from numbers where id = $1 for share',
);

/** Moves the numbers $1 to the pool $2 at $3. */
export const SET_POOL = statement(
  'numbers.setPool',
  { params: ['text[]', 'text?', 'timestamp with time zone'] },
  'update numbers set pool_id = $2, updated_at = $3 where id = any($1)',
);

/** A page of all numbers. $1 id of the last number of the previous page, $2 limit. */
export const ALL = rowsAs<PhoneNumber>()(
  statement(
    'numbers.all',
    { params: ['text', 'bigint'], row: NUMBER_ROW },
    `select ${NUMBER} from numbers where id > $1 order by id limit $2`,
  ),
);

/** Like `ALL`, only numbers of the API client $3. */
export const ALL_OF = rowsAs<PhoneNumber>()(
  statement(
    'numbers.allOf',
    { params: ['text', 'bigint', 'text'], row: NUMBER_ROW },
    `select ${NUMBER} from numbers where api_client_id = $3 and id > $1 order by id limit $2`,
  ),
);

/**
 * Distinct first digits of the numbers of the API client $1, with the calling code. A calling code has at most three
 * digits, and most clients have numbers of only one or two countries.
 */
export const STARTS = statement(
  'numbers.starts',
  { params: ['text'], row: { start: 'text' } },
  "select distinct left(e164, 4) as start from numbers where api_client_id = $1 and e164 like '+%'",
);

/** Adds numbers at $2, and returns the added ones. Existing numbers stay unchanged. $1 JSON rows of `NewNumber`. */
export const ADD = rowsAs<PhoneNumber>()(
  statement(
    'numbers.add',
    { params: ['json', 'timestamp with time zone'], row: NUMBER_ROW },
    `insert into numbers (id, e164, api_client_id, status, campaign_reg_id, sms_enabled, mms_enabled, carrier, carriers, allowed_countries,
      webhook_inbound_override, webhook_delivery_override, npa, nxx, city, state, zip_code, rate_center,
      created_at, updated_at)
    select id, e164, "apiClientId", status, "campaignRegId", "smsEnabled", "mmsEnabled", carrier, carriers, "allowedCountries",
      "webhookInboundOverride", "webhookDeliveryOverride", npa, nxx, city, state, "zipCode", "rateCenter",
      $2, $2
    from json_to_recordset($1::json) as n (id text, e164 text, "apiClientId" text, status text,
      "campaignRegId" text, "smsEnabled" boolean, "mmsEnabled" boolean, carrier text, carriers text[], "allowedCountries" text[], "webhookInboundOverride" text,
      "webhookDeliveryOverride" text, npa text, nxx text, city text, state text, "zipCode" text,
      "rateCenter" text)
    on conflict (e164) do nothing returning ${NUMBER}`,
  ),
);

/** A number in the inventory. */
export interface FoundNumber {
  npa: string | null;
  nxx: string | null;
  city: string | null;
  state: string | null;
  rateCenter: string | null;
  e164: string;
  smsEnabled: boolean;
  mmsEnabled: boolean;
  /** Total of matching numbers with this locality. */
  count: number;
}

/**
 * Inventory that matches all conditions, ignoring case. $1 area code, $2 exchange, $3 city, $4 state, $5 ZIP code, $6
 * rate center, $7 limit. A null is no condition.
 */
export const SEARCH = rowsAs<FoundNumber>()(
  statement(
    'numbers.search',
    {
      params: ['text?', 'text?', 'text?', 'text?', 'text?', 'text?', 'bigint'],
      row: {
        npa: 'text?',
        nxx: 'text?',
        city: 'text?',
        state: 'text?',
        rateCenter: 'text?',
        e164: 'text',
        smsEnabled: 'boolean',
        mmsEnabled: 'boolean',
        count: 'integer',
      },
    },
    `select npa, nxx, city, state, rate_center as "rateCenter", e164, sms_enabled as "smsEnabled",
      mms_enabled as "mmsEnabled",
      (count(*) over (partition by npa, nxx, city, state, rate_center))::int as count
    from numbers
    where api_client_id is null and status = 'ACTIVE'
      and ($1::text is null or npa = $1) and ($2::text is null or nxx = $2)
      and ($3::text is null or lower(city) = lower($3)) and ($4::text is null or upper(state) = upper($4))
      and ($5::text is null or zip_code = $5) and ($6::text is null or lower(rate_center) = lower($6))
    order by npa, nxx, city, state, rate_center, e164 limit $7`,
  ),
);

/** Columns that a change may set. */
const COLUMNS: Record<keyof NumberChange, string> = {
  apiClientId: 'api_client_id',
  status: 'status',
  campaignRegId: 'campaign_reg_id',
  smsEnabled: 'sms_enabled',
  mmsEnabled: 'mms_enabled',
  carrier: 'carrier',
  carriers: 'carriers',
  allowedCountries: 'allowed_countries',
  webhookInboundOverride: 'webhook_inbound_override',
  webhookDeliveryOverride: 'webhook_delivery_override',
};

/**
 * Changes the given fields of a number. The text depends on the fields, so that the statement is not declared.
 * @param owner API client that must own the number. null: any.
 * @returns the changed number, or no row.
 */
export function updateNumber(
  on: Queryable,
  numberId: string,
  owner: string | null,
  at: Date,
  change: NumberChange,
): Promise<PhoneNumber[]> {
  const fields = (Object.keys(COLUMNS) as (keyof NumberChange)[]).filter((field) => change[field] !== undefined);
  const sets = fields.map((field, i) => `${COLUMNS[field]} = $${i + 4}`);
  if (change.apiClientId !== undefined) sets.push(...handedOver(fields));
  return on.query<PhoneNumber>(
    `/* numbers.update */ update numbers set ${['updated_at = $3', ...sets].join(', ')}
    where id = $1 and ($2::text is null or api_client_id = $2) returning ${NUMBER}`,
    [numberId, owner, at, ...fields.map((field) => change[field])],
  );
}

/**
 * Resets settings of the former client when a number gets another owner. Webhooks must not go to the former client, and
 * the number leaves its pool.
 */
function handedOver(given: readonly (keyof NumberChange)[]): string[] {
  const own = ['campaignRegId', 'webhookInboundOverride', 'webhookDeliveryOverride'] as const;
  const param = given.indexOf('apiClientId') + 4;
  const columns = [...own.filter((field) => !given.includes(field)).map((field) => COLUMNS[field]), 'pool_id'];
  return columns.map((column) => `${column} = case when api_client_id = $${param} then ${column} end`);
}
