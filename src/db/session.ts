/**
 * Session parameters that this code relies on. A database or role can have other defaults (`alter database … set`), so
 * each connection sets them; all may be set by any role, and exist from PostgreSQL 15 on.
 *
 * Left to the operator: `search_path` (it names the schema that has the tables), `default_transaction_read_only` (a
 * database that is read-only on purpose is refused at the start), tablespaces, memory and cost constants.
 */
export const SESSION: Readonly<Record<string, string>> = {
  // Text forms of values, in both directions.
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',

  // Meaning of statements.
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',

  // Transactions. Under `serializable`, statements of other messages would fail and be repeated.
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  lock_timeout: '0',
  idle_session_timeout: '0',

  // Plans. The hot tables are empty at one moment and large at the next, so a plan must not depend on statistics: every
  // look-up goes through an index in order, and is planned once per connection (ADR 0004).
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_indexscan: 'on',
  enable_indexonlyscan: 'on',
  enable_tidscan: 'on',
  enable_nestloop: 'on',
  enable_sort: 'on',
  enable_incremental_sort: 'on',
  enable_material: 'on',
  enable_memoize: 'on',
  enable_partition_pruning: 'on',
  from_collapse_limit: '8',
  join_collapse_limit: '8',
  geqo: 'off',
  jit: 'off',
  // Several workers for one batch would be a plan that reads a table.
  max_parallel_workers_per_gather: '0',
  plan_cache_mode: 'force_generic_plan',
};

type Parameters = Readonly<Record<string, string>>;

/** As the start-up packet's `options` has them: `-c name=value`, with spaces and backslashes escaped. */
export function asOptions(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/** As SQL. Values are of this code, never of a caller. */
export function asStatements(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `set ${name} = '${value}'`)
    .join('; ');
}
