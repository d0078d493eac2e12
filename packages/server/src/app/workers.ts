import type { Targets } from '#egress/targets.ts';
import { createStream, type Stream } from '#events/stream.ts';
import type { Copier } from '#inbound/copies.ts';
import { createReplies } from '#inbound/replies.ts';
import { BulkSends } from '#messages/bulk/bulk-sends.ts';
import { Canceler } from '#messages/cancel/canceler.ts';
import { CancelRequests } from '#messages/cancel/requests.ts';
import { type Accept, createAccept } from '#messages/lifecycle/accept.ts';
import { Previewer } from '#messages/lifecycle/preview.ts';
import { Releaser } from '#messages/lifecycle/releaser.ts';
import { Rescheduler } from '#messages/lifecycle/rescheduler.ts';
import type { Routing } from '#messages/lifecycle/routes.ts';
import { readEvents } from '#messages/lookup/events.ts';
import type { Link } from '#outbound/link.ts';
import { LookUps } from '#outbound/lookups.ts';
import { Outbound } from '#outbound/outbound.ts';
import { createOutcomes } from '#outbound/outcomes.ts';
import { SharedLink } from '#outbound/shared-link.ts';
import { QuietHoursPolicy } from '#policies/quiet-hours/policy.ts';
import { quietHoursOf } from '#policies/quiet-hours/window.ts';
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
import { Outbounds } from './outbounds.ts';
import type { Priorities } from './priorities.ts';
import type { Rerouting } from './rerouting.ts';

/** Worker of one queue. */
interface Worker {
  start(): void;
  /** Looks for due jobs now. */
  look(): void;
  stop(deadline: AbortSignal): Promise<void>;
}

export interface WorkerModules {
  accept: Accept;
  canceler: Canceler;
  bulkSends: BulkSends;
  previewer: Previewer;
  rescheduler: Rescheduler;
  stream: Stream;
  health: Health;
  targets: Targets;
  replays: Replays;
  testEvents: TestEvents;
  outbounds: Outbounds;
  /** Workers of the roles of this process. */
  workers: readonly Worker[];
}

export function createWorkers(
  core: Core,
  { webhookSecrets, autoReplies, numbers, optOuts, barred, quietHours: settings }: Identity,
  { claims, deliverables, createFetcher, targets }: MediaModules,
  { transitions, receipts, inFlight, carriers, router, poolSenders, queueOf }: CarrierModules,
  { workerShare, admission }: Priorities,
  { elsewhere, route }: Rerouting,
  copier: Copier | undefined,
): WorkerModules {
  const { config, overrides, db, queue, suspension, journal, backlog, clock, ids, log, metrics, lifecycle, runs } =
    core;
  const pollMs = overrides.pollMs ? { pollMs: overrides.pollMs } : {};
  const common = { db, queue, transitions, clock, log, metrics, ...pollMs };
  const routing: Routing = {
    routeAll: (...request) => router.routeAll(...request),
    route: (message) => router.route(message),
    isUnsettled: () => router.isUnsettled,
    outagesOf: (sender) => router.outagesOf(sender),
    takesTest: (message) => router.takesTest(message),
    canLeave: (sender) => router.canLeave(sender),
    mediaLimits: (sender) => router.mediaLimits(sender),
    queueOf,
    carrierOf: (queue) => carriers.all.find((one) => one.queue === queue)?.name,
  };
  const quietHours = new QuietHoursPolicy({ clock, settingsOf: async (id) => quietHoursOf(await settings.of(id)) });
  const rescheduler = new Rescheduler({
    ...{ db, clock, suspension },
    permitted: (message) => quietHours.permitted(message),
  });
  const canceler = new Canceler({ db, clock, transitions, metrics, suspension });
  const bulkSends = new BulkSends({ db, clock, canceler });
  const previewer = new Previewer({
    ...{ numbers, bulkSends, poolSenders, routing, media: claims, admission, quietHours, clock },
    delaySeconds: (lane) => admission.delaySeconds(lane),
  });
  const accept = createAccept({
    ...{ db, queue, backlog, numbers, admission, ids, clock },
    ...{ media: claims, poolSenders, routing, quietHours, bulkSends },
  });
  const cancelRequests = new CancelRequests(db, log);
  lifecycle.add({ name: 'cancel requests', start: () => cancelRequests.start(), stop: () => cancelRequests.stop() });
  const outbounds = new Outbounds(
    carriers.all,
    ({ name: carrier, queue: name, gate, paces }) =>
      new Outbound({
        ...{ ...common, name, carrier: gate, paces, inFlight, journal },
        isAccepted: (submit) => receipts.isAccepted(submit),
        elsewhere: (message, refusal) => elsewhere(carrier, message, refusal),
        campaignOf: async (numberId) => (await numbers.byId(numberId))?.campaignRegId ?? null,
        obstacle: (message) => admission.obstacle(message),
        quietUntil: (message) => quietHours.until(message),
        isCanceled: (messageId) => cancelRequests.has(messageId),
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
  const lookUps = new LookUps({
    ...common,
    carrierOf: (name) => lookUpAt(carriers.find(name)?.link),
    onReport: (carrier, report) => receipts.take(carrier, report),
    outcomeDeadlineSeconds: config.outcomeDeadlineSeconds,
  });
  const releaser = new Releaser({ db, clock, log, queueOf, route: (message) => route(message, NONE_REFUSED) });
  if (runs('outbound')) {
    workers.push(
      releaser,
      outbounds,
      createOutcomes(common),
      lookUps,
      createFetcher(() => outbounds.look()),
    );
  }
  if (runs('api') && copier) workers.push(copier);
  if (runs('webhooks')) workers.push(webhooks);
  // Replies are sent by processes that accept sends, since the limits of waiting messages are known there.
  if (runs('api')) workers.push(createReplies({ ...common, accept, autoReplies }));
  return {
    ...{ accept, canceler, bulkSends, previewer, rescheduler, stream, health, targets, testEvents, workers, outbounds },
    replays: new Replays({ db, stream, ids, clock, log }),
  };
}

const NONE_REFUSED: ReadonlySet<string> = new Set();

/** Only carriers with an HTTP API list their messages. */
function lookUpAt(link: Link | SharedLink | undefined): SharedLink | undefined {
  return link instanceof SharedLink ? link : undefined;
}
