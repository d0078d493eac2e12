/**
 * SQL for the JSON rows of jobs that are still held under their leases, each with the place of its job (`at`). The planner
 * can't be left to choose the join: this table is empty at one moment and large at the next, and its statistics are of
 * either. OFFSET 0 and the row's place (ctid) leave it one way: the primary key for each row, then the row itself.
 * @param columns what else the rows say, as in a column definition list, with a comma before each.
 */
function stillHeld(rows: string, holder: string, columns = ''): string {
  return `select h.*, j.at
    from json_to_recordset(${rows}::json) as h (subject text, ordinal integer, lease bigint${columns})
    cross join lateral (
      select ctid as at from jobs
      where subject = h.subject and ordinal = h.ordinal and leased_by = ${holder} and lease = h.lease offset 0
    ) as j`;
}

/**
 * The row at that place, as long as it is held as it was. PostgreSQL before the minors of November 2025 does not look again
 * at a place (ctid) that has moved on while it waited for its lock; at these columns it does.
 */
function isIt(holder: string): string {
  return `j.ctid = h.at and j.leased_by = ${holder} and j.lease = h.lease`;
}

/** Nobody knows how far its holder came. */
export const INTERRUPT = `
  update jobs j set leased_by = null, lease = null, interrupted = true, run_at = greatest(run_at, $3)
  from (${stillHeld('$1', '$2')}) as h where ${isIt('$2')}`;

/**
 * SQL that adds jobs from a query with the columns (queue, subject, ordinal, client, lane, run_at, lease), to be made part
 * of the statement that makes the reason for them: job and reason commit together or not at all. A lease that is not null
 * is one of `holder`'s, which begins on the job as soon as that has committed.
 */
export function enqueueFrom(source: string, holder: string): string {
  return `insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt, leased_by, lease)
    select queue, subject, ordinal, client, lane, run_at, case when lease is null then 0 else 1 end,
      case when lease is null then null else ${holder} end, lease
    from (${source}) as made (queue, subject, ordinal, client, lane, run_at, lease)`;
}

/** SQL for the earlier steps of a subject that wait for their first attempts, or have them made by another process. */
function stepsBefore(subject: string, ordinal: string, holder: string): string {
  return `from jobs j where j.subject = ${subject} and j.ordinal > 0 and j.ordinal < ${ordinal}
    and j.attempt <= 1 and case when j.leased_by is null then j.attempt = 0 or j.interrupted else j.leased_by <> ${holder} end`;
}

/** SQL: whether there is such a step: then a later one must not be made under a lease, but wait behind it. */
export function stepBefore(subject: string, ordinal: string, holder: string): string {
  return `exists (select ${stepsBefore(subject, ordinal, holder)})`;
}

/** Which of these jobs have such a step before them, and when the last one of those is due. $1 subjects, $2 ordinals, $3 holder. */
export const BEHIND = `
  select given.subject, given.ordinal, before."runAt"
  from unnest($1::text[], $2::integer[]) as given (subject, ordinal)
  cross join lateral (
    select max(j.run_at) as "runAt" ${stepsBefore('given.subject', 'given.ordinal', '$3')} having count(*) > 0
  ) as before`;

/**
 * SQL that removes finished jobs, under their leases, and returns the rows of those that were still held.
 * @param rows SQL for JSON rows of `Held`, and of whatever else `columns` says.
 * @param columns as in a column definition list, with a comma before each.
 */
export function finishing(rows: string, holder: string, columns = ''): string {
  return `delete from jobs j using (${stillHeld(rows, holder, columns)}) as h where ${isIt(holder)} returning h.*`;
}

/**
 * SQL that ends leases and makes the jobs due again, and returns the rows of those that were still held.
 * @param rows SQL for JSON rows of `Later`, and of whatever else `columns` says.
 */
export function postponing(rows: string, holder: string, columns = ''): string {
  return `update jobs j set run_at = h."runAt", asleep = ${sleeps('h."runAt"')}, leased_by = null, lease = null, interrupted = false,
      attempt = j.attempt - case when h.counts then 0 else 1 end
    from (${stillHeld(rows, holder, `, "runAt" timestamptz, counts boolean${columns}`)}) as h
    where ${isIt(holder)} returning h.*`;
}

/** SQL: whether claims need not come by a job before it is woken. By the store's own clock; a hint, and no more. */
function sleeps(runAt: string): string {
  return `${runAt} > now() + interval '1 second'`;
}

/** Jobs that are there already stay as they are. */
export const ADD = `
  insert into jobs (queue, subject, ordinal, client, lane, run_at, asleep)
  select $1, subject, ordinal, client, lane, "runAt", ${sleeps('"runAt"')}
  from json_to_recordset($2::json) as j (subject text, ordinal integer, client text, lane text, "runAt" timestamptz)
  on conflict do nothing`;
