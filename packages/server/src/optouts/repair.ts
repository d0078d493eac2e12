import { asJson, type Db, type Queryable } from '../db/db.ts';
import { run } from '../db/statement.ts';
import type { Clock } from '../platform/clock.ts';
import { examine, type Fault, isSuspect } from './corrections.ts';
import type { Pair } from './optouts.ts';
import { NEXT, type NextRow, REPAIR, STATES } from './sql.ts';

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

type Found = Omit<FaultyOptOut, 'action'>;

/** State of the correction of a faulty opt-out. */
interface State {
  isOptedOut: boolean;
  hasOptedIn: boolean;
}

const BATCH = 1_000;
/** Maximum opt-outs examined per page. Limits the cost of a page, however rare faults are. */
const EXAMINED = 20_000;

export interface RepairParts {
  db: Db;
  clock: Clock;
  /** Number of the installation in E.164. undefined: the number does not exist. */
  e164Of(numberId: string): Promise<string | undefined>;
}

export type Repair = ReturnType<typeof createRepair>;

/** Finds and corrects opt-outs whose recipients older versions read wrongly from SMPP carriers. */
export function createRepair({ db, clock, e164Of }: RepairParts) {
  async function faultsIn(rows: readonly NextRow[]): Promise<Found[]> {
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
    const states = found.length === 0 ? [] : await run(on, STATES, asJson(pairs));
    const all = found.map((one, nth) => ({ ...one, action: actionFor(one, states[nth] as State) }));
    // A doubtful opt-out whose correction is opted out needs no action.
    return all.filter(({ fault }, nth) => fault === 'IMPOSSIBLE' || !states[nth]?.isOptedOut);
  }

  /** @returns false when the faulty opt-out no longer exists. */
  async function correct(tx: Queryable, optOut: FaultyOptOut): Promise<boolean> {
    const { action, apiClientId, numberId, recipient, corrections } = optOut;
    const correction = corrections[0] as string;
    const isRemoved = action !== 'ADD';
    const now = new Date(clock.now());
    return (await run(tx, REPAIR, apiClientId, numberId, recipient, correction, isRemoved, now)).length > 0;
  }

  async function page(after: Key, limit: number): Promise<FaultyPage> {
    const optOuts: FaultyOptOut[] = [];
    let next: Key | undefined = after;
    for (let examined = 0; next && examined < EXAMINED && optOuts.length < limit; examined += BATCH) {
      const rows: NextRow[] = await run(db, NEXT, ...next, BATCH);
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
        if (optOut.action === 'NONE' || (await correct(tx, optOut))) done.push(optOut);
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
