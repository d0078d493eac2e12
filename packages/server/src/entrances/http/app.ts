import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Registry } from 'prom-client';
import type { InboundMessage } from '#carriers/carrier.ts';
import type { Store } from '#db/db.ts';
import type { Stream } from '#events/stream.ts';
import type { Accounts } from '#identity/accounts.ts';
import type { ApiClient, ApiClients } from '#identity/api-clients.ts';
import type { AutoReplies } from '#identity/auto-replies.ts';
import type { ClientSecrets } from '#identity/client-secrets.ts';
import type { QuietHoursSettings } from '#identity/quiet-hours.ts';
import type { Sessions } from '#identity/sessions.ts';
import type { Tokens } from '#identity/tokens.ts';
import type { WebhookSecrets } from '#identity/webhook-secrets.ts';
import type { Library } from '#media/library.ts';
import type { Links } from '#media/links.ts';
import type { BulkSends } from '#messages/bulk/bulk-sends.ts';
import type { Canceler } from '#messages/cancel/canceler.ts';
import type { Accepted } from '#messages/lifecycle/accept.ts';
import type { ExplainRoute } from '#messages/lifecycle/explain-route.ts';
import type { MessageMetrics } from '#messages/lifecycle/metrics.ts';
import type { Previewer } from '#messages/lifecycle/preview.ts';
import type { Rescheduler } from '#messages/lifecycle/rescheduler.ts';
import type { Lookup } from '#messages/lookup/lookup.ts';
import type { Rejections } from '#messages/lookup/rejections.ts';
import type { Media, SendRequest } from '#messages/request/send-request.ts';
import type { MmsProblem, Numbers, PhoneNumber } from '#numbers/numbers.ts';
import type { OptOuts } from '#optouts/optouts.ts';
import type { Repair } from '#optouts/repair.ts';
import type { CarrierAdmin } from '#overview/carrier-admin.ts';
import type { Overview } from '#overview/overview.ts';
import type { Config } from '#platform/config.ts';
import type { Ids } from '#platform/ids.ts';
import type { Log } from '#platform/log.ts';
import type { Pools } from '#pools/pools.ts';
import type { Health } from '#webhooks/endpoints/health.ts';
import type { createTargetOf } from '#webhooks/endpoints/resolve-target.ts';
import type { Deliveries } from '#webhooks/history/deliveries.ts';
import type { Replays } from '#webhooks/history/replays.ts';
import type { TestEvents } from '#webhooks/test-event/test-event.ts';
import type { Principal } from './auth/principal.ts';
import type { InternalConnections } from './connections/internal.ts';
import type { WebhookTargets } from './documents/urls.ts';
import type { Guesses } from './limits/guesses.ts';
import type { LimitedRequest } from './limits/limits.ts';
import type { HttpMetrics } from './metrics.ts';

/** HTTP server, with types that follow from the schemas of each route. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Modules that the routes may call. */
export interface Modules {
  config: Pick<Config, 'adminToken' | 'hasOpenOperator' | 'publicUrl' | 'roles' | 'sandbox' | 'trustedProxies'>;
  /** Connections of the internal address. Absent: all connections may use all routes. */
  internal?: InternalConnections | undefined;
  db: Store;
  accounts: Accounts;
  apiClients: ApiClients;
  clientSecrets: ClientSecrets;
  webhookSecrets: WebhookSecrets;
  autoReplies: AutoReplies;
  tokens: Tokens;
  sessions: Sessions;
  numbers: Numbers;
  pools: Pools;
  quietHours: Pick<QuietHoursSettings, 'of' | 'set'>;
  optOuts: OptOuts;
  optOutRepair: Repair;
  targets: WebhookTargets;
  media: Library;
  mediaLinks: Pick<Links, 'read'>;
  accept(apiClientId: string, key: string, request: SendRequest): Promise<Accepted>;
  canceler: Pick<Canceler, 'one' | 'withReference'>;
  bulkSends: Pick<BulkSends, 'put' | 'find' | 'list' | 'cancel'>;
  previewer: Pick<Previewer, 'preview'>;
  rescheduler: Pick<Rescheduler, 'reschedule'>;
  lookup: Lookup;
  rejections: Rejections;
  stream: Stream;
  /**
   * Takes a message from a handset. Resolves when the message is committed.
   * @throws ApiError INVALID_REQUEST if the client of the number does not have the media.
   */
  inbound(
    carrier: string,
    message: Omit<InboundMessage, 'media' | 'toCopy' | 'fragment'> & { media: readonly Media[] | null },
  ): Promise<{ outcome: 'new' | 'repeat' | 'unassigned'; messageId: string }>;
  /** Hold after a restore. */
  hold: { find(): Promise<{ begunAt: Date; doubted: number } | undefined>; release(): Promise<unknown> };
  overview: Overview;
  deliveries: Deliveries;
  replays: Replays;
  health: Health;
  testEvents: TestEvents;
  /** Current target of an event. */
  targetOf: ReturnType<typeof createTargetOf>;
  carriers: {
    admin: CarrierAdmin;
    explain: ExplainRoute;
    /** Names of the configured carriers. */
    names(): string[];
    /** Links of this process and their states, for readiness. */
    states(): { name: string; state: string }[];
    /** Reason why the carrier of a number cannot send MMS. Sends are checked by the same rule. */
    mmsProblem(number: PhoneNumber): MmsProblem | undefined;
  };
  /** Gives sends priority over the workers of this process. */
  workerShare: {
    /** Counts a send. @returns a function to call at its end, with the number of accepted messages. */
    send(): (messages: number) => void;
  };
  /** Route for callbacks of carriers. Undefined without a carrier that sends any. */
  callbacks: ((app: App) => void) | undefined;
  guesses: Guesses;
  registry: Registry;
  metrics: HttpMetrics & Pick<MessageMetrics, 'accepted' | 'rejected' | 'replayed'>;
  ids: Ids;
  log: Log;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every request below /api/core and /api/admin that was authenticated. */
    principal: Principal | undefined;
    /** API client of the principal. @throws Error outside of /api/core. */
    readonly apiClient: ApiClient;
    /** Fields that a route adds to the log line of the request. */
    logged: Record<string, unknown>;
    /** Set on requests with a concurrency limit. */
    limited: LimitedRequest | undefined;
  }
}
