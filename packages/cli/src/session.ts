import type { Command } from 'commander';
import { EXIT, type Exit, UsageError } from './exit.ts';
import { nodeFetch } from './fetch.ts';
import { Output } from './output/output.ts';
import { troubleTeller } from './output/trouble.ts';
import { connectionOf, type Globals, operatorOf } from './profiles/connection.ts';
import { isOpenToOthers, pathOf } from './profiles/store.ts';
import { RedCloud, type RedCloudOptions } from './sdk.ts';
import type { Terminal } from './terminal.ts';

/** How long a call is repeated. */
export type Patience = Required<Pick<RedCloudOptions, 'timeoutMs' | 'maxRetries'>>;

/** Whoever sits there is told soon that the server is down: four to eight seconds of retries. */
const SHORT: Patience = { timeoutMs: 30_000, maxRetries: 5 };

/** One run of one command: who asks whom, where the answer goes, and when it is to end. */
export interface Session {
  terminal: Terminal;
  globals: Globals;
  out: Output;
  /** Aborted by ctrl-C and SIGTERM. */
  signal: AbortSignal;
  /** As an API client. @throws UsageError when nothing says which */
  client(patience?: Patience): RedCloud;
  /** As the operator. @throws UsageError without RC_ADMIN_TOKEN */
  operator(): RedCloud;
  /** As somebody else, who is not kept yet. */
  visitor(options: RedCloudOptions): RedCloud;
}

function createSession(terminal: Terminal, signal: AbortSignal, globals: Globals): Session {
  if (globals.sandbox && globals.profile !== undefined)
    throw new UsageError('--sandbox and --profile exclude each other');
  const { env } = terminal;
  const onRetry = troubleTeller(terminal);
  const runtime = { fetch: nodeFetch };
  const visitor = (options: RedCloudOptions, patience = SHORT) =>
    new RedCloud({ ...options, ...patience, onRetry, runtime });
  const out = new Output(terminal, globals.json);
  if (isOpenToOthers(env)) out.note(`Beware: others can read the secrets in ${pathOf(env)}; chmod 600 ends it.`);
  return {
    terminal,
    globals,
    signal,
    out,
    client: (patience) => visitor(connectionOf(globals, env), patience),
    operator: () => visitor(operatorOf(globals, env)),
    visitor: (options) => visitor(options),
  };
}

/** What a command does. Nothing returned is EXIT.ok. */
export type Run<O> = (session: Session, options: O, ...args: string[]) => Promise<Exit> | Promise<void>;

/** Makes an action of it, as commander wants it. */
export type Action = <O extends object>(run: Run<O>) => (...all: unknown[]) => Promise<void>;

/** @param done is told how it ended */
export function createAction(terminal: Terminal, signal: AbortSignal, done: (exit: Exit) => void): Action {
  return (run) =>
    async (...all) => {
      const command = all.at(-1) as Command;
      const session = createSession(terminal, signal, command.optsWithGlobals<Globals>());
      const exit = await run(session, command.opts(), ...(all.slice(0, -2) as string[]));
      done(exit ?? EXIT.ok);
    };
}
