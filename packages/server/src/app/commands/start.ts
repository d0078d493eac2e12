import {
  type Config,
  carriersDisableSandbox,
  readConfig,
  summary,
  unknownSettings,
  VERSION,
} from '#platform/config.ts';
import { createLog, type Log } from '#platform/log.ts';
import { toStandardOutput } from '#platform/log-destination.ts';
import { toText } from '#platform/log-text.ts';
import { type RedCloud, start } from '../app.ts';
import { banner } from './banner.ts';
import { fail } from './failure.ts';
import { signals } from './signals.ts';
import { refuseOptions } from './usage-error.ts';

export const usage = `Usage: redcloud-server start

Starts the server, and stops it on SIGTERM and SIGINT. SIGHUP reads RC_CARRIERS again. All settings: .env.example of the source, or
/etc/redcloud/redcloud.env of the Debian package.
`;

/** Starts the server, logs its URL, and stops it on SIGTERM and SIGINT. */
export async function run(options: readonly string[]): Promise<number | undefined> {
  refuseOptions('start', options);
  const startedAt = performance.now();
  // On a full disk, output to standard error is lost, and nothing else fails.
  process.stderr.on('error', () => undefined);
  const config = readConfig();
  const isText = (config.logFormat ?? (process.stdout.isTTY ? 'text' : 'json')) === 'text';
  const output = toStandardOutput(isText ? toText : undefined);
  const log = createLog(config.logLevel, output);
  logSettings(config, log);
  try {
    const running = await start(config, { log });
    const { url, internalUrl } = running;
    log.info({ event: 'listening', url, internalUrl, pid: process.pid, ms: Math.round(performance.now() - startedAt) });
    if (process.stdout.isTTY) {
      // Lines of JSON for a program must not be mixed with other text.
      if (isText) output.writeText(banner(running, config));
      else process.stderr.write(banner(running, config));
    }
    stopOnSignal(running, log);
    return undefined;
  } catch (error) {
    const status = fail(error);
    log.flush();
    return status;
  }
}

function logSettings(config: Config, log: Log): void {
  log.info({ event: 'starting', version: VERSION, node: process.versions.node, ...summary(config) });
  for (const name of unknownSettings()) log.warn({ event: 'setting_unknown', name });
  if (config.databaseUrl && !config.carriers && !config.sandbox && config.roles.includes('outbound')) {
    log.warn({ event: 'carrier_simulated', reason: 'RC_CARRIERS is not set. Messages go to the simulator.' });
  }
  if (carriersDisableSandbox(config)) {
    const reason = 'RC_CARRIERS is set, and the sandbox token is public. Set RC_SANDBOX=true to turn the sandbox on.';
    log.warn({ event: 'sandbox_off', reason });
  }
}

/** Stops on a signal with status 0, and with status 1 if the process cannot work correctly any more. */
function stopOnSignal(running: RedCloud, log: Log): void {
  let isStopping = false;
  const stop = async (reason: { signal: string } | { reason: string }, status: number) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ event: 'stopping', ...reason });
    await running.stop();
    log.info({ event: 'stopped' });
    log.flush(() => process.exit(status));
  };
  signals.react({
    stop: (signal) => void stop({ signal }, 0),
    reload: () => {
      if (!isStopping) void running.reload();
    },
  });
  void running.failed.then((reason) => stop({ reason }, 1));
}
