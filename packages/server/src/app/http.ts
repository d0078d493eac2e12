import type { CallbackReceiver } from '#entrances/callbacks/receiver.ts';
import { callbackRoute } from '#entrances/callbacks/route.ts';
import type { InternalConnections } from '#entrances/http/connections/internal.ts';
import { createGuesses } from '#entrances/http/limits/guesses.ts';
import { Listener } from '#entrances/http/listener.ts';
import { createServer, type Extension } from '#entrances/http/server.ts';
import { CANONICAL } from '#entrances/sandbox/demo.ts';
import { handsetRoute } from '#entrances/sandbox/handset.ts';
import { Inbox } from '#entrances/sandbox/inbox/inbox.ts';
import { inboxRoutes } from '#entrances/sandbox/inbox/routes.ts';
import { holdOf, release } from '#failover/hold.ts';
import type { WebhookSecrets } from '#identity/webhook-secrets.ts';
import { createExplainRoute } from '#messages/lifecycle/explain-route.ts';
import { routedSender } from '#messages/lifecycle/routes.ts';
import { createLookup } from '#messages/lookup/lookup.ts';
import { createRejections } from '#messages/lookup/rejections.ts';
import type { MmsProblem, PhoneNumber } from '#numbers/numbers.ts';
import { CarrierAdmin } from '#overview/carrier-admin.ts';
import { createOverview } from '#overview/overview.ts';
import type { Router } from '#routing/router.ts';
import { createTargetOf } from '#webhooks/endpoints/resolve-target.ts';
import { createDeliveries } from '#webhooks/history/deliveries.ts';
import type { CarrierModules } from './carriers.ts';
import type { Core } from './core.ts';
import type { Identity } from './identity.ts';
import type { MediaModules } from './media.ts';
import type { Priorities } from './priorities.ts';
import type { WorkerModules } from './workers.ts';

/** Creates the HTTP server with the routes of the roles and settings. The server does not listen yet. */
export async function createHttp(
  core: Core,
  identity: Identity,
  media: MediaModules,
  carriers: CarrierModules,
  priorities: Priorities,
  workers: WorkerModules,
  { receiver, internal }: { receiver: CallbackReceiver | undefined; internal: InternalConnections | undefined },
): Promise<Listener> {
  const { config, db, clock, ids, log, registry, metrics, backlog, lifecycle, runs } = core;
  const { webhookSecrets, numbers } = identity;
  const { stream, health } = workers;
  const overview = createOverview({ db, clock, log, backlog, countEndpoints: () => health.counts() });
  if (runs('api') && config.adminToken) {
    lifecycle.add({ name: 'overview', start: () => overview.start(), stop: () => overview.stop() });
  }
  const carrierAdmin = new CarrierAdmin({
    ...{ states: carriers.states, router: carriers.router, backlog },
    carriers: () => carriers.carriers.all,
    renew: () => core.heartbeat.now(),
    perSecondOf: (carrier) => overview.perSecondOf(carrier),
  });
  const app = await createServer(
    {
      ...{ config, db, ids, log, registry, metrics, overview, internal },
      ...identity,
      ...priorities,
      ...workers,
      media: media.library,
      mediaLinks: media.links,
      hold: { find: () => holdOf(db), release: () => release(db) },
      lookup: createLookup(db),
      rejections: createRejections(db),
      deliveries: createDeliveries({ db, stream }),
      targetOf: createTargetOf({ webhookSecrets, numbers, health }),
      inbound: (...message) => carriers.inbound.takeGiven(...message),
      carriers: {
        admin: carrierAdmin,
        explain: createExplainRoute({ numbers, poolSenders: carriers.poolSenders, routing: carriers.router }),
        names: () => carriers.carriers.all.map(({ name }) => name),
        states: carriers.linkStates,
        mmsProblem: (number) => mmsProblem(carriers.router, number),
      },
      callbacks: receiver && callbackRoute(receiver, config.publicUrl as string),
      guesses: createGuesses({ clock, log, metrics }),
    },
    config.sandbox && runs('api') ? sandboxRoutes(core, webhookSecrets, carriers) : [],
  );
  return new Listener(app);
}

function sandboxRoutes({ clock, ids }: Core, webhookSecrets: WebhookSecrets, { inbound }: CarrierModules): Extension[] {
  const carrierRef = () => ids.next('msg').replace('msg_', 'sim-handset-').toLowerCase();
  return [
    inboxRoutes(new Inbox(() => secretsOf(webhookSecrets, CANONICAL.clientId), clock)),
    handsetRoute(async (message) => {
      const { messageId } = await inbound.takeGiven('simulator', { carrierRef: carrierRef(), ...message });
      return messageId;
    }),
  ];
}

function mmsProblem(router: Router, number: PhoneNumber): MmsProblem | undefined {
  if (router.canLeave(routedSender(number, 'MMS', null))) return undefined;
  return router.canLeave(routedSender(number, 'SMS', null)) ? 'CARRIER_WITHOUT_MMS' : 'CARRIER_NOT_CONFIGURED';
}

/** Webhook secrets that the client has received: the current one, and the former one during a rotation. */
async function secretsOf(webhookSecrets: WebhookSecrets, clientId: string): Promise<string[]> {
  const { current, former } = (await webhookSecrets.settings(clientId))?.secrets ?? {};
  return [current, former].filter((secret) => secret !== undefined);
}
