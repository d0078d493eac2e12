import type { Command } from 'commander';
import { EXIT, type Exit, UsageError } from './exit.ts';
import { nodeFetch } from './fetch.ts';
import { Output } from './output/output.ts';
import { createRetryReporter } from './output/retry-reporter.ts';
import { connectionOf, type Globals, operatorOf } from './profiles/connection.ts';
import { isOpenToOthers, pathOf } from './profiles/store.ts';
import { RedCloud, type RedCloudOptions } from './sdk.ts';
import type { Terminal } from './terminal.ts';

/** Limits for the retries of a call. */
export type Patience = Required<Pick<RedCloudOptions, 'timeoutMs' | 'maxRetries'>>;

/** Limits for interactive use. An outage is reported after four to eight seconds of retries. */
const SHORT: Patience = { timeoutMs: 30_000, maxRetries: 5 };

/** One run of a command: connection, output and abort signal. */
export interface Session {
  terminal: Terminal;
  globals: Globals;
  out: Output;
  /** Aborted by ctrl-C and SIGTERM. */
  signal: AbortSignal;
  /** Connects as an API client. @throws UsageError when no credentials are given */
  client(patience?: Patience): RedCloud;
  /** Connects as the operator. @throws UsageError without RC_ADMIN_TOKEN */
  operator(): RedCloud;
  /** Connects with credentials that are not stored in a profile. */
  visitor(options: RedCloudOptions): RedCloud;
  /** The same run with other options that select the connection. */
  connectedBy(globals: Globals): Session;
}

function createSession(terminal: Terminal, signal: AbortSignal, globals: Globals): Session {
  if (globals.sandbox && globals.profile !== undefined)
    throw new UsageError('--sandbox and --profile cannot be used together');
  const { env } = terminal;
  const onRetry = createRetryReporter(terminal);
  const runtime = { fetch: nodeFetch };
  const visitor = (options: RedCloudOptions, patience = SHORT) =>
    new RedCloud({ ...options, ...patience, onRetry, runtime });
  const out = new Output(terminal, globals.json);
  if (isOpenToOthers(env))
    out.note(`Warning: other users can read the secrets in ${pathOf(env)}. Restrict the file with chmod 600.`);
  return {
    terminal,
    globals,
    signal,
    out,
    client: (patience) => visitor(connectionOf(globals, env), patience),
    operator: () => visitor(operatorOf(globals, env)),
    visitor: (options) => visitor(options),
    connectedBy: (others) => createSession(terminal, signal, { ...others, ...formatOf(globals) }),
  };
}

const formatOf = ({ json }: Globals) => (json === undefined ? {} : { json });

/** Implementation of a command. Without a result, the status is EXIT.ok. */
export type Run<O> = (session: Session, options: O, ...args: string[]) => Promise<Exit> | Promise<void>;

/** Wraps an implementation in an action for commander. */
export type Action = <O extends object>(run: Run<O>) => (...all: unknown[]) => Promise<void>;

/** @param done receives the exit status */
export function createAction(terminal: Terminal, signal: AbortSignal, done: (exit: Exit) => void): Action {
  return (run) =>
    async (...all) => {
      const command = all.at(-1) as Command;
      const session = createSession(terminal, signal, command.optsWithGlobals<Globals>());
      const exit = await run(session, command.opts(), ...(all.slice(0, -2) as string[]));
      done(exit ?? EXIT.ok);
    };
}
