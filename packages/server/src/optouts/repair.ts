import { asJson, type Db, type Queryable } from '../db/db.ts';
import type { Clock } from '../platform/clock.ts';
import { examine, type Fault, isSuspect } from './corrections.ts';
import type { Pair } from './optouts.ts';

/**
 * Action for a faulty opt-out.
 * - `REPLACE`: the correction is opted out, and the faulty opt-out is removed.
 * - `REMOVE`: the correction is already opted out, so the faulty opt-out is removed.
 * - `ADD`: the correction is opted out, and the faulty opt-out stays, since it may be right.
 * - `NONE`: an operator must decide. There is not exactly one correction, or the corrected number has opted in since.
 */
export type RepairAction = 'REPLACE' | 'REMOVE' | 'ADD' | 'NONE';

export interface FaultyOptOut extends Pair {
  origin: string;
  createdAt: Date;
  fault: Fault;
  /** Corrected numbers in E.164. */
  corrections: string[];
  action: RepairAction;
}

/** The opt-out after which a page begins. */
export type Key = readonly [apiClientId: string, numberId: string, recipient: string];

export interface FaultyPage {
  optOuts: FaultyOptOut[];
  /** undefined: all opt-outs were examined. Otherwise more pages follow, even if this one is short or empty. */
  next: Key | undefined;
}

type Row = Pair & { origin: string; createdAt: Date };
type Found = Omit<FaultyOptOut, 'action'>;

const BATCH = 1_000;
/** Maximum opt-outs examined per page. Limits the cost of a page, however rare faults are. */
const EXAMINED = 20_000;

const NEXT = `
  select api_client_id as "apiClientId", number_id as "numberId", recipient, origin, created_at as "createdAt" from opt_outs
  where (api_client_id, number_id, recipient) > ($1, $2, $3) order by api_client_id, number_id, recipient limit $4`;

/** Uses the primary key, and the index of a recipient's history. */
const STATES = `
  select nth, exists (
      select 1 from opt_outs where api_client_id = c.client and number_id = c.number and recipient = c.correction
    ) as "isOptedOut", exists (
      select 1 from opt_out_changes where api_client_id = c.client and recipient = c.correction and number_id = c.number
        and change = 'OPTED_IN' and changed_at >= c.since
    ) as "hasOptedIn"
  from json_to_recordset($1::json) as c (nth integer, client text, number text, correction text, since timestamptz)
  order by nth`;

interface State {
  isOptedOut: boolean;
  hasOptedIn: boolean;
}

/**
 * Opts out the correction ($4) and removes the faulty opt-out ($3) if $5, in one statement. The correction keeps
 * origin, source, keyword, note and time. The history gets both changes, with the message of the handset.
 */
const REPAIR = `
  with faulty as (
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
  select 1 from faulty`;

export interface RepairParts {
  db: Db;
  clock: Clock;
  /** Number of the installation in E.164. undefined: the number does not exist. */
  e164Of(numberId: string): Promise<string | undefined>;
}

export type Repair = ReturnType<typeof createRepair>;

/** Finds and corrects opt-outs whose recipients older versions read wrongly from SMPP carriers. */
export function createRepair({ db, clock, e164Of }: RepairParts) {
  async function faultsIn(rows: readonly Row[]): Promise<Found[]> {
    const suspects = rows.filter(({ recipient }) => isSuspect(recipient));
    const examined = await Promise.all(
      suspects.map(async (row) => ({ ...row, ...examine(row.recipient, await e164Of(row.numberId)) })),
    );
    return examined.filter((one): one is Found => 'fault' in one);
  }

  async function withActions(on: Queryable, found: readonly Found[]): Promise<FaultyOptOut[]> {
    const pairs = found.map(({ apiClientId, numberId, corrections, createdAt }, nth) => {
      return { nth, client: apiClientId, number: numberId, correction: corrections[0] ?? '', since: createdAt };
    });
    const states = found.length === 0 ? [] : await on.query<State>(STATES, [asJson(pairs)]);
    const all = found.map((one, nth) => ({ ...one, action: actionFor(one, states[nth] as State) }));
    // A doubtful opt-out whose correction is opted out needs no action.
    return all.filter(({ fault }, nth) => fault === 'IMPOSSIBLE' || !states[nth]?.isOptedOut);
  }

  async function page(after: Key, limit: number): Promise<FaultyPage> {
    const optOuts: FaultyOptOut[] = [];
    let next: Key | undefined = after;
    for (let examined = 0; next && examined < EXAMINED && optOuts.length < limit; examined += BATCH) {
      const rows: Row[] = await db.query<Row>(NEXT, [...next, BATCH]);
      const found = await withActions(db, await faultsIn(rows));
      const taken = found.slice(0, limit - optOuts.length);
      optOuts.push(...taken);
      const last = taken.length < found.length ? taken.at(-1) : rows.length === BATCH ? rows.at(-1) : undefined;
      next = last && [last.apiClientId, last.numberId, last.recipient];
    }
    return { optOuts, next };
  }

  /**
   * Repairs in one transaction. Skips opt-outs that changed since the page was read.
   * @returns the repaired opt-outs.
   */
  function apply(optOuts: readonly FaultyOptOut[]): Promise<FaultyOptOut[]> {
    return db.transaction(async (tx) => {
      const done: FaultyOptOut[] = [];
      for (const optOut of await withActions(tx, optOuts)) {
        const { action, apiClientId, numberId, recipient, corrections } = optOut;
        const params = [apiClientId, numberId, recipient, corrections[0], action !== 'ADD', new Date(clock.now())];
        if (action === 'NONE' || (await tx.query(REPAIR, params)).length > 0) done.push(optOut);
      }
      return done;
    });
  }

  return {
    /** Faulty opt-outs of all clients, with the action of a repair. Changes nothing. @param limit maximum page size. */
    page,

    /** Repairs a page. @returns the page, with the action applied to each opt-out. */
    async repair(after: Key, limit: number): Promise<FaultyPage> {
      const { optOuts, next } = await page(after, limit);
      return { optOuts: await apply(optOuts), next };
    },

    /** @returns the number of faulty opt-outs, or undefined when `signal` ended the count. */
    async count(signal: AbortSignal): Promise<number | undefined> {
      let count = 0;
      for (let next: Key | undefined = FIRST; next; ) {
        if (signal.aborted) return undefined;
        const found: FaultyPage = await page(next, BATCH);
        count += found.optOuts.length;
        next = found.next;
      }
      return count;
    },
  };
}

/** Before all opt-outs. */
export const FIRST: Key = ['', '', ''];

function actionFor({ fault, corrections }: Found, { isOptedOut, hasOptedIn }: State): RepairAction {
  if (corrections.length !== 1) return 'NONE';
  if (isOptedOut) return fault === 'IMPOSSIBLE' ? 'REMOVE' : 'NONE';
  if (hasOptedIn) return 'NONE';
  return fault === 'IMPOSSIBLE' ? 'REPLACE' : 'ADD';
}
