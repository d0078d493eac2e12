import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { EventPosition } from '#events/stream.ts';
import { invalidRequest } from '#platform/errors.ts';
import type { IdKind } from '#platform/ids.ts';

const MOST = 500;
const USUAL = 100;

/** Number of items on a page. */
export const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: MOST, description: `1 to ${MOST}. Default ${USUAL}.` }),
);

/** Converts the limit of a query from text to a number, before the query is validated. */
export async function readLimit({ query }: FastifyRequest): Promise<void> {
  const given = query as { limit?: unknown };
  if (typeof given.limit === 'string' && /^\d{1,9}$/.test(given.limit)) given.limit = Number(given.limit);
}

export const limitOf = ({ limit = USUAL }: { limit?: number | undefined }): number => limit;

const ID = /^[A-Za-z]{1,16}_[0-9A-Za-z]{1,64}$/;

/** Cursor of the next page. Opaque to the caller, who returns it unchanged. */
export function toCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * @param isPlace whether a value has the form of a cursor of this list.
 * @throws ApiError INVALID_REQUEST naming the field.
 */
export function readCursor<Parts extends readonly (string | number)[]>(
  field: string,
  text: string,
  isPlace: (value: unknown) => value is Parts,
  within = 'querystring',
): Parts {
  const parts = parsed(text);
  if (isPlace(parts) && toCursor(parts) === text) return parts;
  throw invalidRequest(`${field} is not a cursor of this list`, { in: within, field });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether the store accepts a part of a cursor. */
export function isStorable(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
}

/** Whether a value is a cursor of a list by id. */
export function isId(value: unknown): value is [string] {
  return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string' && ID.test(value[0]);
}

/** Whether a value is a cursor of a list by ids of one kind. */
export function isIdOf(kind: IdKind): (value: unknown) => value is [string] {
  return (value): value is [string] => isId(value) && value[0].startsWith(`${kind}_`);
}

/** Cursor of a list of events. */
export function placeCursor({ position, messageId, sequence }: EventPosition): string {
  return toCursor([position, messageId, sequence]);
}

/** @throws ApiError INVALID_REQUEST naming the field. */
export function readPlace(field: string, text: string): EventPosition {
  const [position, messageId, sequence] = readCursor(field, text, isPlace);
  return { position, messageId, sequence };
}

function isPlace(value: unknown): value is [number, string, number] {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [position, messageId, sequence] = value;
  const names = messageId === '' || (typeof messageId === 'string' && ID.test(messageId));
  return isWhole(position, Number.MAX_SAFE_INTEGER) && names && isWhole(sequence, 2 ** 31 - 1);
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
