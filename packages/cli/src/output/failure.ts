import { EXIT, type Exit, UsageError } from '../exit.ts';
import { AbortError, ApiError, InvalidCallError, RedCloudError } from '../sdk.ts';
import { printable } from './text.ts';

export interface Failure {
  exit: Exit;
  code: string;
  message: string;
  status?: number;
  details?: Record<string, unknown>;
  requestId?: string;
  /** Idempotency key of a send. A repeat under the key sends no second message. */
  idempotencyKey?: string;
  next: string;
}

/** Advice for error codes of the API (docs/errors.md), in terms of this program. */
const NEXT: Record<string, string> = {
  INVALID_REQUEST: 'Correct the request as described in the message. Nothing was changed.',
  UNAUTHORIZED:
    'The token is invalid, or its client is suspended. Run `redcloud login` or ask your operator. For `admin`: check RC_ADMIN_TOKEN.',
  invalid_client: 'The client id or secret is wrong, or the client is suspended. Run `redcloud login`.',
  FORBIDDEN:
    '`redcloud numbers list` shows your numbers, `redcloud whoami` your capabilities. Ask your operator for access.',
  NOT_FOUND: 'Check the id with the matching list command. Ids of other clients are not found.',
  CONFLICT:
    'The message states the cause: a key of another request, a message that was submitted already, a running overlap, or two client secrets (`redcloud admin clients secrets`, then `delete-secret`).',
  RATE_LIMITED: 'Too many requests or waiting messages. Wait for the time in the message, and run the command again.',
  NO_SENDING_WINDOW: 'Set a later --expires, another --time-zone, or --ignore-quiet-hours. Nothing was sent.',
  QUOTA_EXCEEDED: 'Delete files that are not needed with `redcloud media rm`, or ask your operator for more space.',
  SERVER_ERROR: 'The server has a bug. Report the request id to its operator.',
  UPSTREAM_ERROR: 'The server cannot reach its database. Run the same command again later.',
};

/** Whether a response comes from an unknown path of the server, or from another program that listens there. */
const isAstray = ({ status, code, message }: ApiError) =>
  status === 404 && (code === 'HTTP_404' || message === 'No such route');

const ASTRAY =
  'The server does not have this path. Check the URL (`redcloud profiles`, --url). `simulate` requires a sandbox, `admin` a server with RC_ADMIN_TOKEN.';

const isSilent = (error: ApiError) => error.status >= 500;

/** A local failure after part of the work was done. */
export class LocalError extends Error {
  readonly code: string;
  readonly next: string;
  /** Idempotency key of a send. */
  readonly idempotencyKey: string | undefined;

  constructor(code: string, message: string, next: string, idempotencyKey?: string) {
    super(message);
    this.code = code;
    this.next = next;
    this.idempotencyKey = idempotencyKey;
  }
}

/** A bulk send that another command stopped. */
export class StoppedError extends Error {
  readonly code: 'PAUSED' | 'CANCELED';
  readonly next: string;

  constructor(id: string, request: 'pause' | 'cancel') {
    super(
      request === 'pause' ? `Paused by \`redcloud bulk pause ${id}\`` : `Stopped by \`redcloud bulk cancel ${id}\``,
    );
    this.code = request === 'pause' ? 'PAUSED' : 'CANCELED';
    this.next =
      request === 'pause' ? `Continue with \`redcloud bulk resume ${id}\`.` : 'Use another --campaign to send again.';
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return mistake(error);
  // An impossible argument, such as an invalid id, was entered by the user.
  if (error instanceof InvalidCallError) return mistake(new UsageError(error.message));
  if (error instanceof AbortError) {
    return {
      exit: EXIT.interrupted,
      code: 'INTERRUPTED',
      message: 'Interrupted',
      ...keyOf(error),
      next: error.idempotencyKey === undefined ? 'Run the same command again to continue.' : repeatHint(error),
    };
  }
  if (error instanceof StoppedError)
    return { exit: EXIT.interrupted, code: error.code, message: error.message, next: error.next };
  if (error instanceof ApiError) return ofApi(error);
  if (error instanceof RedCloudError) {
    const { requestId } = error;
    const request = requestId === undefined ? {} : { requestId };
    return {
      exit: EXIT.unreachable,
      code: 'UNREACHABLE',
      message: reasonOf(error),
      ...request,
      ...keyOf(error),
      next: repeatHint(error),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof LocalError)
    return { exit: EXIT.unexpected, code: error.code, message, ...keyOf(error), next: error.next };
  return {
    exit: EXIT.unexpected,
    code: 'UNEXPECTED',
    message,
    next: isOfTheMachine(error)
      ? 'The error is on this machine, not on the server. Fix its cause and run the same command again.'
      : 'Please report this error with the command, without secrets.',
  };
}

/** A local failure, such as a full disk or a read-only file system. */
const isOfTheMachine = (error: unknown) => error instanceof Error && 'syscall' in error;

function mistake({ message, next }: UsageError): Failure {
  return { exit: EXIT.usage, code: 'USAGE', message, next };
}

/** Returns the message of an error and its network reason. */
export function reasonOf({ message, cause }: RedCloudError): string {
  const reason = networkReason(cause);
  return reason === undefined ? message : `${message}: ${reason}`;
}

/** Reason in the cause of the error of `fetch`, such as `connect ECONNREFUSED 127.0.0.1:3000`. */
function networkReason(error: unknown): string | undefined {
  const reason = (error as Error | undefined)?.cause;
  // Reasons of TLS errors have further lines with locations in OpenSSL.
  return reason instanceof Error
    ? reason.message.split('\n', 1)[0]?.trim() || (reason as NodeJS.ErrnoException).code
    : undefined;
}

function ofApi(error: ApiError): Failure {
  const { code, message, status, details, requestId, retryAfter } = error;
  const wait = retryAfter === undefined ? '' : ` (Retry-After: ${retryAfter} s)`;
  return {
    exit: isSilent(error) ? EXIT.unreachable : EXIT.refused,
    code,
    message: `${message}${wait}`,
    status,
    details,
    ...(requestId === undefined ? {} : { requestId }),
    ...keyOf(error),
    next: nextOf(error),
  };
}

function nextOf(error: ApiError): string {
  if (isAstray(error)) return ASTRAY;
  return NEXT[error.code] ?? (isSilent(error) ? repeatHint(error) : 'See docs/errors.md.');
}

const keyOf = ({ idempotencyKey }: Pick<RedCloudError, 'idempotencyKey'>) =>
  idempotencyKey === undefined ? {} : { idempotencyKey };

function repeatHint({ idempotencyKey }: RedCloudError): string {
  if (idempotencyKey === undefined)
    return 'Check that the server runs and the URL is right (`redcloud profiles`), and run the same command again.';
  return `The request may have been processed. Repeat the command with --key ${idempotencyKey}. Nothing is done twice.`;
}

/** Format for people: several lines. */
export function linesOf({ code, message, status, details, requestId, next }: Failure): string[] {
  const where = Object.entries(details ?? {}).map(([name, value]) => `  ${printable(name)}: ${printable(value)}`);
  return [
    `redcloud: ${printable(code)}${status === undefined ? '' : ` (${status})`}: ${printable(message)}`,
    ...where,
    ...(requestId === undefined ? [] : [`  request: ${printable(requestId)}`]),
    `  next: ${next}`,
  ];
}

/** Format for programs. */
export function documentOf({ exit: _exit, ...failure }: Failure): { error: Omit<Failure, 'exit'> } {
  return { error: failure };
}
