import { batched } from '../db/batching/batch.ts';
import { cached } from '../db/batching/cache.ts';
import { asJson, type Db, type Queryable } from '../db/db.ts';
import { readsOf } from '../db/drivers/reads.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { invalidRequest, notFound } from '../platform/errors.ts';
import type { Ids } from '../platform/ids.ts';
import { callingCodeOf } from '../platform/phone-numbers.ts';
import {
  ADD,
  ALL,
  ALL_OF,
  ASSIGNED_TO,
  BY_ADDRESS,
  BY_IDS,
  type FoundNumber,
  LOCK,
  MEMBERS,
  POOL_OF,
  SEARCH,
  SET_POOL,
  STARTS,
  updateNumber,
} from './sql.ts';

export type NumberStatus = 'ACTIVE' | 'INACTIVE';

/** A phone number, short code or alphanumeric sender that Red Cloud can send from. */
export interface PhoneNumber {
  numberId: string;
  /** E.164, or digits of a short code, or an alphanumeric sender. */
  e164: string;
  /** API client that the number is assigned to. null: the number is in the inventory. */
  apiClientId: string | null;
  status: NumberStatus;
  campaignRegId: string | null;
  smsEnabled: boolean;
  mmsEnabled: boolean;
  /** Name of the carrier of the number in RC_CARRIERS. null: the default carrier. */
  carrier: string | null;
  /** Carriers that may send messages of the number. null: all. */
  carriers: string[] | null;
  /** Country calling codes of recipients to which the number may send, such as `44`. null: all. */
  allowedCountries: string[] | null;
  webhookInboundOverride: string | null;
  webhookDeliveryOverride: string | null;
  /** Sender pool of the number. null: the number is in no pool. */
  poolId: string | null;
}

/** Ids under which opt-outs of a number or a pool are stored. */
export interface OptOutScope {
  /** Pool of the number, or the pool itself. Undefined: the number is in no pool. */
  poolId: string | undefined;
  /** Ids of all members of the pool. Empty without a pool. */
  memberIds: string[];
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

/** The module `pools` changes the pool of a number. */
export type NumberChange = Partial<Omit<PhoneNumber, 'numberId' | 'e164' | 'poolId'>>;

export type NewNumber = Pick<PhoneNumber, 'e164'> & Partial<Omit<PhoneNumber, 'e164' | 'poolId'> & Locality>;

export type SearchFilter = Partial<Record<keyof Locality, string>>;

export interface NumberGroup extends Omit<Locality, 'zipCode'> {
  /** Total of matching numbers in the inventory. `numbers` may be fewer. */
  count: number;
  numbers: Pick<PhoneNumber, 'e164' | 'smsEnabled' | 'mmsEnabled'>[];
}

export interface NumberCounts {
  total: number;
  smsEnabledCount: number;
  /** Numbers with MMS enabled, of which a carrier can send MMS. */
  mmsEnabledCount: number;
}

/** Reason why a number with MMS enabled cannot send MMS. */
export type MmsProblem = 'CARRIER_WITHOUT_MMS' | 'CARRIER_NOT_CONFIGURED';

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

    /** A page of numbers by id. @param apiClientId undefined: of all clients and of the inventory. */
    all: (afterId: string, limit: number, apiClientId?: string) =>
      apiClientId === undefined ? run(reads, ALL, afterId, limit) : run(reads, ALL_OF, afterId, limit, apiClientId),

    /** @param carries whether a carrier can send MMS of a number. */
    async counts(apiClientId: string, carries: (number: PhoneNumber) => boolean): Promise<NumberCounts> {
      const all = await run(reads, ASSIGNED_TO, apiClientId);
      return {
        total: all.length,
        smsEnabledCount: all.filter(({ smsEnabled }) => smsEnabled).length,
        mmsEnabledCount: all.filter((number) => number.mmsEnabled && carries(number)).length,
      };
    },

    /**
     * @param owner API client that must own the number. Other numbers count as not found.
     * @param on a transaction. Its caller must call `invalidate` after the commit.
     */
    async update(numberId: string, change: NumberChange, owner?: string, on: Queryable = db): Promise<PhoneNumber> {
      const [updated] = await updateNumber(on, numberId, owner ?? null, now(), change).catch(refuseUnknownClient);
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

    /** Members of pools, by id. */
    membersOf: (on: Queryable, poolIds: readonly string[]) => run(on, MEMBERS, poolIds),

    /** Locks numbers, so that neither their owner nor their pool changes before the commit. */
    lock: (tx: Queryable, numberIds: readonly string[]) => run(tx, LOCK, numberIds),

    /** Moves locked numbers to a pool, or out of their pool. Call `invalidate` after the commit. */
    async setPool(tx: Queryable, numberIds: readonly string[], poolId: string | null): Promise<void> {
      await run(tx, SET_POOL, numberIds, poolId, now());
    },

    /**
     * Scope of an opt-out. A number is locked, so that it neither joins nor leaves a pool before the commit.
     * @param id number or pool.
     */
    async scopeOf(tx: Queryable, id: string): Promise<OptOutScope> {
      const [number] = await run(tx, POOL_OF, id);
      const poolId = number ? (number.poolId ?? undefined) : id;
      const members = poolId === undefined ? [] : await run(tx, MEMBERS, [poolId]);
      return { poolId, memberIds: members.map(({ numberId }) => numberId) };
    },

    /** Must be called after the commit of a change. */
    invalidate: () => byId.invalidate(),

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
