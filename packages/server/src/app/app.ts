import { join } from 'node:path';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { createAutoReplies } from './accounts/auto-replies.ts';
import { createKeys, keptSecretKey } from './accounts/keys.ts';
import { expireAnswers } from './accounts/once.ts';
import { createSessions, expireSessions } from './accounts/sessions.ts';
import { createTokens } from './accounts/tokens.ts';
import type { CarrierHandlers } from './carriers/carrier.ts';
import { CarrierSettingsError, type Carriers, readCarriers } from './carriers/settings.ts';
import { Simulator } from './carriers/simulator/simulator.ts';
import { Smpp } from './carriers/smpp/smpp.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError, exposedSandbox } from './config.ts';
import { restrictDataDirectory } from './data-directory.ts';
import { addDays } from './db/days.ts';
import type { Db } from './db/db.ts';
import { startJanitors } from './db/janitor.ts';
import { addDaysAhead } from './db/janitors/add-days.ts';
import { checkpoint } from './db/janitors/checkpoint.ts';
import { dropDays } from './db/janitors/drop-days.ts';
import { redactDays } from './db/janitors/redact-days.ts';
import { vacuumAll } from './db/janitors/vacuum-all.ts';
import { vacuumJobs } from './db/janitors/vacuum-jobs.ts';
import { migrate } from './db/migrate.ts';
import { explained, openStore } from './db/open.ts';
import { reachable } from './db/reachable.ts';
import { followStore } from './db/store-clock.ts';
import { keepAhead, markStream } from './events/mark.ts';
import { createStream } from './events/stream.ts';
import { createGuesses } from './http/guesses.ts';
import { Listener } from './http/listener.ts';
import { createServer, type Extension } from './http/server.ts';
import { createShedding } from './http/shedding.ts';
import { createIds } from './ids.ts';
import { createInbound } from './inbound/inbound.ts';
import { createReplies } from './inbound/replies.ts';
import { createLog, type Log } from './log.ts';
import { isLoopbackAddress } from './loopback.ts';
import { createAccept } from './messages/accept.ts';
import { expireInboundKeys } from './messages/expire-inbound-keys.ts';
import { expireKeys } from './messages/expire-keys.ts';
import { createLookup } from './messages/lookup.ts';
import { redactMessages } from './messages/redact.ts';
import { createTransitions } from './messages/transition.ts';
import { createMetrics, tally, watchLinks, watchPriorities, watchQueues, watchStore } from './metrics.ts';
import { createNumbers } from './numbers/numbers.ts';
import { createOptOuts } from './optouts/optouts.ts';
import { createRepair } from './optouts/repair.ts';
import { reportFaulty } from './optouts/report.ts';
import { BINDS, Link } from './outbound/link.ts';
import { Outbound } from './outbound/outbound.ts';
import { createOutcomes } from './outbound/outcomes.ts';
import { Paces } from './outbound/pace.ts';
import { createOverview } from './overview/overview.ts';
import { Backlog } from './queue/backlog.ts';
import { delaysOf } from './queue/delay.ts';
import { Heartbeat } from './queue/heartbeat.ts';
import { createQueue } from './queue/queue.ts';
import { WorkerShare } from './queue/share.ts';
import { createReceipts } from './receipts/receipts.ts';
import { redactReceipts } from './receipts/redact.ts';
import { CANONICAL, close, DEMO_CLIENTS, pointAtInbox, seed } from './sandbox/demo.ts';
import { handsetRoute } from './sandbox/handset.ts';
import { Inbox } from './sandbox/inbox/inbox.ts';
import { inboxRoutes } from './sandbox/inbox/routes.ts';
import { type Stop, stopAll } from './stops.ts';
import { createDeliveries } from './webhooks/deliveries.ts';
import { createTrim, expireEndpoints } from './webhooks/expire-endpoints.ts';
import { expireReplays } from './webhooks/expire-replays.ts';
import { createHealth } from './webhooks/health.ts';
import { Poster } from './webhooks/post.ts';
import { redactAttempts } from './webhooks/redact.ts';
import { createReplays } from './webhooks/replays.ts';
import { Targets } from './webhooks/targets.ts';
import { createTestEvents } from './webhooks/test-event.ts';
import { Webhooks } from './webhooks/webhooks.ts';
import { createTargetOf } from './webhooks/where.ts';

/** Replacements for tests. */
export interface Overrides {
  clock?: Clock;
  log?: Log;
  /** Multiplies the simulator's delays. */
  simulatorPace?: number;
  /** Processes that may be bound to the simulator at once. */
  simulatorLinks?: number;
  pollMs?: number;
}

export type RedCloud = Awaited<ReturnType<typeof start>>;

