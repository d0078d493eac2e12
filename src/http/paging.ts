import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { invalidRequest } from '../errors.ts';
import type { Place } from '../events/stream.ts';

const MOST = 500;
const USUAL = 100;

/** How many there are to be on a page. */
export const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: MOST, description: `1 to ${MOST}; ${USUAL} unless told otherwise` }),
);

/** Before a query is validated: its limit is a number there, as text. */
export async function readLimit({ query }: FastifyRequest): Promise<void> {
  const given = query as { limit?: unknown };
  if (typeof given.limit === 'string' && /^\d{1,9}$/.test(given.limit)) given.limit = Number(given.limit);
}

export const limitOf = ({ limit = USUAL }: { limit?: number | undefined }): number => limit;

const ID = /^[A-Za-z]{1,16}_[0-9A-Za-z]{1,64}$/;

/** Where a list goes on, as its caller is to give it back: unchanged, and without looking into it. */
function cursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function partsOf(text: string): unknown[] {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function malformed(field: string): Error {
  return invalidRequest(`${field} is not a cursor of this list`, { in: 'querystring', field });
}

/** Of a list by id. */
export function idCursor(id: string): string {
  return cursor([id]);
}

/** @throws ApiError INVALID_REQUEST naming the field. */
export function readId(field: string, text: string): string {
  const [id, ...more] = partsOf(text);
  if (typeof id !== 'string' || !ID.test(id) || more.length > 0) throw malformed(field);
  return id;
}

/** Of a list of events. */
export function placeCursor({ position, messageId, sequence }: Place): string {
  return cursor([position, messageId, sequence]);
}

/** @throws ApiError INVALID_REQUEST naming the field. */
export function readPlace(field: string, text: string): Place {
  const [position, messageId, sequence, ...more] = partsOf(text);
  const isId = messageId === '' || (typeof messageId === 'string' && ID.test(messageId));
  if (!isWhole(position, Number.MAX_SAFE_INTEGER) || !isWhole(sequence, 2 ** 31 - 1) || !isId || more.length > 0) {
    throw malformed(field);
  }
  return { position, messageId, sequence };
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}
