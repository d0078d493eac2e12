/**
 * SQL for the JSON rows of jobs that are still held under their leases, each with the address of its row (`at`, a
 * ctid). The planner must not choose the join. This table alternates between empty and large, and its statistics may
 * describe either. OFFSET 0 and the ctid leave one plan: the primary key for each row, then the row itself.
 * @param columns further columns of the rows, as in a column definition list, with a comma before each.
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
 * Condition that the row at that ctid is still held under the same lease. PostgreSQL before the minor releases of
 * November 2025 does not recheck a ctid that has changed while the statement waited for its lock. These columns are
 * rechecked.
 */
function isIt(holder: string): string {
  return `j.ctid = h.at and j.leased_by = ${holder} and j.lease = h.lease`;
}

/** Releases jobs as interrupted, because the progress of their holder is unknown. */
export const INTERRUPT = `
  update jobs j set leased_by = null, lease = null, interrupted = true, run_at = greatest(run_at, $3)
  from (${stillHeld('$1', '$2')}) as h where ${isIt('$2')}`;

/**
 * SQL that adds jobs from a query with the columns (queue, subject, ordinal, client, lane, run_at, lease). Embed it in
 * the statement that creates the reason for the jobs, so that both commit together or not at all. A non-null lease is
 * one of `holder`, which starts the job as soon as the statement has committed.
 */
export function enqueueFrom(source: string, holder: string): string {
  return `insert into jobs (queue, subject, ordinal, client, lane, run_at, attempt, leased_by, lease)
    select queue, subject, ordinal, client, lane, run_at, case when lease is null then 0 else 1 end,
      case when lease is null then null else ${holder} end, lease
    from (${source}) as made (queue, subject, ordinal, client, lane, run_at, lease)`;
}

/**
 * SQL for the earlier steps of a subject that wait for their first attempt, or whose first attempt another process
 * runs.
 */
function stepsBefore(subject: string, ordinal: string, holder: string): string {
  return `from jobs j where j.subject = ${subject} and j.ordinal > 0 and j.ordinal < ${ordinal}
    and j.attempt <= 1 and case when j.leased_by is null then j.attempt = 0 or j.interrupted else j.leased_by <> ${holder} end`;
}

/**
 * SQL condition that such a step exists. A later step must then wait behind it, and must not be created under a lease.
 */
export function stepBefore(subject: string, ordinal: string, holder: string): string {
  return `exists (select ${stepsBefore(subject, ordinal, holder)})`;
}

/** Jobs with such an earlier step, and the due time of the last such step. $1 subjects, $2 ordinals, $3 holder. */
export const BEHIND = `
  select given.subject, given.ordinal, before."runAt"
  from unnest($1::text[], $2::integer[]) as given (subject, ordinal)
  cross join lateral (
    select max(j.run_at) as "runAt" ${stepsBefore('given.subject', 'given.ordinal', '$3')} having count(*) > 0
  ) as before`;

/**
 * SQL that removes finished jobs, under their leases, and returns the rows of the jobs that were still held.
 * @param rows SQL for JSON rows of `Held`, with the further `columns`.
 * @param columns further columns, as in a column definition list, with a comma before each.
 */
export function finishing(rows: string, holder: string, columns = ''): string {
  return `delete from jobs j using (${stillHeld(rows, holder, columns)}) as h where ${isIt(holder)} returning h.*`;
}

/**
 * SQL that ends leases and makes the jobs due again, and returns the rows of the jobs that were still held.
 * @param rows SQL for JSON rows of `Later`, with the further `columns`.
 */
export function postponing(rows: string, holder: string, columns = ''): string {
  return `update jobs j set run_at = h."runAt", asleep = ${sleeps('h."runAt"')}, leased_by = null, lease = null, interrupted = false,
      attempt = j.attempt - case when h.counts then 0 else 1 end
    from (${stillHeld(rows, holder, `, "runAt" timestamptz, counts boolean${columns}`)}) as h
    where ${isIt(holder)} returning h.*`;
}

/** SQL condition that claims may skip a job until it is woken. Uses the clock of the store, and is only a hint. */
function sleeps(runAt: string): string {
  return `${runAt} > now() + interval '1 second'`;
}

/** Adds jobs. Existing jobs stay unchanged. */
export const ADD = `
  insert into jobs (queue, subject, ordinal, client, lane, run_at, asleep)
  select $1, subject, ordinal, client, lane, "runAt", ${sleeps('"runAt"')}
  from json_to_recordset($2::json) as j (subject text, ordinal integer, client text, lane text, "runAt" timestamptz)
  on conflict do nothing`;
