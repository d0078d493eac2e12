import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyRequest, LogController, type RouteOptions } from 'fastify';
import { ApiError, invalidRequest, notFound } from '#platform/errors.ts';
import type { Ids } from '#platform/ids.ts';
import type { App, Modules } from './app.ts';
import { requireApiClient, requireOperator } from './auth/bearer.ts';
import { apiClientOf, logFields } from './auth/principal.ts';
import { Connections } from './connections/connections.ts';
import { consolePages } from './documents/console.ts';
import { OPENAPI } from './documents/openapi.ts';
import { apiReference, serveApiDocument } from './documents/reference.ts';
import { rootPage } from './documents/root.ts';
import { trustOf } from './limits/client-address.ts';
import { BODY_LIMIT, createRequestLimits, type RequestLimits } from './limits/limits.ts';
import { foreignRequest, requireLoopback } from './limits/loopback.ts';
import { adminAccounts } from './routes/admin/accounts.ts';
import { adminCarriers } from './routes/admin/carriers.ts';
import { adminClients } from './routes/admin/clients.ts';
import { adminHold } from './routes/admin/hold.ts';
import { adminInbound } from './routes/admin/inbound.ts';
import { adminNumbers } from './routes/admin/numbers.ts';
import { adminOptOuts } from './routes/admin/opt-outs.ts';
import { adminOverview } from './routes/admin/overview.ts';
import { adminPools } from './routes/admin/pools.ts';
import { adminWebhookSecret } from './routes/admin/webhook-secret.ts';
import { consoleSession } from './routes/console-session.ts';
import { autoReplies } from './routes/core/auto-replies.ts';
import { bulkSends } from './routes/core/bulk-sends.ts';
import { cancelMessages } from './routes/core/cancel-message.ts';
import { webhookDeliveries } from './routes/core/deliveries.ts';
import { listEvents } from './routes/core/events.ts';
import { listNumbers } from './routes/core/list-numbers.ts';
import { mediaRoutes } from './routes/core/media.ts';
import { readMessages } from './routes/core/messages.ts';
import { optOutHistory } from './routes/core/opt-out-history.ts';
import { optOuts } from './routes/core/opt-outs.ts';
import { previewMessages } from './routes/core/preview-messages.ts';
import { quietHours } from './routes/core/quiet-hours.ts';
import { webhookReplays } from './routes/core/replays.ts';
import { rescheduleMessage } from './routes/core/reschedule-message.ts';
import { rotateWebhookSecret } from './routes/core/rotate-webhook-secret.ts';
import { searchNumbers } from './routes/core/search-numbers.ts';
import { sendMessage } from './routes/core/send-message.ts';
import { updateNumber } from './routes/core/update-number.ts';
import { webhookSettings } from './routes/core/webhooks.ts';
import { whoami } from './routes/core/whoami.ts';
import { liveness, readiness } from './routes/health.ts';
import { mediaLinks } from './routes/media-links.ts';
import { metricsRoute } from './routes/metrics.ts';
import { refuseToken, tokenRoutes } from './routes/token.ts';
import { errorBody, errorHandler, toApiError } from './schemas/errors.ts';
import { serializeOnFirstUse, validateOnFirstUse } from './schemas/first-use.ts';
import { acceptJson } from './schemas/json.ts';
import { RESPONSE_HEADERS, refuseExpectation, unreadableResponse } from './schemas/refusals.ts';

/** Limit of sign-in bodies, in bytes. Credentials are short, and sign-in needs no authentication. */
const SIGN_IN_BODY_LIMIT = 16_384;
const REQUEST_ID = /^[A-Za-z0-9_.-]{1,64}$/;

/** Routes of API clients whose concurrency is limited: all except the send. */
const CORE = [
  whoami,
  ...[listNumbers, searchNumbers, updateNumber],
  ...[readMessages, cancelMessages, previewMessages, rescheduleMessage, listEvents],
  ...[webhookSettings, rotateWebhookSecret, webhookDeliveries, webhookReplays],
  ...[optOuts, optOutHistory, autoReplies, quietHours, bulkSends],
];

const ADMIN = [
  ...[adminAccounts, adminClients, adminNumbers, adminPools, adminInbound],
  ...[adminWebhookSecret, adminOverview, adminOptOuts, adminCarriers, adminHold],
];

/** Additional routes, from modules that only main.ts imports. */
export type Extension = (app: App) => Promise<void> | void;

/**
 * Creates the HTTP server with all routes of the roles and settings. Each route validates the request, calls a module
 * and replies. The server does not listen yet.
 */
