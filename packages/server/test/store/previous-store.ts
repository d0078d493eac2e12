import { decodeTime } from 'ulidx';
import { beforeEach, expect } from 'vitest';
import type { Db } from '#db/db.ts';
import { dayOf } from '#db/schema/days.ts';
import { migrate, readMigrations } from '#db/schema/migrate.ts';
import { ownStore } from '../support/own-store.ts';

const BEFORE = readMigrations().filter(({ version }) => version <= 1);
export const AFTER = readMigrations().filter(({ version }) => version <= 2);

/**
 * Opens a store for one test file, and recreates it before each test, empty and with the schema of the previous
 * version.
 * @returns access to the store while tests run.
 */
export function previousStore(): () => Db {
  const db = ownStore();
  beforeEach(async () => {
    await db().query('drop schema public cascade; create schema public');
    await migrate(db(), BEFORE);
  });
  return db;
}

export const upgrade = (db: Db) => migrate(db, AFTER);

/** All rows of the tables with messages and related data, without columns that only the old version has. */
export async function rows(db: Db) {
  const read = async (table: string, order: string) =>
    (
      await db.query<{ row: Record<string, unknown> }>(`select to_json(t) as row from ${table} t order by ${order}`, [])
    ).map(({ row: { inbound_key, ...row } }) => row);
  const receipts = (await read('receipts', 'id')).map(({ id, ...row }) => row);
  return {
    accounts: await read('accounts', 'id'),
    clients: await read('api_clients', 'id'),
    secrets: await read('api_client_secrets', 'id'),
    numbers: await read('numbers', 'id'),
    keys: await read('idempotency_keys', 'key'),
    messages: await read('messages', 'id collate "C"'),
    parts: await read('message_parts', 'message_id collate "C", part'),
    events: await read('events', 'message_id collate "C", sequence'),
    attempts: await read('webhook_attempts', 'message_id collate "C", sequence, attempt'),
    receipts,
  };
}

/** Jobs, with the columns of this version. */
export async function jobs(db: Db) {
  return db.query<Record<string, unknown>>(
    `select queue, subject, ordinal, client, lane, attempt, run_at as "runAt", interrupted, leased_by as "leasedBy", lease
     from jobs order by queue, subject, ordinal`,
    [],
  );
}

/** Id and partition of each row of a table. */
export async function places(db: Db, table: string, column: string): Promise<[string, string][]> {
  const found = await db.query<{ id: string; at: string }>(
    `select ${column} as id, tableoid::regclass::text as at from ${table}`,
    [],
  );
  return found.map(({ id, at: place }) => [id, place]);
}

function dayOfId(id: string): string | undefined {
  try {
    return dayOf(decodeTime(id.slice(4)));
  } catch {
    return undefined;
  }
}

const MESSAGE_TABLES = [
  ['messages', 'id'],
  ['message_parts', 'message_id'],
  ['events', 'message_id'],
  ['webhook_attempts', 'message_id'],
] as const;

export async function expectInTheirDays(db: Db): Promise<void> {
  const days = new Set(
    (await db.query<{ day: string }>('select day::text as day from days', [])).map(({ day }) => day),
  );
  for (const [table, column] of MESSAGE_TABLES) {
    for (const [id, place] of await places(db, table, column)) {
      const day = dayOfId(id) ?? '';
      expect([id, place]).toEqual([id, `${table}_${days.has(day) ? day.replaceAll('-', '') : 'default'}`]);
    }
  }
  for (const [received, place] of await places(db, 'receipts', 'received_at')) {
    expect(place).toBe(`receipts_${dayOf(Date.parse(received)).replaceAll('-', '')}`);
  }
}
