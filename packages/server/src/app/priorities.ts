import { Admission } from '#policies/admission.ts';
import { ScheduledLimit } from '#policies/scheduled-limit.ts';
import { createShedding } from '#policies/shedding.ts';
import { delaysOf } from '#queue/delay.ts';
import { watchPriorities } from '#queue/metrics.ts';
import { scheduledOf } from '#queue/scheduled.ts';
import { WorkerShare } from '#queue/share.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';

/** Priority of requests over workers, and rejection of sends that would be submitted too late (ADR 0026). */
export interface Priorities {
  workerShare: WorkerShare;
  admission: Admission;
}

/**
 * Weight of the latest observation, and the share of observations above which the carrier is slow. A process that is too
 * busy to handle its own submits looks like a slow carrier for moments.
 */
const WEIGHT_OF_LATEST = 0.2;
const MOSTLY = 0.9;

export function createPriorities(
  core: Core,
  { numbers, optOuts }: Identity,
  { waitsForCarrier, senders }: CarrierModules,
): Priorities {
  const { config, backlog, registry, lifecycle, runs } = core;
  const workerShare = new WorkerShare(waitsForCarrier);
  if (runs('api')) {
    lifecycle.add({ name: 'worker share', start: () => workerShare.start(), stop: () => workerShare.stop() });
  }
  // A slow carrier delays messages as well. Such a delay is no overload of this process.
  let waiting = 0;
  const delays = () => {
    waiting += WEIGHT_OF_LATEST * (Number(waitsForCarrier()) - waiting);
    if (!runs('outbound') || waiting > MOSTLY) return [];
    return delaysOf(backlog.due(), workerShare.capacity('outbound') * senders());
  };
  const shedding = createShedding({ delays, maxSeconds: config.maxDelaySeconds });
  lifecycle.add({ name: 'shedding', stop: () => shedding.stop() });
  watchPriorities(registry, { workerShare: () => workerShare.share, delaySeconds: shedding.longestSeconds });
  const limits = config.queueLimits;
  const scheduledLimit = new ScheduledLimit({
    count: (client, most) => scheduledOf(core.db, client, most),
    ...{ backlog, perClient: config.maxScheduledPerClient },
  });
  const numberOf = (numberId: string) => numbers.byId(numberId);
  const admission = new Admission({
    ...{ optOuts, numberOf, backlog, limits, delaySeconds: shedding.secondsOf, shedding, scheduledLimit },
  });
  return { workerShare, admission };
}