export async function createServer(modules: Modules, extensions: readonly Extension[] = []): Promise<App> {
  const { config, ids, log, metrics } = modules;
  const connections = new Connections({
    onLimit: (limit) => metrics.httpLimited.inc({ limit }),
    refuseExpectation: (response) => refuseExpectation(response, ids),
    unreadable: (code) => unreadableResponse(code, ids),
  });
  const app: App = fastify({
    bodyLimit: BODY_LIMIT,
    trustProxy: trustOf(config.trustedProxies),
    serverFactory: (handler) => connections.createServer(handler),
    // `Connections` responds to invalid HTTP.
    clientErrorHandler: () => undefined,
    // During a stop, requests on open connections are served as usual, with `Connection: close`.
    return503OnClosing: false,
    // Any length that fits into a request line. An overlong id is treated as an unknown one.
    routerOptions: { maxParamLength: 16_384 },
    requestIdHeader: false,
    genReqId: ({ headers }) => requestId(headers['x-request-id'], ids),
    frameworkErrors: (error, request, reply) => {
      // No hook runs for a request that has no route because of its URL.
      const answer = (config.sandbox && foreignRequest(request as FastifyRequest)) || badUrl(request.url, error);
      reply
        .status(answer.status as never)
        .headers(RESPONSE_HEADERS)
        .header('x-request-id', request.id);
      return reply.send(errorBody(answer, request.id) as never);
    },
    schemaController: { compilersFactory: { buildSerializer: serializeOnFirstUse } },
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false },
      onCreate: validateOnFirstUse,
    },
    logController: new LogController({ disableRequestLogging: true }),
  }).withTypeProvider<TypeBoxTypeProvider>();

  acceptJson(app);
  observe(app, modules);
  if (config.sandbox) requireLoopback(app, config.publicUrl);
  refuseUnknown(app);
  app.setErrorHandler(errorHandler(log));

  const limits = createRequestLimits(metrics);
  await app.register(swagger, { openapi: OPENAPI as never });
  app.register(async (scope) => liveness(scope as App));
  registerUnauthenticated(app, limits, 'ready', (scope) => readiness(scope, modules));
  registerUnauthenticated(app, limits, 'metrics', (scope) => metricsRoute(scope, modules));
  if (config.roles.includes('api')) registerApi(app, modules, limits);
  for (const extension of extensions) app.register(async (scope) => extension(scope as App));
  serveApiDocument(app);
  await app.ready();
  return app;
}

function registerUnauthenticated(app: App, limits: RequestLimits, kind: string, routes: (scope: App) => void): void {
  app.register(async (scope) => {
    limits.unauthenticated(scope as App, kind);
    routes(scope as App);
  });
}

function registerApi(app: App, modules: Modules, limits: RequestLimits): void {
  registerSignIn(app, modules, limits);
  app.register(async (scope) => rootPage(scope as App));
  app.register(async (scope) => consolePages(scope as App));
  app.register(async (scope) => apiReference(scope as App));
  registerCore(app, modules, limits);
  if (modules.callbacks) registerUnauthenticated(app, limits, 'callbacks', modules.callbacks);
  registerUnauthenticated(app, limits, 'media', (scope) => mediaLinks(scope, modules));
  if (modules.config.adminToken) registerAdmin(app, modules, limits);
}

function registerSignIn(app: App, modules: Modules, limits: RequestLimits): void {
  app.register(async (scope) => {
    limits.unauthenticated(scope as App, 'token', refuseToken);
    await tokenRoutes(scope as App, modules);
  });
  app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.bodyLimit = SIGN_IN_BODY_LIMIT;
    });
    limits.unauthenticated(scope as App, 'session');
    consoleSession(scope as App, modules);
  });
}

function registerCore(app: App, modules: Modules, limits: RequestLimits): void {
  const prefix = '/api/core';
  const onRequest = requireApiClient(modules);
  app.register(
    async (scope) => {
      scope.addHook('onRequest', onRequest);
      limits.sendOctets(scope as App);
      sendMessage(scope as App, modules);
    },
    { prefix },
  );
  app.register(
    async (scope) => {
      scope.addHook('onRequest', onRequest);
      limits.perClient(scope as App);
      for (const routes of CORE) routes(scope as App, modules);
    },
    { prefix },
  );
  app.register(
    async (scope) => {
      scope.addHook('onRequest', onRequest);
      limits.files(scope as App);
      await mediaRoutes(scope as App, modules);
    },
    { prefix },
  );
}

function registerAdmin(app: App, modules: Modules, limits: RequestLimits): void {
  app.register(
    async (scope) => {
      const onRequest = requireOperator(modules);
      if (modules.config.hasOpenOperator) onlyForConsole(scope as App, onRequest);
      else scope.addHook('onRequest', onRequest);
      limits.forOperators(scope as App);
      for (const routes of ADMIN) routes(scope as App, modules);
    },
    { prefix: '/api/admin' },
  );
}

