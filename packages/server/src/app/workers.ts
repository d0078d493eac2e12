import { createStream, type Stream } from '#events/stream.ts';
import { createReplies } from '#inbound/replies.ts';
import { type Accept, createAccept } from '#messages/lifecycle/accept.ts';
import { readEvents } from '#messages/lookup/events.ts';
import { Outbound } from '#outbound/outbound.ts';
import { createOutcomes } from '#outbound/outcomes.ts';
import type { Config } from '#platform/config.ts';
import { Poster } from '#webhooks/delivery/post.ts';
import { Targets } from '#webhooks/delivery/targets.ts';
import { Webhooks } from '#webhooks/delivery/webhooks.ts';
import { createTrim } from '#webhooks/endpoints/expire-endpoints.ts';
import { Health } from '#webhooks/endpoints/health.ts';
import { Replays } from '#webhooks/history/replays.ts';
import { createTestEvents, type TestEvents } from '#webhooks/test-event/test-event.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';
import type { Priorities } from './priorities.ts';

/** Worker of one queue. */
interface Worker {
  start(): void;
  /** Looks for due jobs now. */
  look(): void;
  stop(deadline: AbortSignal): Promise<void>;
}

export interface WorkerModules {
  accept: Accept;
  stream: Stream;
  health: Health;
  targets: Targets;
  replays: Replays;
  testEvents: TestEvents;
  /** Workers of the roles of this process. */
  workers: readonly Worker[];
}

export function createWorkers(
  core: Core,
  { webhookSecrets, autoReplies, numbers, barred }: Identity,
  { transitions, receipts, inFlight, carrier, paces }: CarrierModules,
  { workerShare, admission }: Priorities,
): WorkerModules {
  const { config, overrides, db, queue, backlog, clock, ids, log, metrics, lifecycle, runs } = core;
  const pollMs = overrides.pollMs ? { pollMs: overrides.pollMs } : {};
  const common = { db, queue, transitions, clock, log, metrics, ...pollMs };
  const accept = createAccept({
    ...{ db, queue, backlog, numbers, admission, ids, clock },
  });
  const outbound = new Outbound({
    ...{ ...common, carrier, paces, inFlight },
    campaignOf: async (numberId) => (await numbers.byId(numberId))?.campaignRegId ?? null,
    obstacle: (message) => admission.obstacle(message),
    maySend: (apiClientId) => !barred.has(apiClientId),
    outcomeDeadlineSeconds: config.outcomeDeadlineSeconds,
    share: workerShare.of('outbound'),
    onRecorded: async (reports) => {
      await Promise.all(reports.map((report) => receipts.joinRecorded(report)));
    },
  });
  const health = new Health({ db, clock, log, metrics, trim: createTrim({ db, webhookSecrets, numbers }) });
  const targets = targetsOf(config);
  const poster = () => new Poster({ targets, proxy: config.webhookProxy });
  const webhooks = new Webhooks({
    ...{ ...common, webhookSecrets, numbers, health },
    poster: poster(),
    schedule: config.webhookRetrySchedule,
    share: workerShare.of('webhooks'),
  });
  const stream = createStream(db, readEvents);
  const testEvents = createTestEvents({ webhookSecrets, poster: poster(), ids, clock, log });
  lifecycle.add({ name: 'test events', stop: () => testEvents.stop() });
  const workers: Worker[] = [];
  if (runs('outbound')) workers.push(outbound, createOutcomes(common));
  if (runs('webhooks')) workers.push(webhooks);
  // Replies are sent by processes that accept sends, since the limits of waiting messages are known there.
  if (runs('api')) workers.push(createReplies({ ...common, accept, autoReplies }));
  return {
    ...{ accept, stream, health, targets, testEvents, workers },
    replays: new Replays({ db, stream, ids, clock, log }),
  };
}

function targetsOf({ webhookAllowedNetworks, webhookProxy, sandbox }: Config): Targets {
  return new Targets({ networks: webhookAllowedNetworks, anywhere: sandbox, proxied: webhookProxy !== undefined });
}
