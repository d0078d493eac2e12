/**
 * Check of the SQL statements (db/statement.ts). Prepares each declared statement on an embedded store, and compares its
 * parameters and columns with the declaration. SQL text is allowed in files named `sql.ts` or `…-sql.ts` only, and names only tables
 * of its own module.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { parseSync, Visitor } from 'oxc-parser';
import { openEmbedded } from '../packages/server/src/db/drivers/embedded.ts';
import { migrate } from '../packages/server/src/db/schema/migrate.ts';
import { allStatements, type Statement } from '../packages/server/src/db/statement.ts';
import { createLog } from '../packages/server/src/platform/log.ts';
import { moduleOf, SOURCES, TABLES } from './modules.ts';

const ROOT = new URL('..', import.meta.url).pathname;

/** Names of types in declarations, by their number in PostgreSQL (pg_type.dat). */
const TYPES: Readonly<Record<number, string>> = {
  16: 'boolean',
  17: 'bytea',
  20: 'bigint',
  21: 'smallint',
  23: 'integer',
  25: 'text',
  114: 'json',
  701: 'double precision',
  1007: 'integer[]',
  1009: 'text[]',
  1016: 'bigint[]',
  1184: 'timestamp with time zone',
  3802: 'jsonb',
};

const nameOf = (type: number) => TYPES[type] ?? `type ${type}`;
const withoutNull = (type: string) => type.replace(/\?$/, '');

/** @param files paths of all files in the repository */
export async function statementProblems(files: readonly string[]): Promise<string[]> {
  const sources = files.filter(
    (file) => file.startsWith(SOURCES) && file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  for (const file of sources.filter((one) => one.endsWith('sql.ts'))) await import(join(ROOT, file));
  return [...(await typeProblems()), ...sources.flatMap(textProblems)];
}

async function typeProblems(): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'redcloud-statements-'));
  try {
    const db = await openEmbedded(directory, createLog('silent'));
    await migrate(db);
    await db.close();
    const pglite = await PGlite.create({ dataDir: join(directory, 'pg') });
    const problems: string[] = [];
    for (const declared of allStatements()) problems.push(...(await differences(pglite, declared)));
    await pglite.close();
    return problems;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function differences(
  pglite: PGlite,
  { name, text, parameters, columns }: Statement<readonly unknown[], object>,
): Promise<string[]> {
  try {
    const { queryParams, resultFields } = await pglite.describeQuery(text);
    const taken = queryParams.map(({ dataTypeID }) => nameOf(dataTypeID)).join(', ');
    const given = parameters.map(withoutNull).join(', ');
    const returned = resultFields.map((field) => `${field.name}: ${nameOf(field.dataTypeID)}`).toSorted();
    const expected = Object.entries(columns)
      .map(([column, type]) => `${column}: ${withoutNull(type)}`)
      .toSorted();
    return [
      ...(taken === given ? [] : [`${name}: takes (${taken}), declared (${given})`]),
      ...(returned.join() === expected.join()
        ? []
        : [`${name}: returns ${returned.join(', ')}, declared ${expected.join(', ')}`]),
    ];
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
}

/** Start of a statement or clause with a table, also behind other tables of the same list. */
const TABLE_USE = new RegExp(
  `(?<=\\b(?:from|using|join|into|update|table|vacuum|analyze)\\s+(?:only\\s+)?(?:\\w+(?:\\s+(?:as\\s+)?\\w+)?\\s*,\\s*)*)\\b(${Object.keys(TABLES).join('|')})\\b`,
  'gi',
);
/** Modules that work with any table. */
const OF_ALL_TABLES = ['db', 'maintenance'];

function textProblems(file: string): string[] {
  const module = moduleOf(file);
  if (OF_ALL_TABLES.includes(module)) return [];
  const uses = textsIn(file).flatMap((text) =>
    [...text.matchAll(TABLE_USE)].map(([, table = '']) => table.toLowerCase()),
  );
  const tables = [...new Set(uses)];
  const foreign = tables.filter((table) => TABLES[table] !== module);
  return [
    ...(tables.length > 0 && !/[/-]sql\.ts$/.test(file)
      ? [`${file}: has SQL for ${tables.join(', ')}. Move it to sql.ts.`]
      : []),
    ...foreign.map((table) => `${file}: names the table ${table} of ${TABLES[table]}`),
  ];
}

/** String and template literals of a file. */
function textsIn(file: string): string[] {
  const texts: string[] = [];
  const { program } = parseSync(file, readFileSync(join(ROOT, file), 'utf8'));
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') texts.push(value);
    },
    TemplateElement: ({ value }) => {
      texts.push(value.raw);
    },
  }).visit(program);
  return texts;
}
