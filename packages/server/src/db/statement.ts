import type { Db, Queryable } from './db.ts';

/** TypeScript types of the PostgreSQL types that statements use. JSON parameters are texts (`asJson`). */
interface ParameterTypes {
  text: string;
  'text[]': readonly string[];
  boolean: boolean;
  smallint: number;
  integer: number;
  'integer[]': readonly number[];
  bigint: number;
  'bigint[]': readonly number[];
  'double precision': number;
  'timestamp with time zone': Date;
  json: string;
  jsonb: string;
  bytea: Uint8Array;
}

interface ColumnTypes extends Omit<ParameterTypes, 'json' | 'jsonb' | 'bigint' | 'bigint[]' | 'text[]' | 'integer[]'> {
  'text[]': string[];
  'integer[]': number[];
  bigint: number;
  json: unknown;
  jsonb: unknown;
}

type Nullable<Name extends string> = Name | `${Name}?`;
/** Type of a parameter. With `?` it may be null. */
export type Parameter = Nullable<keyof ParameterTypes>;
/** Type of a column. With `?` it may be null. */
export type Column = Nullable<keyof ColumnTypes>;

type ParameterOf<Name> = Name extends `${infer Base extends keyof ParameterTypes}?`
  ? ParameterTypes[Base] | null
  : Name extends keyof ParameterTypes
    ? ParameterTypes[Name]
    : never;
type ColumnOf<Name> = Name extends `${infer Base extends keyof ColumnTypes}?`
  ? ColumnTypes[Base] | null
  : Name extends keyof ColumnTypes
    ? ColumnTypes[Name]
    : never;

export type ParametersOf<P extends readonly Parameter[]> = { readonly [I in keyof P]: ParameterOf<P[I]> };
export type RowOf<C extends Readonly<Record<string, Column>>> = { [K in keyof C]: ColumnOf<C[K]> };

/** SQL statement with a name and declared types. `npm run check` compares the types with those of PostgreSQL. */
export interface Statement<Params extends readonly unknown[], Row extends object> {
  /** Module and purpose, for example `queue.claim`. Also in the text, for pg_stat_statements and crash tests. */
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly columns: Readonly<Record<string, Column>>;
  /** Only a type. */
  readonly types?: { params: Params; row: Row };
}

/** All statements of the loaded modules, by name. */
const registered = new Map<string, Statement<readonly unknown[], object>>();

export interface Declaration<P extends readonly Parameter[], C extends Readonly<Record<string, Column>>> {
  params: P;
  /** Columns of the result. Absent: the statement returns no rows. */
  row?: C;
}

/**
 * Declares a statement. @param name unique: module, dot, purpose.
 * @throws Error if the name is taken.
 */
export function statement<
  const P extends readonly Parameter[],
  const C extends Readonly<Record<string, Column>> = Record<never, never>,
>(name: string, { params, row }: Declaration<P, C>, text: string): Statement<ParametersOf<P>, RowOf<C>> {
  if (registered.has(name)) throw new Error(`two statements are named ${name}`);
  const declared = { name, text: `/* ${name} */ ${text.trim()}`, parameters: params, columns: row ?? {} };
  registered.set(name, declared);
  return declared as Statement<ParametersOf<P>, RowOf<C>>;
}

/** @returns the same statement with a narrower type of its rows, for columns whose values have their own types. */
export function rowsAs<Row extends object>() {
  return <Params extends readonly unknown[], Declared extends object>(
    declared: Statement<Params, Declared> & (Row extends Declared ? unknown : never),
  ): Statement<Params, Row> => declared as unknown as Statement<Params, Row>;
}

/** All declared statements, for the check. */
export function allStatements(): readonly Statement<readonly unknown[], object>[] {
  return [...registered.values()];
}

/** Name of the statement in a text, for crash tests. */
export function nameIn(text: string): string | undefined {
  return /^\/\* ([\w.]+) \*\//.exec(text)?.[1];
}

/** Runs a statement, within a transaction or on its own. @throws as `Queryable.query`. */
export function run<Params extends readonly unknown[], Row extends object>(
  on: Queryable,
  { text }: Statement<Params, Row>,
  ...params: Params
): Promise<Row[]> {
  return on.query<Row>(text, params);
}

/** Runs a statement before the statements that wait for the embedded store's single connection. */
export function runUrgent<Params extends readonly unknown[], Row extends object>(
  db: Db,
  { text }: Statement<Params, Row>,
  ...params: Params
): Promise<Row[]> {
  return db.query<Row>(text, params, 'urgent');
}
