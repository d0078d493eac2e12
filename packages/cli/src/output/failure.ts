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
  /** Of a send: repeated under it, nothing is doubled. */
  idempotencyKey?: string;
  next: string;
}

/** What to do about a refusal (docs/errors.md), here in the words of this program. */
const NEXT: Record<string, string> = {
  INVALID_REQUEST: 'Mend what the message names. Nothing was done.',
  UNAUTHORIZED:
    'The token or its client is no longer good: `redcloud login`, or ask your operator. Of `admin`: RC_ADMIN_TOKEN is not this server’s.',
  invalid_client: 'Client id or secret is wrong, or the client is suspended: `redcloud login`.',
  FORBIDDEN:
    '`redcloud numbers list` shows what is yours, `redcloud whoami` what you may do; ask your operator for more.',
  NOT_FOUND: 'Look for the id in the matching list: another client’s ids are not found either.',
  CONFLICT:
    'The message says what is in the way: a key that was used with something else, an overlap that runs, or two secrets (`redcloud admin clients secrets`, then `delete-secret`).',
  RATE_LIMITED: 'Too much at once. Wait as long as the message says, and run it again.',
  SERVER_ERROR: 'A bug of the server: tell its operator the request id.',
  UPSTREAM_ERROR: 'The server has lost its database. Run the same command again later.',
};

/** An answer to a path that leads nowhere: the server's own, or that of something else which listens there. */
const isAstray = ({ status, code, message }: ApiError) =>
  status === 404 && (code === 'HTTP_404' || message === 'No such route');

const ASTRAY =
  'The server has nothing at that path: is the URL right (`redcloud profiles`, --url)? Only a sandbox has `simulate`, and only a server with RC_ADMIN_TOKEN `admin`.';

const isSilent = (error: ApiError) => error.status >= 500;

/** Something around the program went wrong, after a part of the work was done. */
export class MishapError extends Error {
  readonly code: string;
  readonly next: string;
  /** Of a send. */
  readonly idempotencyKey: string | undefined;

  constructor(code: string, message: string, next: string, idempotencyKey?: string) {
    super(message);
    this.code = code;
    this.next = next;
    this.idempotencyKey = idempotencyKey;
  }
}

export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return mistake(error);
  // What can't be asked for at all, such as an id that is none, was typed by somebody.
  if (error instanceof InvalidCallError) return mistake(new UsageError(error.message));
  if (error instanceof AbortError) {
    return {
      exit: EXIT.interrupted,
      code: 'INTERRUPTED',
      message: 'Interrupted',
      ...keyOf(error),
      next: error.idempotencyKey === undefined ? 'Run it again to go on.' : repeatHint(error),
    };
  }
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
  if (error instanceof MishapError)
    return { exit: EXIT.unexpected, code: error.code, message, ...keyOf(error), next: error.next };
  return {
    exit: EXIT.unexpected,
    code: 'UNEXPECTED',
    message,
    next: isOfTheMachine(error)
      ? 'It is this machine that refused, and not the server: mend that, and run the same command again.'
      : 'Please report it, with the command (without secrets).',
  };
}

/** A full disk, a file system that can only be read … */
const isOfTheMachine = (error: unknown) => error instanceof Error && 'syscall' in error;

function mistake({ message, next }: UsageError): Failure {
  return { exit: EXIT.usage, code: 'USAGE', message, next };
}

/** What happened, with what the network said about it. */
export function reasonOf({ message, cause }: RedCloudError): string {
  const reason = networkReason(cause);
  return reason === undefined ? message : `${message}: ${reason}`;
}

/** fetch has it one level down: `connect ECONNREFUSED 127.0.0.1:3000`. */
function networkReason(error: unknown): string | undefined {
  const reason = (error as Error | undefined)?.cause;
  // Of TLS it has several lines, which say where in OpenSSL it was.
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
    return 'Is the server up, and the URL right (`redcloud profiles`)? Then run it again.';
  return `It may have been done. Run the same command with --key ${idempotencyKey}: nothing is done twice.`;
}

/** As a person reads it, a line each. */
export function linesOf({ code, message, status, details, requestId, next }: Failure): string[] {
  const where = Object.entries(details ?? {}).map(([name, value]) => `  ${printable(name)}: ${printable(value)}`);
  return [
    `redcloud: ${printable(code)}${status === undefined ? '' : ` (${status})`}: ${printable(message)}`,
    ...where,
    ...(requestId === undefined ? [] : [`  request: ${printable(requestId)}`]),
    `  next: ${next}`,
  ];
}

/** As a program reads it. */
export function documentOf({ exit: _exit, ...failure }: Failure): { error: Omit<Failure, 'exit'> } {
  return { error: failure };
}
