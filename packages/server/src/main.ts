import type { RedCloud } from './app/app.ts';
import { CHECK_USAGE, checkCarrier, UsageError } from './app/check-carrier.ts';
import { DatabaseUnavailable } from './db/db.ts';
import { DirectoryInUse } from './db/drivers/lock.ts';
import { SchemaError } from './db/schema/migrate.ts';
import {
  type Config,
  carriersDisableSandbox,
  readConfig,
  summary,
  unknownSettings,
  VERSION,
} from './platform/config.ts';
import { ConfigError } from './platform/config-error.ts';
import { createLog, type Log } from './platform/log.ts';

const EX_USAGE = 64;
const EX_CONFIG = 78;

const USAGE = `Usage: redcloud-server [command]

Without a command, the server starts. Its settings are environment variables (.env.example).

  check-carrier     check the credentials, the callback URL and the signatures of carriers
  help              print this text
`;

/** Explanations of a failed start: the process cannot listen at HOST and PORT, or cannot write to RC_DATA_DIR. */
const REMEDIES: Record<string, string> = {
  ENOENT: 'RC_DATA_DIR or an entry in it is a broken symbolic link, or cannot be created.',
  EISDIR: 'RC_DATA_DIR contains a directory in place of a file of Red Cloud.',
  ELOOP: 'RC_DATA_DIR is a circular symbolic link.',
  EPERM: 'This user may not create files in RC_DATA_DIR.',
  EADDRINUSE: 'The port is in use. Stop the other program, or set PORT.',
  EADDRNOTAVAIL: 'HOST: this machine has no such address.',
  ENOTFOUND: 'HOST: the name has no address.',
  EAI_AGAIN: 'HOST: the name could not be resolved.',
  EACCES: 'This user may not write to RC_DATA_DIR, or listen on PORT.',
  EROFS: 'RC_DATA_DIR is on a read-only file system.',
  ENOSPC: 'RC_DATA_DIR is on a full disk.',
  EDQUOT: 'RC_DATA_DIR is on a disk on which the quota of this user is exceeded.',
  EEXIST: 'RC_DATA_DIR is not a directory.',
  ENOTDIR: 'RC_DATA_DIR is below a file that is not a directory.',
};

/** Errors of a start that can pass without a change of the settings. A supervisor should start the process again. */
const PASSING = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOSPC', 'EDQUOT']);

/** Runs a command. Without a command, the server starts. */
export async function main(args: readonly string[] = process.argv.slice(2)): Promise<void> {
  const [command, ...options] = args;
  if (command === undefined) return serve();
  if (/^(--)?help$/.test(command)) process.stdout.write(USAGE);
  else if (command === 'check-carrier') await check(options);
  else {
    process.stderr.write(`Unknown command ${command}.\n\n${USAGE}`);
    process.exitCode = EX_USAGE;
  }
}

async function check(options: readonly string[]): Promise<void> {
  if (options.includes('--help')) {
    process.stdout.write(CHECK_USAGE);
    return;
  }
  try {
    process.exitCode = await checkCarrier(options, (text) => process.stdout.write(text));
  } catch (error) {
    if (!(error instanceof UsageError)) return fail(error);
    process.stderr.write(`${error.message}\n\n${CHECK_USAGE}`);
    process.exitCode = EX_USAGE;
  }
}

/** Starts the server, logs its URL, and stops it on SIGTERM and SIGINT. */
async function serve(): Promise<void> {
  // Not for other commands, which start faster without the modules of the server.
  const { start } = await import('./app/app.ts');
  const startedAt = performance.now();
  // On a full disk, output to standard error is lost, and nothing else fails.
  process.stderr.on('error', () => undefined);
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    fail(error);
    return;
  }
  const log = createLog(config.logLevel);
  log.info({ event: 'starting', version: VERSION, node: process.versions.node, ...summary(config) });
  for (const name of unknownSettings()) log.warn({ event: 'setting_unknown', name });
  if (config.databaseUrl && !config.carriers && !config.sandbox && config.roles.includes('outbound')) {
    log.warn({ event: 'carrier_simulated', reason: 'RC_CARRIERS is not set. Messages go to the simulator.' });
  }
  if (carriersDisableSandbox(config)) {
    const reason = 'RC_CARRIERS is set, and the sandbox token is public. Set RC_SANDBOX=true to turn the sandbox on.';
    log.warn({ event: 'sandbox_off', reason });
  }
  try {
    const running = await start(config, { log });
    log.info({ event: 'listening', url: running.url, pid: process.pid, ms: Math.round(performance.now() - startedAt) });
    if (process.stdout.isTTY) process.stderr.write(welcome(running.url, config));
    stopOnSignal(running, log);
  } catch (error) {
    fail(error, log);
  }
}

function stopOnSignal(running: RedCloud, log: Log): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(130);
    stopping = true;
    log.info({ event: 'stopping', signal });
    await running.stop();
    log.info({ event: 'stopped' });
    log.flush(() => process.exit(0));
  };
  process.on('SIGHUP', () => {
    if (!stopping) void running.reload();
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Prints an error that the operator can fix in one line, and a bug with its stack. */
function fail(error: unknown, log?: Log): void {
  const known = [ConfigError, SchemaError, DirectoryInUse, DatabaseUnavailable].some((type) => error instanceof type);
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const remedy = (code && REMEDIES[code]) || undefined;
  const isSetting = error instanceof ConfigError || (remedy !== undefined && !PASSING.has(String(code)));
  process.stderr.write(`${remedy ? `${remedy} (${message})` : known ? message : stack}\n`);
  log?.flush();
  process.exitCode = isSetting ? EX_CONFIG : 1;
}

function welcome(url: string, { sandbox }: Config): string {
  const lines = sandbox
    ? [`  webhook inbox   ${url}/sandbox/inbox`, `  API reference   ${url}/docs`]
    : [`  API reference   ${url}/docs`];
  return `\nRed Cloud listens on ${url}\n${lines.join('\n')}\n\n`;
}
