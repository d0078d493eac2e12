/** Statements of the tables `timelines`, `failovers` and `failover_processes`. */
import { isAlive, LAST_HEARTBEAT, senders } from '#cluster/sql.ts';
import { rowsAs, statement } from '#db/statement.ts';
import { IS_RESTORING } from './interrupted-restore.ts';

/** Stores the first timeline. $1 system, $2 timeline. */
export const FIRST = statement(
  'failover.first',
  { params: ['text', 'integer'] },
  'insert into timelines (system, timeline) values ($1, $2) on conflict do nothing',
);

/** Locks and reads the timeline to which the store is adapted. */
export const CURRENT = statement(
  'failover.current',
  { params: [], row: { system: 'text', timeline: 'integer' } },
  'select system, timeline from timelines for update',
);

/** Timeline to which the store is adapted, and the last failover. Null: none. The mark is that of a restore. */
export const ADAPTED = statement(
  'failover.adapted',
  { params: [], row: { system: 'text?', timeline: 'integer?', last: 'text?', isRestoring: 'boolean' } },
  `select system, timeline, (select identity from failovers order by id desc limit 1) as last, ${IS_RESTORING} as "isRestoring"
  from (select) as always left join timelines on true`,
);

/** Stores another timeline. $1 system, $2 timeline. */
export const CHANGE = statement(
  'failover.change',
  { params: ['text', 'integer'] },
  'update timelines set system = $1, timeline = $2',
);

/** A change of the timeline. */
export interface Failover {
  /** Number of the failover in the history of the store. Another history can have another failover of this number. */
  id: number;
  identity: string;
  /** Whether an operator has restored the store, so that an older timeline is intended. */
  isRestore: boolean;
  begunAt: Date;
  completeUntil: Date | null;
  closedAt: Date | null;
}

const COLUMNS = `id, identity, timeline = 0 as "isRestore", begun_at as "begunAt", complete_until as "completeUntil", closed_at as "closedAt"`;
const ROW = {
  id: 'integer',
  identity: 'text',
  isRestore: 'boolean',
  begunAt: 'timestamp with time zone',
  completeUntil: 'timestamp with time zone?',
  closedAt: 'timestamp with time zone?',
} as const;

/**
 * Adds a failover to timeline $1. Every process writes its heartbeat under a lease of $2 milliseconds, so that all commits before
 * the latest heartbeat are present.
 */
export const BEGIN = statement(
  'failover.begin',
  { params: ['integer', 'integer'], row: { id: 'integer' } },
  `insert into failovers (id, timeline, begun_at, complete_until)
  select coalesce((select max(id) from failovers), 0) + 1, $1, clock_timestamp(),
    (${LAST_HEARTBEAT}) - $2::integer * interval '1 millisecond'
  returning id`,
);

/** Adds the processes that may have submitted messages before failover $1. */
export const ADD_PROCESSES = statement(
  'failover.addProcesses',
  { params: ['integer'] },
  `insert into failover_processes (failover, process, host, pid, alive_until, was_synchronous)
  select $1, id, host, pid, alive_until, synchronous from (${senders()}) as sender`,
);

/**
 * Adds a process that is alive to the open failovers other than $1, if its own row is missing. $2 process, $3 host, $4 process id.
 */
export const ADD_SELF = statement(
  'failover.addSelf',
  { params: ['text[]', 'text', 'text', 'integer'] },
  `insert into failover_processes (failover, process, host, pid, alive_until, was_synchronous)
  select id, $2, $3, $4, '-infinity', false from failovers where closed_at is null and identity <> all($1)
  on conflict do nothing`,
);

/** All failovers in their order. */
export const ALL = rowsAs<Failover>()(
  statement('failover.all', { params: [], row: ROW }, `select ${COLUMNS} from failovers order by id`),
);

/** Failovers $1, as far as they exist. */
export const OF = rowsAs<Failover>()(
  statement(
    'failover.of',
    { params: ['text[]'], row: ROW },
    `select ${COLUMNS} from failovers where identity = any($1) order by id`,
  ),
);

/** SQL for the number of failover $1. */
const NUMBER = '(select id from failovers where identity = $1)';

