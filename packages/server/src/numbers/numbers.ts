import { batched } from '../db/batching/batch.ts';
import { cached } from '../db/batching/cache.ts';
import { asJson, type Db } from '../db/db.ts';
import { readsOf } from '../db/drivers/reads.ts';
import type { Clock } from '../platform/clock.ts';
import { invalidRequest, notFound } from '../platform/errors.ts';
import type { Ids } from '../platform/ids.ts';
import { callingCodeOf } from '../platform/phone-numbers.ts';

export type NumberStatus = 'ACTIVE' | 'INACTIVE';

/** A phone number that Red Cloud can send from. */
export interface PhoneNumber {
  numberId: string;
  e164: string;
  /** API client that the number is assigned to. null: the number is in the inventory. */
  apiClientId: string | null;
  status: NumberStatus;
  campaignRegId: string | null;
  smsEnabled: boolean;
  mmsEnabled: boolean;
  webhookInboundOverride: string | null;
  webhookDeliveryOverride: string | null;
}

/** Location of a number, in terms of the North American numbering plan. */
export interface Locality {
  npa: string | null;
  nxx: string | null;
  city: string | null;
  state: string | null;
  zipCode: string | null;
  rateCenter: string | null;
}

export type NumberChange = Partial<Omit<PhoneNumber, 'numberId' | 'e164'>>;

export type NewNumber = Pick<PhoneNumber, 'e164'> & Partial<Omit<PhoneNumber, 'e164'> & Locality>;

export type SearchFilter = Partial<Record<keyof Locality, string>>;

export interface NumberGroup extends Omit<Locality, 'zipCode'> {
  /** Total of matching numbers in the inventory. `numbers` may be fewer. */
  count: number;
  numbers: Pick<PhoneNumber, 'e164' | 'smsEnabled' | 'mmsEnabled'>[];
}

export interface NumberCounts {
  total: number;
  smsEnabledCount: number;
  mmsEnabledCount: number;
}

export type Numbers = ReturnType<typeof createNumbers>;

const NUMBER = `id as "numberId", e164, api_client_id as "apiClientId", status, campaign_reg_id as "campaignRegId",
  sms_enabled as "smsEnabled", mms_enabled as "mmsEnabled",
  webhook_inbound_override as "webhookInboundOverride", webhook_delivery_override as "webhookDeliveryOverride"`;

/** Columns that a change may set. */
const COLUMNS: Record<keyof NumberChange, string> = {
  apiClientId: 'api_client_id',
  status: 'status',
  campaignRegId: 'campaign_reg_id',
  smsEnabled: 'sms_enabled',
  mmsEnabled: 'mms_enabled',
  webhookInboundOverride: 'webhook_inbound_override',
  webhookDeliveryOverride: 'webhook_delivery_override',
};

const NANP = /^\+1([2-9]\d{2})([2-9]\d{2})\d{4}$/;

