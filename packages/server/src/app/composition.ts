import type { Carriers } from '#carriers/registry.ts';
import { InternalConnections } from '#entrances/http/connections/internal.ts';
import type { Listener } from '#entrances/http/listener.ts';
import { close, pointAtInbox, seed } from '#entrances/sandbox/demo.ts';
import { addSample } from '#entrances/sandbox/sample.ts';
import { reportFaulty } from '#optouts/report.ts';
import type { Rerouter } from '#outbound/rerouter.ts';
import { type Config, exposedSandbox } from '#platform/config.ts';
import { isLoopbackAddress } from '#platform/loopback.ts';
import { createCallbacks } from './callbacks.ts';
import { type CarrierModules, createCarriers } from './carriers.ts';
import type { Core } from './core.ts';
import { createHttp } from './http.ts';
import { createIdentity } from './identity.ts';
import { addMaintenance } from './maintenance.ts';
import { createMedia } from './media.ts';
import { createPriorities } from './priorities.ts';
import { Reloader } from './reload.ts';
import { createRerouting } from './rerouting.ts';
import { createWorkers, type WorkerModules } from './workers.ts';

/** Composes the modules by role, and starts them. Each step uses the modules of the steps before it. */
export async function compose(core: Core, settings: Carriers | undefined) {
  const { config, lifecycle, log } = core;
  const identity = await createIdentity(core);
  const media = await createMedia(core, identity);
  const carriers = createCarriers(core, identity, media, settings);
  const priorities = createPriorities(core, identity, carriers);
  const callbacks = createCallbacks(core, identity, media, carriers);
  const rerouting = createRerouting(core, identity, carriers);
  const workers = createWorkers(core, identity, media, carriers, priorities, rerouting, callbacks?.copier);
  const sandbox = config.sandbox && core.runs('api');
  if (sandbox) {
    await seed(identity);
    await addSample(media.library);
  }
  if (!config.sandbox) await close(identity.apiClients);
  const internal = config.internal && new InternalConnections();
  const entrances = { receiver: callbacks?.receiver, internal };
  const listener = await createHttp(core, identity, media, carriers, priorities, workers, entrances);
  addMaintenance(core, identity, media);
  const rerouter = rerouting.createRerouter((queue) => workers.outbounds.isBusy(queue));
  addWork(core, carriers, workers, rerouter, listener);
  if (core.runs('api')) lifecycle.add(reportFaulty(identity.optOutRepair, log));

  // Listens first, because a port in use must end the start before a carrier is bound.
  const { url, internalUrl } = await listen(listener, config, internal);
  if (sandbox) await pointAtInbox(identity.apiClients, `${url}/sandbox/inbox`);
  await lifecycle.start();
  core.onStarted();
  return running({ url, internalUrl }, core, workers, new Reloader(core, carriers, workers));
}

/** Adds the components that take work, so that they stop before all others. */
function addWork(
  core: Core,
  carriers: CarrierModules,
  { workers, replays }: WorkerModules,
  rerouter: Rerouter,
  listener: Listener,
): void {
  const { queue, log, heartbeat, lifecycle, runs } = core;
  const { receipts, inbound } = carriers;
  const recovery = queue.reclaiming(log);
  lifecycle.add({ name: 'lease recovery', start: () => recovery.start(), stop: () => recovery.stop() });
  lifecycle.add({
    name: 'media credentials of carriers',
    stop: () => Promise.all(carriers.carriers.all.map(({ callbacks }) => callbacks?.close())),
  });
  if (runs('outbound')) {
    lifecycle.add({ name: 'receipts', start: () => receipts.start(), stop: () => receipts.stop() });
    lifecycle.add({ name: 'rerouting', start: () => rerouter.start(), stop: () => rerouter.stop() });
    lifecycle.add({ name: 'inbound', start: () => inbound.start(), stop: () => inbound.stop() });
    lifecycle.add({
      name: 'carriers',
      start: () => Promise.all(carriers.carriers.all.map(({ link }) => link.start())),
      stop: () => Promise.all(carriers.carriers.all.map(({ link }) => link.stop())),
    });
  }
  if (runs('webhooks')) lifecycle.add({ name: 'replays', start: () => replays.start(), stop: () => replays.stop() });
  for (const worker of workers) heartbeat.onAlive(() => worker.look());
  // Stop together within one deadline. No new work comes in while running work is finished or returned to the queue.
  lifecycle.add({
    name: 'HTTP server and workers',
    stop: (deadline) => Promise.all([listener.close(deadline), ...workers.map((worker) => worker.stop(deadline))]),
  });
  lifecycle.add({
    name: 'start of the workers',
    start: () => {
      for (const worker of workers) worker.start();
    },
  });
}

/** @throws ConfigError if a sandbox is reachable from other machines. */
async function listen(
  listener: Listener,
  config: Config,
  internal: InternalConnections | undefined,
): Promise<{ url: string; internalUrl: string | undefined }> {
  const url = await listener.listen(config);
  refuseExposed('HOST', config.host);
  const internalUrl = config.internal && internal && (await listener.listenInternal(config.internal, internal));
  if (config.internal) refuseExposed('RC_INTERNAL_HOST', config.internal.host);
  return { url, internalUrl };

  /** A hosts file or a resolver may resolve `localhost` to another address. */
  function refuseExposed(setting: string, host: string): void {
    const exposed = listener.addresses().find((address) => !isLoopbackAddress(address));
    if (config.sandbox && exposed) throw exposedSandbox(setting, host, exposed);
  }
}

function running(
  { url, internalUrl }: { url: string; internalUrl: string | undefined },
  { config, heartbeat, lifecycle }: Core,
  { workers, replays }: WorkerModules,
  reloader: Reloader,
) {
  return {
    url,
    /** URL of the address for operators and monitoring. Undefined: `url` serves all routes. */
    internalUrl,
    /** Resolves with the reason why the process must stop. Stays pending as long as the process works. */
    failed: lifecycle.failed,
    /** Reads RC_CARRIERS again. An invalid file changes nothing. */
    reload: () => reloader.reload(),
    /** Looks for due work now. Tests call `look` after they advance the clock. */
    look: async () => {
      await heartbeat.renew();
      for (const worker of workers) worker.look();
      replays.look();
    },
    /**
     * Takes no more work, finishes running work or returns it to the queue within `config.stopSeconds`, and closes the
     * store.
     */
    stop: async () => {
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), config.stopSeconds * 1000);
      await lifecycle.stop(deadline.signal);
      clearTimeout(timer);
    },
  };
}