/**
 * Composes the modules by role and starts them: store, carriers, HTTP server, workers. `stop` stops them in reverse
 * order.
 */
export async function start(config: Config, overrides: Overrides = {}) {
  const log = overrides.log ?? createLog(config.logLevel);
  const stops: Stop[] = [];
  const runs = (role: Config['roles'][number]) => config.roles.includes(role);
  const carriers = config.carriers && carriersOf(config.carriers);

  for (const { path, code } of restrictDataDirectory(config.dataDir)) log.warn({ event: 'mode_not_set', path, code });
  const db = await openStore(config, log);
  stops.push({ name: 'store', stop: () => db.close() });
  try {
    const applied = await migrate(db);
    log.info({ event: 'store_ready', kind: db.kind, migrations: applied });
    const clock = overrides.clock ?? (await clockOf(db, log, stops));
    await keepAhead(db);
    // On failure, a maintenance task adds the partitions later. Rows without a partition of their day are accepted
    // until then.
    await addDays(db, clock).catch((error) => log.warn({ event: 'days_not_added', reason: (error as Error).message }));

    const ids = createIds(clock);
    const workers: { start(): void; look(): void; stop(signal: AbortSignal): Promise<void> }[] = [];
    const look = () => {
      for (const worker of workers) worker.look();
    };
    const { roles } = config;
    const metrics = createMetrics();
    // The links are created after the first heartbeat of this process.
    let linksNow: () => { name: string; state: string }[] = () => [];
    const counters = async () => ({ ...(await tally(metrics)), links: linksNow() });
    const heartbeat = new Heartbeat({
      db,
      clock,
      ids,
      log,
      roles,
      counters,
      onAlive: look,
      onFreed: () => wakeAll(db),
    });
    await heartbeat.start();
    stops.push({ name: 'heartbeat', stop: () => heartbeat.stop() });
    const keys = createKeys(config.secretKey ?? keptSecretKey(config.dataDir));
    const fixedTokens = new Map(config.sandbox ? [[CANONICAL.accessToken, CANONICAL.clientId]] : []);
    const tokens = createTokens(keys.tokens, clock, fixedTokens);
    const sessions = createSessions({ db, clock });
    const barred = config.sandbox ? new Set<string>() : DEMO_CLIENTS;
    const accounts = createAccounts({ db, keys, ids, clock, barred });
    if (!(await accounts.ownsSecrets())) throw new ConfigError(OTHER_KEY);
    const autoReplies = createAutoReplies({ db, clock });
    const numbers = createNumbers({ db, ids, clock });
    const optOuts = createOptOuts({ db, clock, metrics });
    const optOutRepair = createRepair({ db, clock, e164Of: async (numberId) => (await numbers.byId(numberId))?.e164 });
    const queue = createQueue({ db, clock, holder: heartbeat });
    // Jobs of a claim or commit without a response were never begun. Returns them to the queue unchanged. Jobs that are
    // still held when the process ends count as interrupted instead.
    stops.push({ name: 'leases', stop: () => queue.reclaim() });
    const simulator = () =>
      new Simulator({
        name: 'simulator',
        ledgerFile: join(config.dataDir, 'simulator', 'ledger.ndjson'),
        clock,
        ids,
        pace: overrides.simulatorPace ?? 1,
      });
    const backlog = new Backlog({ db, clock, log });
    const workerShare = new WorkerShare(() => outbound.waitsForCarrier());
    if (runs('api')) workerShare.start();
    stops.push({ name: 'worker share', stop: async () => workerShare.stop() });
    const accept = createAccept({
      ...{ db, queue, backlog, numbers, optOuts, ids, clock },
      limits: config.queueLimits,
      delaySeconds: (lane) => shedding.secondsOf(lane),
    });
    const transitions = createTransitions({ db, queue });
    const alone = carriers?.carriers.every(({ processes }) => processes === 1) ?? (overrides.simulatorLinks ?? 1) === 1;
    const receipts = createReceipts({
      ...{ transitions, queue, clock, log, metrics, alone },
      inFlight: () => outbound.inFlight,
      settled: () => outbound.settled(),
    });
    const inbound = createInbound({ db, numbers, optOuts, queue, ids, clock, log, metrics });
    watchStore(metrics, () => reachable(db));
    watchQueues(metrics, backlog);

    const onReport: CarrierHandlers['onReport'] = (...report) => outbound.settles(receipts.take(...report));
    const handlers = { onReport, onInbound: inbound.take };
    const link = { db, log, holder: heartbeat, handlers, onUp: () => outbound.look() };
    const links = carriers
      ? carriers.carriers.map((settings) => {
          const create = () => new Smpp({ settings });
          return new Link({ ...link, name: settings.name, links: settings.processes, create });
        })
      : [new Link({ ...link, name: 'simulator', links: overrides.simulatorLinks ?? 1, create: simulator })];
    const carrier = links.find(({ name }) => name === carriers?.default) ?? (links[0] as Link);
    const used = carriers?.carriers.find(({ name }) => name === carrier.name);
    const pollMs = overrides.pollMs ? { pollMs: overrides.pollMs } : {};
    const shared = { db, queue, transitions, clock, log, metrics, ...pollMs };
    const outbound = new Outbound({
      ...shared,
      carrier,
      paces: used?.pace && new Paces(used.pace, used.processes),
      campaignOf: async (numberId) => (await numbers.byId(numberId))?.campaignRegId ?? null,
      optedOut: async ({ apiClientId, numberId, to }) =>
        (await optOuts.among({ apiClientId, numberId, recipients: [to] })).size > 0,
      maySend: (apiClientId) => !barred.has(apiClientId),
      outcomeDeadlineSeconds: config.outcomeDeadlineSeconds,
      share: workerShare.of('outbound'),
      onRecorded: async (reports) => {
        await Promise.all(reports.map(receipts.joinRecorded));
      },
    });
    const outcomes = createOutcomes(shared);
    const replies = createReplies({ ...shared, accept, autoReplies });
    const health = createHealth({ db, clock, log, metrics, trim: createTrim({ db, accounts, numbers }) });
    const targets = targetsOf(config);
    const poster = () => new Poster({ targets, proxy: config.webhookProxy });
    const schedule = config.webhookRetrySchedule;
    const webhooks = new Webhooks({
      ...shared,
      accounts,
      numbers,
      health,
      poster: poster(),
      schedule,
      share: workerShare.of('webhooks'),
    });
    const stream = createStream(db);
    const replays = createReplays({ db, stream, ids, clock, log });
    const testEvents = createTestEvents({ accounts, poster: poster(), ids, clock, log });
    stops.push({ name: 'test events', stop: () => testEvents.stop() });
    const overview = createOverview({ db, clock, log, backlog });
    const customers = {
      ...{ lookup: createLookup(db), stream, deliveries: createDeliveries({ db, stream }) },
      targetOf: createTargetOf({ accounts, numbers, health }),
      ...{ replays, health, testEvents, inbound: inbound.takeWhole, overview },
    };

    const sandbox = config.sandbox && runs('api');
    if (sandbox) await seed({ accounts, numbers });
    if (!config.sandbox) await close(accounts);
    const extensions: Extension[] = [];
    if (sandbox) {
      extensions.push(inboxRoutes(new Inbox(() => secretsOf(accounts, CANONICAL.clientId), clock)));
      const carrierRef = () => ids.next('msg').replace('msg_', 'sim-handset-').toLowerCase();
      extensions.push(
        handsetRoute(async (message) => {
          const { messageId } = await inbound.takeWhole('simulator', { carrierRef: carrierRef(), ...message });
          return messageId;
        }),
      );
    }
    const linkStates = () => (runs('outbound') ? links.map((one) => ({ name: one.name, state: one.state() })) : []);
    linksNow = linkStates;
    watchLinks(metrics, linkStates);
    // A slow carrier delays messages as well. Such a delay is no overload of this process.
    const isOverloaded = () => runs('outbound') && !outbound.waitsForCarrier();
    const perSecond = () => workerShare.capacity('outbound') * heartbeat.senders;
    const delays = () => (isOverloaded() ? delaysOf(backlog.due(), perSecond()) : []);
    const shedding = createShedding({ delays, maxSeconds: config.maxDelaySeconds });
    watchPriorities(metrics, { workerShare: () => workerShare.share, delaySeconds: shedding.longestSeconds });
    stops.push({ name: 'shedding', stop: async () => shedding.stop() });
    const app = await createServer(
      {
        ...{ config, db, accounts, autoReplies, tokens, sessions, numbers, targets, optOuts, optOutRepair },
        ...{ accept, ...customers },
        ...{
          carriers: linkStates,
          shedding,
          workerShare,
          guesses: createGuesses({ clock, log, metrics }),
          metrics,
          ids,
          log,
        },
      },
      extensions,
    );
    const listener = new Listener(app);
    if (runs('api')) backlog.start();
    if (runs('api') && config.adminToken) overview.start();
    stops.push({ name: 'overview', stop: () => overview.stop() });
    stops.push({ name: 'backlog', stop: () => backlog.stop() });
    const keep = { db, clock, seconds: config.idempotencySeconds };
    const janitors = [
      addDaysAhead({ db, clock }),
      dropDays({ db, clock, log, days: config.retentionDays, unfinished: queue.anyAbout }),
      redactDays({
        db,
        clock,
        days: config.textDays,
        redactors: [redactMessages(db), redactReceipts(db), redactAttempts(db)],
      }),
      expireKeys(keep),
      expireInboundKeys(keep),
      expireSessions({ db, clock }),
      expireAnswers({ db, clock }),
      expireEndpoints({ db, accounts, numbers, clock }),
      expireReplays({ db, clock }),
      markStream(db),
    ];
    if (db.kind === 'embedded') janitors.push(vacuumJobs(db), vacuumAll(db), checkpoint(db));
    if (runs('outbound')) workers.push(outbound, outcomes);
    if (runs('webhooks')) workers.push(webhooks);
    // Replies are sent by processes that accept sends, since the limits of waiting messages are known there.
    if (runs('api')) workers.push(replies);
    const deadline = new AbortController();

    stops.push({ name: 'maintenance', stop: startJanitors(janitors, log, () => heartbeat.isLeader()) });
    stops.push({ name: 'lease recovery', stop: async () => queue.stopReclaiming() });
    stops.push({ name: 'receipts', stop: () => receipts.stopSweeping() });
    stops.push({ name: 'inbound', stop: async () => inbound.stopSweeping() });
    stops.push({ name: 'replays', stop: () => replays.stop() });
    stops.push({ name: 'carriers', stop: () => Promise.all(links.map((one) => one.stop())) });
    // Stops all within one deadline. No new work comes in while running work is finished or returned to the queue.
    const stopWorkers = () => workers.map((worker) => worker.stop(deadline.signal));
    stops.push({
      name: 'HTTP server and workers',
      stop: () => Promise.all([listener.close(deadline.signal), ...stopWorkers()]),
    });

    const url = await listener.listen(config);
    // A hosts file or a resolver may resolve `localhost` to another address.
    const exposed = listener.addresses().find((address) => !isLoopbackAddress(address));
    if (config.sandbox && exposed) throw exposedSandbox(config.host, exposed);
    if (sandbox) await pointAtInbox(accounts, `${url}/sandbox/inbox`);
    if (runs('outbound')) {
      await Promise.all(links.map((one) => one.start()));
      receipts.startSweeping();
      inbound.startSweeping();
    }
    for (const worker of workers) worker.start();
    if (runs('webhooks')) replays.start();
    queue.startReclaiming(log);
    if (runs('api')) stops.push(reportFaulty(optOutRepair, log));

    return {
      url,
      /** Looks for due work now. Tests call `look` after they advance the clock. */
      look: async () => {
        await heartbeat.renew();
        look();
        replays.look();
      },
      /**
       * Takes no more work, finishes running work or returns it to the queue within `config.stopSeconds`, and closes
       * the store.
       */
      stop: async () => {
        const timer = setTimeout(() => deadline.abort(), config.stopSeconds * 1000);
        await stopAll(stops, log, deadline.signal);
        clearTimeout(timer);
      },
    };
  } catch (error) {
    await stopAll(stops, log);
    throw explained(error, config.databaseUrl);
  }
}