export function createNumbers(parts: { db: Db; ids: Ids; clock: Clock }) {
  const { db, ids, clock } = parts;
  const reads = readsOf(db);
  const now = () => new Date(clock.now());

  const readById = batched<string, PhoneNumber | undefined>({
    maxWeight: 1000,
    async run(wanted) {
      const rows = await db.query<PhoneNumber>(`select ${NUMBER} from numbers where id = any($1)`, [
        [...new Set(wanted)],
      ]);
      const found = new Map(rows.map((row) => [row.numberId, row]));
      return wanted.map((id) => found.get(id));
    },
  });
  const byId = cached(db, readById);

  /** Invalidates cached numbers. Must be called after every write. */
  function changed<T>(result: T): T {
    byId.invalidate();
    return result;
  }

  return {
    /** Reads a number. Concurrent calls are batched into one query. */
    byId,

    async byAddress(e164: string): Promise<PhoneNumber | undefined> {
      const [found] = await db.query<PhoneNumber>(`select ${NUMBER} from numbers where e164 = $1`, [e164]);
      return found;
    },

    assignedTo: (apiClientId: string) =>
      reads.query<PhoneNumber>(`select ${NUMBER} from numbers where api_client_id = $1 order by e164`, [apiClientId]),

    /** Country calling codes of the client's numbers, such as "1" and "49". */
    async callingCodesOf(apiClientId: string): Promise<string[]> {
      // A calling code has at most three digits, and most clients have numbers of only one or two countries.
      const rows = await db.query<{ start: string }>(
        'select distinct left(e164, 4) as start from numbers where api_client_id = $1',
        [apiClientId],
      );
      return [...new Set(rows.flatMap(({ start }) => callingCodeOf(start) ?? []))];
    },

    all: (afterId: string, limit: number) =>
      reads.query<PhoneNumber>(`select ${NUMBER} from numbers where id > $1 order by id limit $2`, [afterId, limit]),

    async counts(apiClientId: string): Promise<NumberCounts> {
      const [counts] = await reads.query<NumberCounts>(
        `select count(*)::int as total, (count(*) filter (where sms_enabled))::int as "smsEnabledCount",
           (count(*) filter (where mms_enabled))::int as "mmsEnabledCount"
         from numbers where api_client_id = $1`,
        [apiClientId],
      );
      return counts as NumberCounts;
    },

    /** @param owner API client that must own the number. Other numbers count as not found. */
    async update(numberId: string, change: NumberChange, owner?: string): Promise<PhoneNumber> {
      const fields = (Object.keys(COLUMNS) as (keyof NumberChange)[]).filter((field) => change[field] !== undefined);
      const sets = fields.map((field, i) => `${COLUMNS[field]} = $${i + 4}`);
      if (change.apiClientId !== undefined) sets.push(...handedOver(fields));
      const [updated] = await db
        .query<PhoneNumber>(
          `update numbers set ${['updated_at = $3', ...sets].join(', ')}
           where id = $1 and ($2::text is null or api_client_id = $2) returning ${NUMBER}`,
          [numberId, owner ?? null, now(), ...fields.map((field) => change[field])],
        )
        .catch(refuseUnknownClient);
      if (!updated) throw notFound('No such number');
      return changed(updated);
    },

    /**
     * Adds numbers to the inventory, or to a client when `apiClientId` is given. Existing numbers stay unchanged.
     * @returns the added numbers.
     */
    import(numbers: readonly NewNumber[]): Promise<PhoneNumber[]> {
      const rows = numbers.map((number) => ({
        status: 'ACTIVE',
        smsEnabled: true,
        mmsEnabled: false,
        ...homeOf(number.e164),
        ...number,
        id: number.numberId ?? ids.next('num'),
      }));
      return db
        .query<PhoneNumber>(
          `insert into numbers (id, e164, api_client_id, status, campaign_reg_id, sms_enabled, mms_enabled,
             webhook_inbound_override, webhook_delivery_override, npa, nxx, city, state, zip_code, rate_center,
             created_at, updated_at)
           select id, e164, "apiClientId", status, "campaignRegId", "smsEnabled", "mmsEnabled",
             "webhookInboundOverride", "webhookDeliveryOverride", npa, nxx, city, state, "zipCode", "rateCenter",
             $2, $2
           from json_to_recordset($1::json) as n (id text, e164 text, "apiClientId" text, status text,
             "campaignRegId" text, "smsEnabled" boolean, "mmsEnabled" boolean, "webhookInboundOverride" text,
             "webhookDeliveryOverride" text, npa text, nxx text, city text, state text, "zipCode" text,
             "rateCenter" text)
           on conflict (e164) do nothing returning ${NUMBER}`,
          [asJson(rows), now()],
        )
        .then(changed, refuseUnknownClient);
    },

    /** Inventory that matches all of the filter, ignoring case. At most `limit` numbers over all groups. */
    async search(filter: SearchFilter, limit: number): Promise<NumberGroup[]> {
      const rows = await reads.query<Omit<NumberGroup, 'numbers'> & NumberGroup['numbers'][number]>(
        `select npa, nxx, city, state, rate_center as "rateCenter", e164, sms_enabled as "smsEnabled",
           mms_enabled as "mmsEnabled",
           (count(*) over (partition by npa, nxx, city, state, rate_center))::int as count
         from numbers
         where api_client_id is null and status = 'ACTIVE'
           and ($1::text is null or npa = $1) and ($2::text is null or nxx = $2)
           and ($3::text is null or lower(city) = lower($3)) and ($4::text is null or upper(state) = upper($4))
           and ($5::text is null or zip_code = $5) and ($6::text is null or lower(rate_center) = lower($6))
         order by npa, nxx, city, state, rate_center, e164 limit $7`,
        [
          filter.npa ?? null,
          filter.nxx ?? null,
          filter.city ?? null,
          filter.state ?? null,
          filter.zipCode ?? null,
          filter.rateCenter ?? null,
          limit,
        ],
      );
      return grouped(rows);
    },
  };
}

/** Resets settings of the former client when a number gets another owner. Webhooks must not go to the former client. */
function handedOver(given: readonly (keyof NumberChange)[]): string[] {
  const own = ['campaignRegId', 'webhookInboundOverride', 'webhookDeliveryOverride'] as const;
  const param = given.indexOf('apiClientId') + 4;
  return own
    .filter((field) => !given.includes(field))
    .map((field) => `${COLUMNS[field]} = case when api_client_id = $${param} then ${COLUMNS[field]} end`);
}

function grouped(rows: (Omit<NumberGroup, 'numbers'> & NumberGroup['numbers'][number])[]): NumberGroup[] {
  const groups = new Map<string, NumberGroup>();
  for (const { e164, smsEnabled, mmsEnabled, ...place } of rows) {
    const key = JSON.stringify(place);
    const group = groups.get(key) ?? { ...place, numbers: [] };
    group.numbers.push({ e164, smsEnabled, mmsEnabled });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function homeOf(e164: string): Pick<Locality, 'npa' | 'nxx'> {
  const [, npa = null, nxx = null] = NANP.exec(e164) ?? [];
  return { npa, nxx };
}

const FOREIGN_KEY_VIOLATION = '23503';

function refuseUnknownClient(error: unknown): never {
  if ((error as { code?: string }).code === FOREIGN_KEY_VIOLATION) {
    throw invalidRequest('apiClientId must be the id of an API client');
  }
  throw error;
}
