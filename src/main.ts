import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAccounts } from './accounts/accounts.ts';
import { createKeys, keptSecretKey } from './accounts/keys.ts';
import { createTokens } from './accounts/tokens.ts';
import { Simulator } from './carriers/simulator/simulator.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError, readConfig, summary, VERSION } from './config.ts';
import { DatabaseUnavailable } from './db/db.ts';
import { startJanitors } from './db/janitor.ts';
import { DirectoryInUse } from './db/lock.ts';
import { migrate, SchemaError } from './db/migrate.ts';
import { openStore } from './db/open.ts';
import { vacuumAll, vacuumJobs } from './db/vacuum.ts';
import type { App } from './http/app.ts';
import { createServer, type Extension } from './http/server.ts';
import { createIds } from './ids.ts';
import { createInbound } from './inbound/inbound.ts';
import { createLog, type Log } from './log.ts';
import { createAccept } from './messages/accept.ts';
import { expireKeys } from './messages/expire-keys.ts';
import { createMetrics, watchQueues } from './metrics.ts';
import { createNumbers } from './numbers/numbers.ts';
import { Outbound } from './outbound/outbound.ts';
import { createOutcomes } from './outbound/outcomes.ts';
import { createQueue } from './queue/queue.ts';
import { createReceipts } from './receipts/receipts.ts';
import { CANONICAL, close, pointAtInbox, seed } from './sandbox/demo.ts';
import { Inbox } from './sandbox/inbox/inbox.ts';
import { inboxRoutes } from './sandbox/inbox/routes.ts';
import { Webhooks } from './webhooks/webhooks.ts';

/** What tests put in another's place. */
export interface Overrides {
  clock?: Clock;
  log?: Log;
  /** Multiplies the simulator's delays. */
  simulatorPace?: number;
  pollMs?: number;
}

export type RedCloud = Awaited<ReturnType<typeof start>>;

/** Composes the rooms by role, and starts them: store, carrier, door, workers. `stop` goes the other way. */
export async function start(config: Config, overrides: Overrides = {}) {
  const clock = overrides.clock ?? systemClock;
  const log = overrides.log ?? createLog(config.logLevel);
  const stops: Stop[] = [];
  const runs = (role: Config['roles'][number]) => config.roles.includes(role);

  const db = await openStore(config, log);
  stops.push({ name: 'store', stop: () => db.close() });
  try {
    const applied = await migrate(db);
    log.info({ event: 'store_ready', kind: db.kind, migrations: applied });

    const ids = createIds(clock);
    const metrics = createMetrics();
    const keys = createKeys(config.secretKey ?? keptSecretKey(config.dataDir));
    const fixedTokens = new Map(config.sandbox ? [[CANONICAL.accessToken, CANONICAL.clientId]] : []);
    const tokens = createTokens(keys.tokens, clock, fixedTokens);
    const accounts = createAccounts({ db, keys, ids, clock });
    const numbers = createNumbers({ db, ids, clock });
    const queue = createQueue({ db, clock });
    const accept = createAccept({ db, numbers, ids, clock });
    const receipts = createReceipts({ db, clock, log, metrics });
    const inbound = createInbound({ db, numbers, ids, clock, log, metrics });
    watchQueues(metrics, queue);

    const carrier = new Simulator({
      name: 'simulator',
      ledgerFile: join(config.dataDir, 'simulator', 'ledger.ndjson'),
      clock,
      ids,
      pace: overrides.simulatorPace ?? 1,
    });
    const shared = { db, queue, clock, log, metrics, ...(overrides.pollMs ? { pollMs: overrides.pollMs } : {}) };
    const outbound = new Outbound({
      ...shared,
      carrier,
      outcomeDeadlineSeconds: config.outcomeDeadlineSeconds,
      onRecorded: async (reports) => {
        await Promise.all(reports.map(receipts.joinRecorded));
      },
    });
    const outcomes = createOutcomes(shared);
    const webhooks = new Webhooks({ ...shared, accounts, numbers, schedule: config.webhookRetrySchedule });

    const sandbox = config.sandbox && runs('api');
    if (sandbox) await seed({ accounts, numbers });
    if (!config.sandbox) await close(accounts);
    const extensions: Extension[] = [];
    if (sandbox) extensions.push(inboxRoutes(new Inbox(CANONICAL.webhookSecret, clock)));
    const carriers = () => (runs('outbound') ? [{ name: carrier.name, state: carrier.state() }] : []);
    const app = await createServer(
      { config, db, accounts, tokens, numbers, accept, carriers, metrics, ids, log },
      extensions,
    );
    const janitors = [expireKeys({ db, clock, seconds: config.idempotencySeconds })];
    if (db.kind === 'embedded') janitors.push(vacuumJobs(db), vacuumAll(db));
    const workers = [...(runs('outbound') ? [outbound, outcomes] : []), ...(runs('webhooks') ? [webhooks] : [])];
    const deadline = new AbortController();

    stops.push({ name: 'janitors', stop: startJanitors(janitors, log) });
    stops.push({ name: 'receipts', stop: async () => receipts.stopSweeping() });
    stops.push({ name: 'carrier', stop: () => carrier.stop() });
    // Together, and within one deadline: nothing new comes in while what runs is finished or given back.
    const stopWorkers = () => workers.map((worker) => worker.stop(deadline.signal));
    stops.push({
      name: 'http and workers',
      stop: () => Promise.all([closeServer(app, deadline.signal), ...stopWorkers()]),
    });

    const url = await listen(app, config);
    if (sandbox) await pointAtInbox(accounts, `${url}/sandbox/inbox`);
    if (db.kind === 'embedded') await queue.breakLeases();
    if (runs('outbound')) {
      await carrier.start({ onReport: receipts.take, onInbound: inbound.take });
      receipts.startSweeping();
    }
    for (const worker of workers) worker.start();

    return {
      url,
      /** Looks for due work now: for tests, after they have moved the clock. */
      look: () => {
        for (const worker of workers) worker.look();
      },
      /** Takes no more work, finishes or gives back what runs within `config.stopSeconds`, and closes the store. */
      stop: async () => {
        const timer = setTimeout(() => deadline.abort(), config.stopSeconds * 1000);
        await stopAll(stops, log);
        clearTimeout(timer);
      },
    };
  } catch (error) {
    await stopAll(stops, log);
    throw error;
  }
}

