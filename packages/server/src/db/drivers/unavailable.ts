import { DatabaseUnavailable } from '../db.ts';

/** Error of a statement, on either store. */
export interface StoreError {
  message?: string | undefined;
  /** SQLSTATE, or Node's code of a connection error. */
  code?: string | undefined;
  /** ERROR, FATAL or PANIC. */
  severity?: string | undefined;
}

/**
 * SQLSTATE classes and codes of temporary errors: connection, resources, shutdown, system I/O, a former primary
 * (25006), and transactions aborted in favour of another one (40001, 40P01). Authorization errors (28 and 3D000) are
 * temporary only while connecting. The statement has had no effect then.
 */
const UNAVAILABLE_STATE = /^(08(?!P01)|25006|28|3D000|40001|40P01|53|57014|57P0|58)/;
/** Resources, system I/O and a read-only store. Reads may succeed while every write fails. */
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

/** Converts the errors of both stores. @returns DatabaseUnavailable, or `error` unchanged. */
export function translated(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable) return error;
  const { code = '', message = '' } = error as StoreError;
  const isUnavailable =
    endsSession(error) || UNAVAILABLE_CODE.has(code) || UNAVAILABLE_STATE.test(code) || UNAVAILABLE_TEXT.test(message);
  return isUnavailable ? new DatabaseUnavailable(message || code, { cause: error }) : error;
}

/** Whether the session has ended, for any reason. Some locales of PostgreSQL translate `severity`. */
export function endsSession(error: unknown): boolean {
  const { severity = '' } = error as StoreError;
  return severity === 'FATAL' || severity === 'PANIC';
}

/** Whether writes fail although the store responds. Causes are a full disk, missing memory, or a standby. */
export function refusesWrites(error: unknown): boolean {
  return NO_WRITES_STATE.test((error as StoreError).code ?? '');
}
