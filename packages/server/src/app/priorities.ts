import { createShedding, type Shedding } from '#entrances/http/limits/shedding.ts';
import { delaysOf } from '#queue/delay.ts';
import { watchPriorities } from '#queue/metrics.ts';
import { WorkerShare } from '#queue/share.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';

/** Priority of requests over workers, and rejection of sends that would be submitted too late (ADR 0026). */
export interface Priorities {
  workerShare: WorkerShare;
  shedding: Shedding;
}

export function createPriorities(core: Core, { waitsForCarrier }: CarrierModules): Priorities {
  const { config, backlog, heartbeat, metrics, lifecycle, runs } = core;
  const workerShare = new WorkerShare(waitsForCarrier);
  if (runs('api')) {
    lifecycle.add({ name: 'worker share', start: () => workerShare.start(), stop: () => workerShare.stop() });
  }
  // A slow carrier delays messages as well. Such a delay is no overload of this process.
  const isOverloaded = () => runs('outbound') && !waitsForCarrier();
  const perSecond = () => workerShare.capacity('outbound') * heartbeat.senders;
  const delays = () => (isOverloaded() ? delaysOf(backlog.due(), perSecond()) : []);
  const shedding = createShedding({ delays, maxSeconds: config.maxDelaySeconds });
  lifecycle.add({ name: 'shedding', stop: () => shedding.stop() });
  watchPriorities(metrics, { workerShare: () => workerShare.share, delaySeconds: shedding.longestSeconds });
  return { workerShare, shedding };
}