/** Locks failover $1 if it is open. Age in milliseconds. */
export const LOCK = statement(
  'failover.lock',
  {
    params: ['text'],
    row: { begunAt: 'timestamp with time zone', completeUntil: 'timestamp with time zone?', ageMs: 'double precision' },
  },
  `select begun_at as "begunAt", complete_until as "completeUntil",
    (extract(epoch from clock_timestamp() - begun_at) * 1000)::float8 as "ageMs"
  from failovers where identity = $1 and closed_at is null for update`,
);

/** Knowledge of a process about its submits before a failover. */
export type Finding = 'SYNCHRONOUS' | 'SEARCHED';

/** A process that may have submitted messages before a failover. */
export interface Witness {
  process: string;
  /** End of the last heartbeat that is present from before the failover. */
  aliveUntil: Date;
  wasSynchronous: boolean;
  finding: Finding | null;
  /** Whether the process has a heartbeat now, so that it may still submit messages. */
  isAlive: boolean;
}

/** Processes of failover $1. */
export const WITNESSES = rowsAs<Witness>()(
  statement(
    'failover.witnesses',
    {
      params: ['text'],
      row: {
        process: 'text',
        aliveUntil: 'timestamp with time zone',
        wasSynchronous: 'boolean',
        finding: 'text?',
        isAlive: 'boolean',
      },
    },
    `select process, alive_until as "aliveUntil", was_synchronous as "wasSynchronous", finding,
      ${isAlive('process')} as "isAlive"
    from failover_processes where failover = ${NUMBER} order by process`,
  ),
);

/** Stores the finding $3 about process $2 in failover $1. The row of a process that began in the lost commits is absent. */
export const FIND = statement(
  'failover.find',
  { params: ['text', 'text', 'text'] },
  `insert into failover_processes (failover, process, host, pid, alive_until, was_synchronous, finding)
  select id, $2, '', 0, '-infinity', false, $3 from failovers where identity = $1
  on conflict (failover, process) do update set finding = excluded.finding`,
);

/** Counts further $2 doubted jobs of failover $1. */
export const COUNT = statement(
  'failover.count',
  { params: ['text', 'integer'] },
  'update failovers set doubted = doubted + $2 where identity = $1',
);

/** Closes failover $1. */
export const CLOSE = statement(
  'failover.close',
  { params: ['text'], row: { doubted: 'integer' } },
  'update failovers set closed_at = clock_timestamp() where identity = $1 and closed_at is null returning doubted',
);

/** Removes the timeline, so that the next start stores that of its server and no failover begins. */
export const INVALIDATE = statement('failover.invalidate', { params: [] }, 'delete from timelines');

/** Closes all failovers. */
export const CLOSE_ALL = statement(
  'failover.closeAll',
  { params: [] },
  'update failovers set closed_at = clock_timestamp() where closed_at is null',
);

/** Adds a restore as a failover that has ended. A process that still runs notices it, and its earlier claims end. */
export const ADD_RESTORE = statement(
  'failover.addRestore',
  { params: [] },
  `insert into failovers (id, timeline, begun_at, closed_at)
  select coalesce(max(id), 0) + 1, 0, clock_timestamp(), clock_timestamp() from failovers`,
);

/** State after a restore, in which nothing is submitted. */
export interface Hold {
  begunAt: Date;
  /** Messages that were due, and may have been submitted after the state that was restored. */
  doubted: number;
}

const HOLD_ROW = { begunAt: 'timestamp with time zone', doubted: 'integer' } as const;

/** The hold, if there is one. */
export const HOLD = rowsAs<Hold>()(
  statement('failover.hold', { params: [], row: HOLD_ROW }, 'select begun_at as "begunAt", doubted from holds'),
);

/** Begins a hold, or begins it again. $1 now, $2 number of doubted messages. */
export const BEGIN_HOLD = rowsAs<Hold>()(
  statement(
    'failover.beginHold',
    { params: ['timestamp with time zone', 'integer'], row: HOLD_ROW },
    `insert into holds (begun_at, doubted) values ($1, $2)
    on conflict (only_row) do update set begun_at = excluded.begun_at, doubted = excluded.doubted
    returning begun_at as "begunAt", doubted`,
  ),
);

/** Ends the hold. */
export const RELEASE = rowsAs<Hold>()(
  statement(
    'failover.release',
    { params: [], row: HOLD_ROW },
    'delete from holds returning begun_at as "begunAt", doubted',
  ),
);