const OTHER_KEY =
  'RC_SECRET_KEY: the secrets in this database were encrypted with another key. Set that key. With this key, no ' +
  'webhook could be signed and no client could sign in.';

/** @throws ConfigError with the path of the invalid field. */
function carriersOf({ file, text, secret }: NonNullable<Config['carriers']>): Carriers {
  try {
    return readCarriers(text, secret);
  } catch (error) {
    if (error instanceof CarrierSettingsError) throw new ConfigError(`RC_CARRIERS: ${file}: ${error.message}.`);
    throw error;
  }
}

/** Webhook secrets that the client has received: the current one, and the former one during a rotation. */
async function secretsOf(accounts: Accounts, clientId: string): Promise<string[]> {
  const { current, former } = (await accounts.webhookSettings(clientId))?.secrets ?? {};
  return [current, former].filter((secret) => secret !== undefined);
}

function targetsOf({ webhookAllowedNetworks, webhookProxy, sandbox }: Config): Targets {
  return new Targets({ networks: webhookAllowedNetworks, anywhere: sandbox, proxied: webhookProxy !== undefined });
}

/**
 * Clock that all processes of a store share. An embedded store has one process, which uses the clock of its machine.
 */
async function clockOf(db: Db, log: Log, stops: Stop[]): Promise<Clock> {
  if (db.kind === 'embedded') return systemClock;
  const clock = await followStore(db, log);
  stops.push({ name: 'clock', stop: async () => clock.stop() });
  return clock;
}

/** Wakes all queues and links, since any process may take the freed work. */
function wakeAll(db: Db): void {
  for (const topic of [BINDS, 'outbound', 'outcomes', 'webhooks', 'replies']) db.wake(topic);
}
