import type { Targets } from '#egress/targets.ts';
import { createStream, type Stream } from '#events/stream.ts';
import { createReplies } from '#inbound/replies.ts';
import { type Accept, createAccept } from '#messages/lifecycle/accept.ts';
import { readEvents } from '#messages/lookup/events.ts';
import { Outbound } from '#outbound/outbound.ts';
import { createOutcomes } from '#outbound/outcomes.ts';
import { Poster } from '#webhooks/delivery/post.ts';
import { Webhooks } from '#webhooks/delivery/webhooks.ts';
import { createTrim } from '#webhooks/endpoints/expire-endpoints.ts';
import { Health } from '#webhooks/endpoints/health.ts';
import { Replays } from '#webhooks/history/replays.ts';
import { createTestEvents, type TestEvents } from '#webhooks/test-event/test-event.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';
import type { MediaModules } from './media.ts';
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
  { webhookSecrets, autoReplies, numbers, optOuts, barred }: Identity,
  { claims, deliverables, createFetcher, targets }: MediaModules,
  { transitions, receipts, inFlight, carriers, routeOf }: CarrierModules,
  { workerShare, admission }: Priorities,
): WorkerModules {
  const { config, overrides, db, queue, backlog, clock, ids, log, metrics, lifecycle, runs } = core;
  const pollMs = overrides.pollMs ? { pollMs: overrides.pollMs } : {};
  const common = { db, queue, transitions, clock, log, metrics, ...pollMs };
  const accept = createAccept({
    ...{ db, queue, backlog, numbers, admission, ids, clock },
    ...{ media: claims, routeOf },
  });
  const outbounds = carriers.map(
    ({ queue: name, link, paces }) =>
      new Outbound({
        ...{ ...common, name, carrier: link, paces, inFlight },
        campaignOf: async (numberId) => (await numbers.byId(numberId))?.campaignRegId ?? null,
        obstacle: (message) => admission.obstacle(message),
        prepare: (client, media, limits) => deliverables.prepare(client, media, limits),
        maySend: (apiClientId) => !barred.has(apiClientId),
        outcomeDeadlineSeconds: config.outcomeDeadlineSeconds,
        share: workerShare.of('outbound'),
        onOptedOut: async ({ apiClientId, numberId, to: recipient }) => {
          await optOuts.add({ apiClientId, numberId, recipient, origin: 'CARRIER' });
        },
        onRecorded: async (reports) => {
          await Promise.all(reports.map((report) => receipts.joinRecorded(report)));
        },
      }),
  );
  const lookAgain = () => {
    for (const outbound of outbounds) outbound.look();
  };
  const health = new Health({ db, clock, log, metrics, trim: createTrim({ db, webhookSecrets, numbers }) });
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
  if (runs('outbound')) workers.push(...outbounds, createOutcomes(common), createFetcher(lookAgain));
  if (runs('webhooks')) workers.push(webhooks);
  // Replies are sent by processes that accept sends, since the limits of waiting messages are known there.
  if (runs('api')) workers.push(createReplies({ ...common, accept, autoReplies }));
  return {
    ...{ accept, stream, health, targets, testEvents, workers },
    replays: new Replays({ db, stream, ids, clock, log }),
  };
}