/** Without RC_ADMIN_TOKEN, the operator routes exist for sessions of the console only. */
function onlyForConsole(scope: App, requireOperator: (request: FastifyRequest) => Promise<void>): void {
  scope.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true } as object;
  });
  scope.addHook('onRequest', async (request) => {
    // No token is valid, so none is a guess.
    if (request.headers.authorization !== undefined) throw notFound('No such route');
    await requireOperator(request).catch((error) => {
      throw error.code === 'UNAUTHORIZED' ? notFound('No such route') : error;
    });
  });
}

/** Adds an id, a log line and a measurement to every request. */
function observe(app: App, { log, metrics, internal }: Modules): void {
  app.decorateRequest('principal');
  app.decorateRequest('apiClient', {
    getter() {
      return apiClientOf(this.principal);
    },
  });
  app.decorateRequest('logged');
  app.decorateRequest('limited');
  // Uses callbacks, here and below, since a promise for each hook of each request would take a tenth of the cost of a
  // send.
  app.addHook('onRequest', (request, reply, done) => {
    request.logged = {};
    reply.headers(RESPONSE_HEADERS).header('x-request-id', request.id);
    const isHidden = internal?.hides(request, request.is404 ? pathOf(request.url) : (request.routeOptions.url ?? ''));
    done(isHidden ? notFound('No such route') : refusalOf(request));
  });
  let stopping = false;
  app.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    done();
    // Closes idle connections, which would be kept for a next request and delay the stop.
    if (stopping) setImmediate(() => app.server.closeIdleConnections());
    const { method, id, logged, principal } = request;
    const route = request.routeOptions.url ?? 'none';
    const { statusCode, elapsedTime } = reply;
    metrics.requestSeconds.observe({ method, route, status: statusCode }, elapsedTime / 1000);
    if (request.routeOptions.logLevel === 'silent') return;
    log.info({
      event: 'request',
      method,
      route,
      status: statusCode,
      ms: Math.round(elapsedTime * 100) / 100,
      requestId: id,
      ...logFields(principal),
      ...logged,
    });
  });
}

function refusalOf({ headers, raw, params, query, is404, routeOptions }: FastifyRequest): ApiError | undefined {
  if (headers.host === undefined && raw.httpVersion === '1.1') return invalidRequest('The Host header is required');
  if (is404) return undefined;
  // Unread values are harmless. The console's pages read theirs in the browser and report errors there.
  const { params: ids, querystring } = routeOptions.schema ?? {};
  // Invalid ids in paths would reach the store and cause an error there.
  if (ids && !Object.values(params ?? {}).every(isStorable)) return notFound('No such route');
  if (!querystring) return undefined;
  for (const [field, value] of Object.entries(query ?? {})) {
    if (!isStorable(value)) return invalidRequest(`${field} must not contain U+0000`, { in: 'querystring', field });
  }
  return undefined;
}

function isStorable(value: unknown): boolean {
  return typeof value !== 'string' || (!value.includes('\0') && value.isWellFormed());
}

/** Longest URL that may be the path of a route, in characters. */
const LONGEST_KNOWN = 4_096;

/** Responds 405 with the allowed methods if a path lacks the method (RFC 9110 §15.5.6). */
function refuseUnknown(app: App): void {
  const known = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const path = known.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const name of [method].flat()) path.methods.add(name);
    known.set(url, path);
  });
  // Runs in a hook, so that the body of a request without a route is not read.
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    // The URL is longer than any route, so a search is not needed.
    if (request.url.length > LONGEST_KNOWN) return done(notFound('No such route'));
    const path = pathOf(request.url);
    const methods = [...known.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((route) => [...route.methods]);
    if (methods.length === 0) return done(notFound('No such route'));
    reply.header('allow', [...new Set(methods)].join(', '));
    done(new ApiError('INVALID_REQUEST', `${request.method} is not allowed for this path`, { status: 405 }));
  });
}

/** Path as the router reads it: an absolute form counts (RFC 9112 §3.2.2), and escapes are decoded. */
function pathOf(url: string): string {
  const path = URL.parse(url, 'http://localhost')?.pathname ?? url;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function patternOf(url: string): RegExp {
  return new RegExp(`^${url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`);
}

function requestId(header: string | string[] | undefined, ids: Ids): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : ids.next('req');
}

/** A media link with any changed character is unknown, also if it is no valid URL any more. */
function badUrl(url: string | undefined, error: unknown): ApiError {
  return url?.startsWith('/media/') ? notFound('No such file') : toApiError(error);
}