interface Stop {
  name: string;
  stop(): Promise<unknown>;
}

/** In reverse of the start. Each is tried, whatever became of the others. */
async function stopAll(stops: Stop[], log: Log): Promise<void> {
  for (const { name, stop } of stops.reverse()) {
    const startedAt = performance.now();
    await stop().catch((error) => log.error({ event: 'stop_failed', part: name, err: error }));
    log.debug({ event: 'part_stopped', part: name, ms: Math.round(performance.now() - startedAt) });
  }
  stops.length = 0;
}

/** Takes no new connection, answers what is under way, and cuts what is not done when `signal` says that time is up. */
async function closeServer(app: App, signal: AbortSignal): Promise<void> {
  signal.addEventListener('abort', () => app.server.closeAllConnections(), { once: true });
  await app.close();
}

async function listen(app: App, { host, port }: Config): Promise<string> {
  await app.listen({ host, port });
  const { address, family, port: bound } = app.server.address() as AddressInfo;
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '[::1]' : address;
  return `http://${family === 'IPv6' && !reachable.startsWith('[') ? `[${reachable}]` : reachable}:${bound}`;
}

const EX_CONFIG = 78;

/** The process: starts, says where it listens, and stops on SIGTERM and SIGINT. */
export async function main(): Promise<void> {
  const startedAt = performance.now();
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    fail(error);
    return;
  }
  const log = createLog(config.logLevel);
  log.info({ event: 'starting', version: VERSION, node: process.versions.node, ...summary(config) });
  try {
    const running = await start(config, { log });
    log.info({ event: 'listening', url: running.url, ms: Math.round(performance.now() - startedAt) });
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
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** What the operator can mend is said in one line; a bug keeps its stack. */
function fail(error: unknown, log?: Log): void {
  const known = [ConfigError, SchemaError, DirectoryInUse, DatabaseUnavailable].some((type) => error instanceof type);
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const inUse = code === 'EADDRINUSE' ? 'The port is taken: stop the other program, or set PORT.' : undefined;
  process.stderr.write(`${inUse ?? (known ? message : stack)}\n`);
  log?.flush();
  process.exitCode = error instanceof ConfigError ? EX_CONFIG : 1;
}

function welcome(url: string, { sandbox }: Config): string {
  const lines = sandbox
    ? [`  webhook inbox   ${url}/sandbox/inbox`, `  API reference   ${url}/docs`]
    : [`  API reference   ${url}/docs`];
  return `\nRed Cloud listens on ${url}\n${lines.join('\n')}\n\n`;
}
