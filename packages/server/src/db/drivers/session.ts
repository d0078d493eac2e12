/**
 * Session parameters that this code relies on. A database or role can have other defaults (`alter database … set`), so
 * each connection sets them. Any role may set them, and all exist from PostgreSQL 15 on.
 *
 * The operator sets `search_path`, tablespaces, memory and cost constants. `default_transaction_read_only` is not set
 * either, so that a database that is read-only on purpose is rejected at startup.
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

  // Plans. The hot tables alternate between empty and large, so a plan must not depend on statistics. Every lookup uses
  // an index in order, and is planned once per connection (ADR 0004).
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
  // A plan with several workers for one batch would be a table scan.
  max_parallel_workers_per_gather: '0',
  plan_cache_mode: 'force_generic_plan',
};

type Parameters = Readonly<Record<string, string>>;

/** Format of `options` in the start-up packet: `-c name=value`, with spaces and backslashes escaped. */
export function asOptions(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/** SQL that sets the parameters. Values come from this code, never from a caller. */
export function asStatements(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, value]) => `set ${name} = '${value}'`)
    .join('; ');
}
