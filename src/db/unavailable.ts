import { DatabaseUnavailable } from './db.ts';

/** What a statement failed with, on either store. */
export interface StoreError {
  message?: string | undefined;
  /** SQLSTATE, or Node's code of an error of the connection. */
  code?: string | undefined;
  /** ERROR, FATAL or PANIC. */
  severity?: string | undefined;
}

/**
 * SQLSTATE classes and codes that say "not now" rather than "not so": connection, authorization (28, 3D000: only ever while
 * connecting), resources, shutdown, input and output of the system, a primary that is one no more (25006), a transaction
 * that gave way to another (40001, 40P01). Nothing of the statement is there then.
 */
const UNAVAILABLE_STATE = /^(08(?!P01)|25006|28|3D000|40001|40P01|53|57014|57P0|58)/;
/** Resources, input and output, and a store that only lets read: reads may go on while every write fails. */
const NO_WRITES_STATE = /^(53|58|25006)/;
const UNAVAILABLE_CODE = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPROTO',
  'ENOENT',
]);
const UNAVAILABLE_TEXT =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|not queryable|after calling end on the pool/i;

/** The one translation of what both stores fail with. @returns DatabaseUnavailable, or `error` as it is. */
export function translated(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable) return error;
  const { code = '', message = '' } = error as StoreError;
  const isUnavailable =
    endsSession(error) || UNAVAILABLE_CODE.has(code) || UNAVAILABLE_STATE.test(code) || UNAVAILABLE_TEXT.test(message);
  return isUnavailable ? new DatabaseUnavailable(message || code, { cause: error }) : error;
}

/** Whether the session is over, whatever the reason. PostgreSQL translates this field in some locales. */
export function endsSession(error: unknown): boolean {
  const { severity = '' } = error as StoreError;
  return severity === 'FATAL' || severity === 'PANIC';
}

/** Whether writes fail though the store answers: a full disk, no memory, a standby. */
export function refusesWrites(error: unknown): boolean {
  return NO_WRITES_STATE.test((error as StoreError).code ?? '');
}
