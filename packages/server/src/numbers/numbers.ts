import { batched } from '../db/batching/batch.ts';
import { cached } from '../db/batching/cache.ts';
import { asJson, type Db } from '../db/db.ts';
import { readsOf } from '../db/drivers/reads.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { invalidRequest, notFound } from '../platform/errors.ts';
import type { Ids } from '../platform/ids.ts';
import { callingCodeOf } from '../platform/phone-numbers.ts';
import {
  ADD,
  ALL,
  ASSIGNED_TO,
  BY_ADDRESS,
  BY_IDS,
  COUNTS,
  type FoundNumber,
  SEARCH,
  STARTS,
  updateNumber,
} from './sql.ts';

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
  /** Name of the carrier of the number in RC_CARRIERS. null: the default carrier. */
  carrier: string | null;
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

const NANP = /^\+1([2-9]\d{2})([2-9]\d{2})\d{4}$/;

export function createNumbers(parts: { db: Db; ids: Ids; clock: Clock }) {
  const { db, ids, clock } = parts;
  const reads = readsOf(db);
  const now = () => new Date(clock.now());

  const readById = batched<string, PhoneNumber | undefined>({
    maxWeight: 1000,
    async run(wanted) {
      const rows = await run(db, BY_IDS, [...new Set(wanted)]);
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
      const [found] = await run(db, BY_ADDRESS, e164);
      return found;
    },

    assignedTo: (apiClientId: string) => run(reads, ASSIGNED_TO, apiClientId),

    /** Country calling codes of the client's numbers, such as "1" and "49". */
    async callingCodesOf(apiClientId: string): Promise<string[]> {
      const rows = await run(db, STARTS, apiClientId);
      return [...new Set(rows.flatMap(({ start }) => callingCodeOf(start) ?? []))];
    },

    all: (afterId: string, limit: number) => run(reads, ALL, afterId, limit),

    async counts(apiClientId: string): Promise<NumberCounts> {
      const [counts] = await run(reads, COUNTS, apiClientId);
      return counts as NumberCounts;
    },

    /** @param owner API client that must own the number. Other numbers count as not found. */
    async update(numberId: string, change: NumberChange, owner?: string): Promise<PhoneNumber> {
      const [updated] = await updateNumber(db, numberId, owner ?? null, now(), change).catch(refuseUnknownClient);
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
      return run(db, ADD, asJson(rows), now()).then(changed, refuseUnknownClient);
    },

    /** Numbers of the inventory that match all filters, ignoring case. At most `limit` numbers over all groups. */
    async search(filter: SearchFilter, limit: number): Promise<NumberGroup[]> {
      const rows = await run(
        reads,
        SEARCH,
        filter.npa ?? null,
        filter.nxx ?? null,
        filter.city ?? null,
        filter.state ?? null,
        filter.zipCode ?? null,
        filter.rateCenter ?? null,
        limit,
      );
      return grouped(rows);
    },
  };
}

function grouped(rows: readonly FoundNumber[]): NumberGroup[] {
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
